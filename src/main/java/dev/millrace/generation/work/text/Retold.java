package dev.millrace.generation.work.text;

/**
 * An answer that is told from its beginning again although readers have some of it: what they have is left out for as long as it is
 * the same. Where it is not, or ends before it, all of it is told anew. Not thread-safe.
 */
public final class Retold {
    private final String standing;
    private int matched;
    private boolean over;
    private boolean differs;

    /** {@code standing} is what readers have. */
    public Retold(String standing) {
        this.standing = standing;
    }

    /** More of the answer; what of it is to be told, which is all from the beginning where it turns out to be another. */
    public String pass(String text) {
        if (over) {
            return text;
        }
        int same = Math.min(text.length(), standing.length() - matched);
        if (!standing.regionMatches(matched, text, 0, same)) {
            return another() + text;
        }
        matched += same;
        over = matched == standing.length();
        return text.substring(same);
    }

    /** The answer is whole: what is to be told of one that is shorter than what readers have. */
    public String rest() {
        return over ? "" : another();
    }

    /** Whether it is another answer than the one readers have. */
    public boolean differs() {
        return differs;
    }

    private String another() {
        over = true;
        differs = true;
        return standing.substring(0, matched);
    }
}
