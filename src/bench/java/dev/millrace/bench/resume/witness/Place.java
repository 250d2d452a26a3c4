package dev.millrace.bench.resume.witness;

import org.jspecify.annotations.Nullable;

/**
 * What the contract says an event's id is made of.
 *
 * @param bytes UTF-8 bytes of the text so far
 */
public record Place(long epoch, long seq, long bytes) implements Comparable<Place> {
    /** Null when the text is no id of the contract's form. */
    public static @Nullable Place parse(@Nullable String id) {
        if (id == null || !id.matches("\\d{1,18}\\.\\d{1,18}\\.\\d{1,18}")) {
            return null;
        }
        String[] parts = id.split("\\.", -1);
        return new Place(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }

    @Override
    public int compareTo(Place other) {
        int byEpoch = Long.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(seq, other.seq);
    }

    @Override
    public String toString() {
        return epoch + "." + seq + "." + bytes;
    }
}
