package dev.millrace.payments;

import org.jspecify.annotations.Nullable;

/**
 * What became of an event.
 *
 * @param state {@code done}, {@code ignored}: nothing follows from it, {@code parked}: nothing can be done about it yet, {@code refused}:
 *     it contradicts what we sold, and a person has to look
 */
record Verdict(String state, @Nullable String note) {
    static final Verdict DONE = new Verdict("done", null);

    static Verdict ignored(String why) {
        return new Verdict("ignored", why);
    }

    static Verdict parked(String why) {
        return new Verdict("parked", why);
    }

    static Verdict refused(String why) {
        return new Verdict("refused", why);
    }
}
