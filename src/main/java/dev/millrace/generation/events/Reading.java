package dev.millrace.generation.events;

import org.jspecify.annotations.Nullable;

/**
 * What one reader has got, and therefore what of the next event he still needs. Not thread-safe: it belongs to its reader.
 *
 * <p>Events may be offered more than once and in other cuts (from memory, from Redis, merged from the table): each is let
 * through once, and of a delta only the part that is new. Every id says how much text a reader has who has that event, so a lost
 * delta shows in the next event, whatever it is.
 */
final class Reading {
    private final @Nullable EventId came;
    private @Nullable EventId last;

    Reading(@Nullable EventId last) {
        this(last, last);
    }

    private Reading(@Nullable EventId came, @Nullable EventId last) {
        this.came = came;
        this.last = last;
    }

    /** A reader of whose events none stands any more: he came with this one and gets all that stands. */
    static Reading anew(@Nullable EventId came) {
        return new Reading(came, null);
    }

    /** Where to begin again when something is missing: behind what he was given, else where he came from. */
    @Nullable
    EventId place() {
        return last == null ? came : last;
    }

    /** What was let through since then did not reach him. */
    void back(@Nullable EventId before) {
        last = before;
    }

    /** The last event that was let through. */
    @Nullable
    EventId last() {
        return last;
    }

    /**
     * The event as this reader needs it, or null when he has it already.
     *
     * @throws Gap when text between what he has and this event is missing
     */
    @Nullable
    Frame next(Frame frame) throws Gap {
        EventId known = last;
        if (!frame.id().after(known)) {
            return null;
        }
        Frame rest = frame;
        if (known != null && !frame.isReset() && frame.start() != known.position()) {
            rest = frame.id().epoch() == known.epoch() ? frame.from(known.position()) : null;
            if (rest == null) {
                throw new Gap();
            }
        }
        last = frame.id();
        return rest;
    }

    /** The same for an event before a reset, of which nobody needs the text: it may be missing, and yet none of it is said twice. */
    @Nullable
    Frame before(Frame frame) {
        EventId known = last;
        if (!frame.id().after(known)) {
            return null;
        }
        last = frame.id();
        if (known == null
                || known.epoch() != frame.id().epoch()
                || !frame.isText()
                || frame.start() >= known.position()) {
            return frame;
        }
        return frame.from(known.position());
    }

    /** Text is missing, or the place where the reader claims to be does not exist. */
    static final class Gap extends Exception {
        private static final long serialVersionUID = 1;

        Gap() {
            super("text is missing", null, false, false);
        }
    }
}
