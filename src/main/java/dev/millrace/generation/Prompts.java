package dev.millrace.generation;

import dev.millrace.generation.store.Sanitized;
import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a prompt what it looks like: takes out what nobody sees (control characters, direction overrides, zero-width characters,
 * tags, stray selectors), keeps what scripts and emoji need, and composes the rest (NFC). The same text always gives the same
 * answer, and doing it twice changes nothing more. One object cleans one request.
 *
 * <p>This makes hidden text visible by removing it; it promises nothing about what visible text makes a model do.
 */
final class Prompts {
    /** Scripts in which joiners and non-joiners change letters; elsewhere they only hide things. */
    private static final Set<UnicodeScript> JOINING = EnumSet.of(
            UnicodeScript.ARABIC,
            UnicodeScript.SYRIAC,
            UnicodeScript.NKO,
            UnicodeScript.MANDAIC,
            UnicodeScript.MONGOLIAN,
            UnicodeScript.DEVANAGARI,
            UnicodeScript.BENGALI,
            UnicodeScript.GURMUKHI,
            UnicodeScript.GUJARATI,
            UnicodeScript.ORIYA,
            UnicodeScript.TAMIL,
            UnicodeScript.TELUGU,
            UnicodeScript.KANNADA,
            UnicodeScript.MALAYALAM,
            UnicodeScript.SINHALA,
            UnicodeScript.KHMER,
            UnicodeScript.MYANMAR,
            UnicodeScript.TIBETAN,
            UnicodeScript.BALINESE,
            UnicodeScript.JAVANESE);

    private static final int ZWNJ = 0x200C;
    private static final int ZWJ = 0x200D;
    private static final int BLACK_FLAG = 0x1F3F4;
    private static final int TAG_END = 0xE007F;

    private final SortedMap<String, Integer> kinds = new TreeMap<>();
    private int removed;

    /** The prompt as it is kept and sent on. */
    String clean(String text) {
        if (Normalizer.isNormalized(text, Normalizer.Form.NFC)
                && text.codePoints().allMatch(Prompts::plain)) {
            return text;
        }
        int[] points = lines(text).codePoints().toArray();
        var kept = new StringBuilder(text.length());
        for (int i = 0; i < points.length; i++) {
            String kind = hidden(points, i);
            if (kind == null) {
                kept.appendCodePoint(points[i]);
            } else {
                kinds.merge(kind, 1, Integer::sum);
                removed++;
                points[i] = GONE;
            }
        }
        return Normalizer.normalize(kept, Normalizer.Form.NFC);
    }

    /** What was taken out of all that was cleaned. */
    Sanitized report() {
        return new Sanitized(removed, kinds);
    }

    /** Code points that Unicode reserves for use inside a program: nobody types them. */
    static boolean nonCharacter(int point) {
        return (point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
    }

    /** In place of a code point that was taken out, so that its neighbours are judged without it. */
    private static final int GONE = -1;

    private static boolean plain(int point) {
        return (point >= 0x20 && point < 0x7F) || point == '\n' || point == '\t' || (point >= 0xA1 && point < 0x300);
    }

    private static String lines(String text) {
        return text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n").replace('\r', '\n');
    }

    /** Which kind of hidden character stands there; null for one that stays. */
    private static @Nullable String hidden(int[] points, int at) {
        int point = points[at];
        if (point == '\n' || point == '\t') {
            return null;
        }
        if (Character.getType(point) == Character.CONTROL) {
            return "control";
        }
        if ((point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069)) {
            return "bidi";
        }
        if (point == 0x200B || point == 0x2060 || point == 0xFEFF) {
            return "zero_width";
        }
        if (point >= 0xFFF9 && point <= 0xFFFB) {
            return "interlinear";
        }
        if (point >= 0xE0100 && point <= 0xE01EF) {
            return "variation";
        }
        if (point >= 0xE0000 && point <= TAG_END) {
            return inFlag(points, at) ? null : "tag";
        }
        if (point == ZWJ || point == ZWNJ) {
            return joins(points, at) ? null : "zero_width";
        }
        return null;
    }

    /** Whether a tag belongs to a flag such as England's: a black flag, one to six lower-case tags, the end tag. */
    private static boolean inFlag(int[] points, int at) {
        int start = at;
        while (start > 0 && points[start] >= 0xE0000) {
            start--;
        }
        int end = start + 1;
        while (end < points.length && isTagLetter(points[end])) {
            end++;
        }
        int letters = end - start - 1;
        boolean flag = points[start] == BLACK_FLAG
                && letters >= 1
                && letters <= 6
                && end < points.length
                && points[end] == TAG_END;
        return flag && at <= end;
    }

    private static boolean isTagLetter(int point) {
        return (point >= 0xE0030 && point <= 0xE0039) || (point >= 0xE0061 && point <= 0xE007A);
    }

    /** Whether a joiner does something visible between its neighbours. */
    private static boolean joins(int[] points, int at) {
        int before = neighbour(points, at, -1);
        int after = neighbour(points, at, 1);
        if (before < 0) {
            return false;
        }
        if (JOINING.contains(UnicodeScript.of(before))) {
            // at the end of a word too: it gives the last letter its shape
            return after != ZWJ && after != ZWNJ;
        }
        return points[at] == ZWJ && after >= 0 && pictorial(before) && Character.isEmoji(after);
    }

    /** An emoji, or what may stand between it and a joiner: its selector, a skin tone, the end of a flag. */
    private static boolean pictorial(int point) {
        return Character.isEmoji(point) && point > 0x7F
                || point == 0xFE0F
                || Character.isEmojiModifier(point)
                || point == TAG_END;
    }

    /** The nearest neighbour that stays and is no combining mark. */
    private static int neighbour(int[] points, int at, int step) {
        int i = at + step;
        while (i >= 0 && i < points.length && (points[i] == GONE || inherited(points[i]))) {
            i += step;
        }
        return i >= 0 && i < points.length ? points[i] : GONE;
    }

    /** Marks that take the script of their letter; selectors and joiners are no such marks. */
    private static boolean inherited(int point) {
        return Character.getType(point) == Character.NON_SPACING_MARK
                && UnicodeScript.of(point) == UnicodeScript.INHERITED
                && point != 0xFE0F;
    }
}
