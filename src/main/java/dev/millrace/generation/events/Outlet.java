package dev.millrace.generation.events;

/**
 * Where what one reader hears goes: on the wire as it is, or in another form. Called by the thread that follows, one call at a time.
 *
 * <p>An outlet whose client is gone throws, which ends the following.
 */
public interface Outlet {
    /** The next event, in order, once. */
    void tell(Frame frame);

    /** Nothing more is at hand: what was gathered should go out now. */
    void flush();

    /** There was nothing to tell for {@code EventStream.HEARTBEAT}. */
    void silence();

    /** The following ends before the generation does. */
    void part(Parting why);

    /** Why somebody stops listening to something that is not over. */
    enum Parting {
        /** This node is about to stop. */
        DRAIN,
        /** The reader is too slow, or the database does not answer at the moment. */
        OVERLOAD,
        /** The reader may not read any more. */
        REVOKED,
        /** The reader has left. */
        LEFT
    }
}
