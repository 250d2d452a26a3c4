package dev.millrace.generation.events;

import org.jspecify.annotations.Nullable;

/**
 * The place of an event in the life of its generation. On the wire {@code <epoch>.<seq>.<position>}; opaque to clients.
 *
 * @param epoch the claim of the job that wrote it, 0 before anybody claimed it; it never falls
 * @param seq counts from 1 within the epoch, without gaps
 * @param position UTF-8 bytes of the text after this event: where a resume goes on inside a row that was merged since
 */
public record EventId(long epoch, long seq, long position) implements Comparable<EventId> {
    /** Longest text of an id: three numbers of 19 digits and two dots. */
    private static final int LONGEST = 59;

    /** Reads an id as a client sends it; null when it cannot be one of ours. */
    public static @Nullable EventId parse(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > LONGEST) {
            return null;
        }
        int first = text.indexOf('.');
        int second = text.indexOf('.', first + 1);
        if (first < 1 || second < first + 2 || text.indexOf('.', second + 1) >= 0) {
            return null;
        }
        long epoch = number(text, 0, first);
        long seq = number(text, first + 1, second);
        long position = number(text, second + 1, text.length());
        return epoch < 0 || seq < 1 || position < 0 ? null : new EventId(epoch, seq, position);
    }

    /** By epoch and seq; the position follows from them. */
    @Override
    public int compareTo(EventId other) {
        int byEpoch = Long.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(seq, other.seq);
    }

    public boolean after(@Nullable EventId other) {
        return other == null || compareTo(other) > 0;
    }

    @Override
    public String toString() {
        return epoch + "." + seq + "." + position;
    }

    /** Plain ASCII digits only: a leading sign or another script's digits are not how we write ids. */
    private static long number(String text, int from, int to) {
        if (to - from < 1 || to - from > 18) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            value = value * 10 + (digit - '0');
        }
        return value;
    }
}
