package dev.millrace.generation.openai;

import dev.millrace.generation.events.Outlet;

/** A client that waits for the end of a generation. */
interface Guest extends Outlet {
    /** By which the guest can leave before the end. */
    void mayLeave(Runnable leave);

    /** Whether this server, and not the client, went away before the end. */
    default boolean wasSentAway() {
        return ending().isSentAway();
    }

    /** How it ends. */
    Ending ending();

    /** Whether the generation is over, as far as the guest was told. */
    boolean heardTheEnd();
}
