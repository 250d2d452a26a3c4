package dev.millrace.accounts;

import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** E-mail addresses, brought into the one form in which two of them are the same. */
final class Emails {
    private static final int LONGEST = 254;
    private static final int LONGEST_LOCAL = 64;

    private Emails() {}

    /** Trimmed, NFC, lower case; nothing when it cannot be an address. What it really reaches only a mail can tell. */
    static @Nullable String normal(String text) {
        String lower = Normalizer.normalize(text.strip(), Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
        String email = Normalizer.normalize(lower, Normalizer.Form.NFC);
        int at = email.lastIndexOf('@');
        boolean good = email.length() <= LONGEST
                && at > 0
                && at <= LONGEST_LOCAL
                && local(email.substring(0, at))
                && domain(email.substring(at + 1));
        return good ? email : null;
    }

    private static boolean local(String text) {
        return text.indexOf('@') < 0
                && text.codePoints()
                        .noneMatch(c -> Character.isWhitespace(c)
                                || Character.isSpaceChar(c)
                                || Character.isISOControl(c)
                                || Character.getType(c) == Character.FORMAT
                                || "<>()[],;:\\\"".indexOf(c) >= 0);
    }

    /** At least two labels of letters, digits and inner hyphens, in any script. */
    private static boolean domain(String text) {
        String[] labels = text.split("\\.", -1);
        for (String label : labels) {
            boolean good = !label.isEmpty()
                    && label.length() <= 63
                    && !label.startsWith("-")
                    && !label.endsWith("-")
                    && label.codePoints()
                            .allMatch(c -> Character.isLetterOrDigit(c)
                                    || c == '-'
                                    || Character.getType(c) == Character.NON_SPACING_MARK
                                    || Character.getType(c) == Character.COMBINING_SPACING_MARK);
            if (!good) {
                return false;
            }
        }
        return labels.length >= 2;
    }
}
