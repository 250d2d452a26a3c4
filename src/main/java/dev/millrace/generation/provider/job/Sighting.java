package dev.millrace.generation.provider.job;

import org.jspecify.annotations.Nullable;

/**
 * Where a job stands, as one look told.
 *
 * @param fraction how far it is, 0 to 1, where the vendor tells
 * @param position its place in the vendor's queue, 1 is next, where the vendor tells
 */
public record Sighting(
        State state, @Nullable Double fraction, @Nullable Integer position) {
    public static final Sighting RUNNING = new Sighting(State.RUNNING, null, null);
    public static final Sighting OVER = new Sighting(State.OVER, null, null);
    static final Sighting LOST = new Sighting(State.LOST, null, null);

    /** States of a job. What a vendor calls otherwise counts as running: the deadline ends it. */
    public enum State {
        WAITING,
        RUNNING,
        /** Well or not: the one who follows it asks. */
        OVER,
        /** Looked for again and again, and not seen. */
        LOST
    }

    public static Sighting waiting(@Nullable Integer position) {
        return new Sighting(State.WAITING, null, position);
    }

    /** A fraction that is none, or lies outside 0 to 1, is dropped. */
    public static Sighting running(@Nullable Double fraction) {
        boolean sane = fraction != null && fraction >= 0 && fraction <= 1;
        return new Sighting(State.RUNNING, sane ? fraction : null, null);
    }
}
