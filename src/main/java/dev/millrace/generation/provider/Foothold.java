package dev.millrace.generation.provider;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known, when a call starts, about a job that an earlier call may have created at the vendor.
 *
 * <p>Only asynchronous providers care. Their create is framed by two commits, so that a crash between them is seen: {@link
 * ProviderEvent.Intended} before the request leaves, the job's id right after the answer.
 */
public sealed interface Foothold {
    /** No create was ever begun: create. */
    record None() implements Foothold {}

    /** A create was begun and its answer never stored: look the job up, never create a second one. */
    record Intended(Instant at) implements Foothold {}

    /** The vendor's job is known: follow it. Its time began with the intention, whoever follows it; null when that is not known. */
    record Accepted(String externalId, @Nullable Instant intendedAt) implements Foothold {
        public Accepted(String externalId) {
            this(externalId, null);
        }
    }
}
