package dev.millrace.platform.http.input;

/** What every text from outside must be: well-formed Unicode without NUL, which neither JSON nor the database keeps whole. */
public final class Texts {
    private Texts() {}

    /** False for a NUL or half of a surrogate pair. */
    public static boolean wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isLowSurrogate(c)) {
                return false;
            }
            if (Character.isHighSurrogate(c)) {
                i++;
                if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                    return false;
                }
            }
        }
        return true;
    }
}
