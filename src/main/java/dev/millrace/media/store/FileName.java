package dev.millrace.media.store;

import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names that people gave to files. They are kept and shown, never used to find a file. */
final class FileName {
    private static final int LONGEST = 200;

    private FileName() {}

    /** The name in harmless form: one line, no folder, no control or direction signs, never empty. */
    static String clean(String given) {
        var clean = new StringBuilder();
        Normalizer.normalize(given, Normalizer.Form.NFC)
                .codePoints()
                .filter(FileName::shown)
                .forEach(c -> clean.appendCodePoint(c == '/' || c == '\\' ? '_' : c));
        String name = clean.toString().strip();
        if (name.length() > LONGEST) {
            int end = Character.isHighSurrogate(name.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
            name = name.substring(0, end).strip();
        }
        String dots = name.replaceFirst("^[.]+", "");
        return dots.isEmpty() ? "file" : dots;
    }

    /** The same with this ending, unless it has it; an ending that means another kind of file stays, so nothing of the name is lost. */
    static String clean(String given, @Nullable String extension) {
        String name = clean(given);
        return extension == null || name.toLowerCase(Locale.ROOT).endsWith("." + extension)
                ? name
                : name + "." + extension;
    }

    private static boolean shown(int c) {
        int type = Character.getType(c);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.SURROGATE
                && type != Character.PRIVATE_USE
                && type != Character.UNASSIGNED
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR;
    }
}
