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

    /** In place of a code point that was taken out, or is not there. */
    private static final int NONE = -1;

    /** After so many rounds joiners go without being looked at: no text people write needs more than two. */
    private static final int MOST_ROUNDS = 6;

    private final SortedMap<String, Integer> kinds = new TreeMap<>();
    private int removed;

    /** The prompt as it is kept and sent on. */
    String clean(String text) {
        if (text.codePoints().allMatch(Prompts::plain)) {
            return text;
        }
        String now = Normalizer.normalize(lines(text), Normalizer.Form.NFC);
        // composing what is left may bring together what was apart: once more, until nothing is hidden any more
        for (int round = 1; ; round++) {
            String before = now;
            now = Normalizer.normalize(strip(before, round < MOST_ROUNDS), Normalizer.Form.NFC);
            if (now.length() == before.length()) {
                return now;
            }
        }
    }

    /** Without what is hidden; joiners are only looked at more closely when they may stay at all. */
    private String strip(String text, boolean joinersMayStay) {
        int[] points = text.codePoints().toArray();
        var kept = new StringBuilder(text.length());
        int letter = NONE;
        for (int i = 0; i < points.length; i++) {
            int point = points[i];
            boolean joins = isJoiner(point) && joinersMayStay && joins(letter, point, next(points, i));
            String kind = isJoiner(point) ? (joins ? null : "zero_width") : hidden(points, i);
            if (kind != null) {
                kinds.merge(kind, 1, Integer::sum);
                removed++;
                points[i] = NONE;
                continue;
            }
            kept.appendCodePoint(point);
            letter = inherited(point) ? letter : point;
        }
        return kept.toString();
    }

    /** What was taken out of all that was cleaned. */
    Sanitized report() {
        return new Sanitized(removed, kinds);
    }

    /** Code points that Unicode reserves for use inside a program: nobody types them. */
    static boolean nonCharacter(int point) {
        return (point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
    }

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
        return null;
    }

    /** Whether a tag belongs to a flag such as England's: a black flag, one to six lower-case tags, the end tag. */
    private static boolean inFlag(int[] points, int at) {
        int start = at;
        while (start > 0 && points[start] >= 0xE0000) {
            start--;
        }
        int end = start + 1;
        while (end < points.length && end <= start + 7 && isTagLetter(points[end])) {
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

    private static boolean isJoiner(int point) {
        return point == ZWJ || point == ZWNJ;
    }

    /** Whether a joiner does something visible between its neighbours. */
    private static boolean joins(int before, int joiner, int after) {
        if (before == NONE) {
            return false;
        }
        if (JOINING.contains(UnicodeScript.of(before))) {
            // at the end of a word too: it gives the last letter its shape
            return !isJoiner(after);
        }
        return joiner == ZWJ && after != NONE && pictorial(before) && Character.isEmoji(after);
    }

    /** An emoji, or what may stand between it and a joiner: its selector, a skin tone, the end of a flag. */
    private static boolean pictorial(int point) {
        return Character.isEmoji(point) && point > 0x7F
                || point == 0xFE0F
                || Character.isEmojiModifier(point)
                || point == TAG_END;
    }

    /** The next code point that is no combining mark. */
    private static int next(int[] points, int at) {
        int i = at + 1;
        while (i < points.length && inherited(points[i])) {
            i++;
        }
        return i < points.length ? points[i] : NONE;
    }

    /** Marks that take the script of their letter; selectors and joiners are no such marks. */
    private static boolean inherited(int point) {
        return Character.getType(point) == Character.NON_SPACING_MARK
                && UnicodeScript.of(point) == UnicodeScript.INHERITED
                && point != 0xFE0F;
    }
}
