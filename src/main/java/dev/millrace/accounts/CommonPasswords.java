package dev.millrace.accounts;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Passwords that whoever guesses tries first.
 *
 * <p>A short list of words and a few rules stand for the long lists that go round: those are made of the same words with a capital
 * letter, digits at the end, and letters written as digits. What is not made that way is not judged: length is what counts.
 */
final class CommonPasswords {
    private static final Set<String> WORDS = list();
    private static final String[] RUNS = {
        "abcdefghijklmnopqrstuvwxyz",
        "01234567890123456789",
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "qwertzuiop",
        "yxcvbnm",
        "azertyuiop",
        "qsdfghjklm",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
        "1q2w3e4r5t6y7u8i9o0p",
        "147258369",
        "741852963",
        "159357",
        "789456123"
    };

    private CommonPasswords() {}

    /** Whether the password is one of those, or says no more than the account's own e-mail does; an empty one is none. */
    static boolean includes(String password, String email) {
        String plain = Normalizer.normalize(password, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        return fewSigns(plain) || runs(plain) || date(plain) || word(plain) || word(spelt(plain)) || own(plain, email);
    }

    /** One piece of at most four signs over and over: aaaaaaaa, abcabcabc, 12121212. */
    private static boolean fewSigns(String plain) {
        for (int period = 1; period <= 4 && period * 2 <= plain.length(); period++) {
            String piece = plain.substring(0, period);
            if (piece.repeat(plain.length() / period + 1).startsWith(plain)) {
                return true;
            }
        }
        return false;
    }

    /** Nothing but one or two runs along the alphabet, the digits or a keyboard, forwards or backwards. */
    private static boolean runs(String plain) {
        int first = run(plain, 0);
        return first == plain.length()
                || first >= 3 && plain.length() - first >= 3 && run(plain, first) == plain.length();
    }

    /** Where the longest run that begins here ends. */
    private static int run(String plain, int from) {
        int end = from;
        for (String run : RUNS) {
            String backwards = new StringBuilder(run).reverse().toString();
            end = Math.max(end, Math.max(along(run, plain, from), along(backwards, plain, from)));
        }
        return end;
    }

    private static int along(String run, String plain, int from) {
        int end = from;
        while (end < plain.length() && run.contains(plain.substring(from, end + 1))) {
            end++;
        }
        return end;
    }

    /** Eight digits that are a day of the last or this century, however the parts are ordered. */
    private static boolean date(String plain) {
        return plain.matches("(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
                || plain.matches("(0[1-9]|[12][0-9]|3[01])(0[1-9]|1[0-2])(19|20)[0-9]{2}")
                || plain.matches("(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(19|20)[0-9]{2}")
                || plain.matches("(19|20)[0-9]{2}(19|20)[0-9]{2}");
    }

    /** A common word or two, with at most six signs that are no letters around. */
    private static boolean word(String plain) {
        String core = plain.replaceAll("^[^\\p{L}]+|[^\\p{L}]+$", "");
        if (core.isEmpty() || plain.length() - core.length() > 6) {
            return false;
        }
        return words(core) || words(spelt(core));
    }

    /** One word of the list, or two of them. */
    private static boolean words(String core) {
        if (WORDS.contains(core)) {
            return true;
        }
        for (int cut = 3; cut <= core.length() - 3; cut++) {
            String rest = core.substring(cut).replaceAll("^[^\\p{L}]+", "");
            if (WORDS.contains(core.substring(0, cut)) && WORDS.contains(rest)) {
                return core.indexOf(' ') < 0;
            }
        }
        return false;
    }

    /** With the digits and signs that stand for letters read as those letters. */
    private static String spelt(String plain) {
        var letters = new StringBuilder(plain.length());
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            int sign = "013457@$!+".indexOf(c);
            letters.append(sign < 0 ? c : "oleastasit".charAt(sign));
        }
        return letters.toString();
    }

    private static boolean own(String plain, String email) {
        int at = email.indexOf('@');
        if (at < 0) {
            return false;
        }
        String local = email.substring(0, at);
        return plain.equals(email)
                || plain.replaceAll("[^\\p{L}\\p{N}]", "").equals(local.replaceAll("[^\\p{L}\\p{N}]", ""));
    }

    private static Set<String> list() {
        try (InputStream list = CommonPasswords.class.getResourceAsStream("common-passwords.txt")) {
            if (list == null) {
                throw new IllegalStateException("the list of common passwords is not in the jar");
            }
            return new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .flatMap(line -> Arrays.stream(line.split(" ")))
                    .filter(word -> !word.isEmpty())
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
