package dev.millrace.testing.vendor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How one vendor says what all vendors say. */
interface Tongue {
    /**
     * A server-sent event.
     *
     * @param name null for none
     */
    record Event(@Nullable String name, String data) {
        static Event of(String data) {
            return new Event(null, data);
        }
    }

    /** An answer that is no stream. */
    record Whole(int status, String json) {}

    /** Whether it says one JSON document a line, and no server-sent events. */
    default boolean lines() {
        return false;
    }

    /** What comes before the first word. */
    List<Event> opening();

    /** One more piece of text, which needs no escaping. */
    Event word(String text);

    /**
     * What comes after the last word, usage and end marker included.
     *
     * @param cut whether the limit of tokens ended it
     */
    List<Event> ending(int words, boolean cut);

    /** The engine breaks down in the middle of a stream. */
    List<Event> failure();

    /** The vendor's rules end the stream here. */
    List<Event> refusal();

    /** The same answer in one piece. */
    Whole document(String text, int words);

    /** An error with this status. */
    Whole status(int status);

    /** The account is used up. */
    Whole quota();

    /** The vendor's rules refuse the request itself. */
    Whole forbidden();
}
