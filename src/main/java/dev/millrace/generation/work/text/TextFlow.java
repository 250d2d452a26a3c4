package dev.millrace.generation.work.text;

import org.jspecify.annotations.Nullable;

/**
 * Makes well-formed text of what providers send: a character that was cut in two is held back until its other half comes, and what
 * cannot be kept (NUL, halves without their other half) is left out. Counts words on the way. Not thread-safe.
 */
public final class TextFlow {
    private char half;
    private long words;
    private boolean inWord;

    /** What of the text may be told now; null when it is nothing. */
    @Nullable
    public String pass(String text) {
        if (half == 0 && clean(text)) {
            count(text);
            return text.isEmpty() ? null : text;
        }
        var out = new StringBuilder(text.length() + 1);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isLowSurrogate(c)) {
                if (half != 0) {
                    out.append(half).append(c);
                }
                half = 0;
            } else {
                half = Character.isHighSurrogate(c) ? c : 0;
                if (half == 0 && c != 0) {
                    out.append(c);
                }
            }
        }
        String told = out.toString();
        count(told);
        return told.isEmpty() ? null : told;
    }

    /** Words passed so far: runs of anything but white space. */
    public long words() {
        return words;
    }

    private void count(String text) {
        for (int i = 0; i < text.length(); i++) {
            boolean space = Character.isWhitespace(text.charAt(i));
            if (!space && !inWord) {
                words++;
            }
            inWord = !space;
        }
    }

    private static boolean clean(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }

    /** How many bytes of UTF-8 a text has. */
    public static int utf8(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }
}
