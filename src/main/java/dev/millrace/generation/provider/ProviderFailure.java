package dev.millrace.generation.provider;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why an attempt failed, classified, with a sentence of ours. What the vendor wrote is in the cause, for the log alone. */
public final class ProviderFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final Kind kind;
    private final @Nullable Duration retryAfter;
    private final boolean last;
    private final boolean staged;
    private final boolean stubborn;

    public ProviderFailure(Kind kind, Throwable cause) {
        this(kind, kind.words(), null, cause);
    }

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
        this.last = false;
        this.staged = false;
        this.stubborn = false;
    }

    private ProviderFailure(ProviderFailure same, boolean last, boolean staged, boolean stubborn) {
        super(same.getMessage(), same.getCause());
        this.kind = same.kind;
        this.retryAfter = same.retryAfter;
        this.last = last;
        this.staged = staged;
        this.stubborn = stubborn;
    }

    /** The same, after which nobody is asked again, here or elsewhere, whatever its kind: it was paid for, or its time is over. */
    public ProviderFailure asLast() {
        return new ProviderFailure(this, true, staged, stubborn);
    }

    /** The same, asked for by the user to see what happens: it says nothing about the vendor and is nobody else's affair. */
    public ProviderFailure asStaged() {
        return new ProviderFailure(this, last, true, stubborn);
    }

    /** The same, of which the vendor says that asking him again does not help: somebody else may be asked. */
    public ProviderFailure asStubborn() {
        return new ProviderFailure(this, last, staged, true);
    }

    /** Whether another attempt at the same vendor makes sense. */
    public boolean retryable() {
        return kind.retryable() && !last && !stubborn;
    }

    /** Whether the work ends with it. */
    public boolean isLast() {
        return last;
    }

    /** Whether the user asked for it. */
    public boolean isStaged() {
        return staged;
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
        RATE_LIMITED(true, "The provider asked us to slow down."),
        /** The vendor has no capacity. */
        OVERLOADED(true, "The provider has no capacity at the moment."),
        /** Broken connection, 5xx, garbage: the next try may work. */
        TRANSIENT(true, "The provider failed for a moment."),
        /** Ended without its end marker; what came is real, but not all. */
        TRUNCATED(true, "The provider broke off before the end."),
        /** Silent for too long. */
        DEADLINE(true, "The provider was silent for too long."),
        /** The operator's account with the vendor is empty or capped. */
        QUOTA(false, "The operator's account with the provider is used up."),
        /** The operator's key is wrong or not allowed. */
        AUTH(false, "The provider does not accept the operator's key."),
        /** The vendor does not take this request. */
        INVALID(false, "The provider does not take this request."),
        /** The vendor's rules forbid the prompt or the result. */
        REFUSED(false, "The provider's rules do not allow this prompt or its result."),
        /** The model or the job does not exist (any more). */
        NOT_FOUND(false, "The provider does not have this model or job."),
        /** The vendor may hold our job, and we do not know: never create again, ask later. */
        AMBIGUOUS(false, "Contact with the provider was lost; the result may still come."),
        /** The vendor may have done the work and bill it, and its result can never be had: not asked for again, by anybody. */
        LOST(false, "The provider's answer was lost."),
        /** We were told to stop. */
        CANCELED(false, "The generation was canceled.");

        private final boolean retryable;
        private final String words;

        Kind(boolean retryable, String words) {
            this.retryable = retryable;
            this.words = words;
        }

        /** The sentence for a failure of this kind when there is no better one. */
        public String words() {
            return words;
        }

        /** Whether another attempt makes sense after most failures of this kind. */
        public boolean retryable() {
            return retryable;
        }
    }
}
