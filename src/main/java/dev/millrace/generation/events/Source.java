package dev.millrace.generation.events;

import java.util.List;

/** Where readers of one generation listen on this node. */
sealed interface Source permits Recording, Topic {
    /** From now on the reader gets every event; answers those that were told and are not in the table yet. */
    List<Frame> join(Reader reader);

    void leave(Reader reader);

    /** Sends every reader to look elsewhere. */
    void disperse();

    /** Tells every reader that something concerns his stream as such. */
    void signal(Reader.Signal why);
}
