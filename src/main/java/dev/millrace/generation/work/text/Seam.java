package dev.millrace.generation.work.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the rest of an answer is joined to its beginning: some vendors say again what they were given, all of it or its last words,
 * and what readers have they must not read twice.
 *
 * <p>What comes first is held back while it may still be such a repetition, which is rarely more than a word or two. So few
 * characters as a sentence may well repeat by itself are never taken for one. Not thread-safe.
 */
public final class Seam {
    /** Fewer characters than that are no repetition: {@code hel} and {@code lo} have one in common. */
    static final int LEAST = 24;

    /** How far from its end the beginning is searched; all of it is compared besides. */
    static final int WINDOW = 4_096;

    private final String said;
    private final StringBuilder held = new StringBuilder();
    private final List<Integer> starts = new ArrayList<>();
    private boolean closed;
    private int repeated;

    /** {@code said} is what readers have. */
    public Seam(String said) {
        this.said = said;
        this.closed = said.length() < LEAST;
        if (!closed) {
            starts.add(0);
            for (int i = Math.max(1, said.length() - WINDOW); i <= said.length() - LEAST; i++) {
                starts.add(i);
            }
        }
    }

    /** More of the rest; answers what of it is new, empty when it is not known yet. */
    public String pass(String text) {
        if (closed) {
            return text;
        }
        int from = held.length();
        held.append(text);
        int complete = 0;
        for (var each = starts.iterator(); each.hasNext(); ) {
            int start = each.next();
            int overlap = said.length() - start;
            int compared = Math.min(overlap, held.length());
            if (!agrees(start, from, compared)) {
                each.remove();
            } else if (overlap <= held.length()) {
                complete = Math.max(complete, overlap);
            }
        }
        return undecided() ? "" : release(complete);
    }

    /** The answer is whole: what was held back and turned out to be no repetition. */
    public String rest() {
        return closed ? "" : release(longest());
    }

    /** Characters that were left out. */
    public int repeated() {
        return repeated;
    }

    /** Whether a longer repetition than those that are complete may still come. */
    private boolean undecided() {
        return starts.stream().anyMatch(start -> said.length() - start > held.length());
    }

    private int longest() {
        return starts.stream()
                .mapToInt(start -> said.length() - start)
                .filter(overlap -> overlap <= held.length())
                .max()
                .orElse(0);
    }

    private boolean agrees(int start, int from, int to) {
        for (int i = from; i < to; i++) {
            if (said.charAt(start + i) != held.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private String release(int overlap) {
        closed = true;
        repeated = overlap;
        String fresh = held.substring(overlap);
        held.setLength(0);
        starts.clear();
        return fresh;
    }
}
