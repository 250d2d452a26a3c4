package dev.millrace.generation.provider;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why an attempt failed, classified, with a sentence of ours. What the vendor wrote is in the cause, for the log alone. */
public final class ProviderFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final Kind kind;
    private final @Nullable Duration retryAfter;

    public ProviderFailure(Kind kind, String detail) {
        this(kind, detail, null, null);
    }

    /**
     * @param retryAfter what the vendor asked for, uncapped: the caller waits, parks or gives up
     */
    public ProviderFailure(Kind kind, String detail, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(detail, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    public Kind kind() {
        return kind;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** One sentence for the user, free of the vendor's words, ids and addresses. */
    public String detail() {
        return String.valueOf(getMessage());
    }

    /** The classes that decide what happens next. */
    public enum Kind {
        /** Asked to slow down; wait as told and try again. */
        RATE_LIMITED(true),
        /** The vendor has no capacity. */
        OVERLOADED(true),
        /** Broken connection, 5xx, garbage: the next try may work. */
        TRANSIENT(true),
        /** Ended without its end marker; what came is real, but not all. */
        TRUNCATED(true),
        /** Silent for too long. */
        DEADLINE(true),
        /** The operator's account with the vendor is empty or capped. */
        QUOTA(false),
        /** The operator's key is wrong or not allowed. */
        AUTH(false),
        /** The vendor does not take this request. */
        INVALID(false),
        /** The vendor's rules forbid the prompt or the result. */
        REFUSED(false),
        /** The model or the job does not exist (any more). */
        NOT_FOUND(false),
        /** The vendor may hold our job, and we do not know: never create again, ask later. */
        AMBIGUOUS(false),
        /** We were told to stop. */
        CANCELED(false);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }

        /** Whether another attempt, here or at a fallback, makes sense. */
        public boolean retryable() {
            return retryable;
        }
    }
}
