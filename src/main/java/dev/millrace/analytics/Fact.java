package dev.millrace.analytics;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Something that happened to an account. Times are milliseconds, money is micro-credits. */
public sealed interface Fact {
    UUID account();

    /** What it happened to: the id of a generation, a session, the account itself. */
    @JsonIgnore
    UUID subject();

    /** The name under which facts of this sort are counted, such as {@code generation_finished}. */
    @JsonIgnore
    default String kind() {
        return getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    /** Somebody made an account. */
    record SignedUp(UUID account) implements Fact {
        @Override
        public UUID subject() {
            return account;
        }
    }

    /** Somebody signed in with a password. */
    record SignedIn(UUID account, UUID session) implements Fact {
        @Override
        public UUID subject() {
            return session;
        }
    }

    /** A refresh token came back that only a second holder can have kept; its session is over. */
    record RefreshReused(UUID account, UUID session) implements Fact {
        @Override
        public UUID subject() {
            return session;
        }
    }

    /** A window was full, so many times in a short while. */
    record LimitHit(UUID account, Limit limit, long times) implements Fact {
        @Override
        public UUID subject() {
            return account;
        }
    }

    /**
     * Credits did not suffice, so many times in a short while.
     *
     * @param apiKey with which they were to be spent; null for a person
     * @param reason that of the refusal
     * @param missingMicros at most
     */
    record CreditsRefused(UUID account, @Nullable UUID apiKey, String reason, long missingMicros, long times)
            implements Fact {
        @Override
        public UUID subject() {
            return account;
        }
    }

    /**
     * Four fifths of what may be spent in a day are spent; told once a day.
     *
     * @param cap {@code cap_day}, {@code cap_key} or {@code provider_budget}
     * @param of the account, the key or the provider
     */
    record CapNeared(UUID account, UUID hold, String cap, String of, long spentMicros, long limitMicros)
            implements Fact {
        @Override
        public UUID subject() {
            return hold;
        }
    }

    /**
     * A call to a provider ended, one way or another.
     *
     * @param usage what it consumed, as the provider counted it, or we where he counted nothing
     * @param costMicros that much at the price of the model that was called
     */
    record AttemptFinished(
            UUID account,
            UUID generation,
            Work work,
            Attempt attempt,
            Times times,
            Map<String, BigDecimal> usage,
            long costMicros)
            implements Fact {
        public AttemptFinished {
            usage = Map.copyOf(usage);
        }

        @Override
        public UUID subject() {
            return generation;
        }
    }

    /**
     * A call failed, and the generation goes on all the same.
     *
     * @param decision {@code retry} the same, {@code fallback} to another model, or {@code wait} for a vendor that is left alone
     * @param reason the kind of the failure in lower case
     */
    record RetryDecided(
            UUID account, UUID generation, Work work, int attempt, String decision, String reason, long delayMillis)
            implements Fact {
        @Override
        public UUID subject() {
            return generation;
        }
    }

    /** A generation reached its end: {@code completed}, {@code failed} or {@code canceled}. */
    record GenerationFinished(UUID account, UUID generation, Work work, String status, Times times, Sums sums)
            implements Fact {
        @Override
        public UUID subject() {
            return generation;
        }
    }

    /**
     * A window that was full.
     *
     * @param window {@code minute}, {@code day}, or {@code waiting} for the line of those that wait for their turn
     * @param plan the account's
     * @param apiKey the key whose own window it was; null when it was the plan's
     * @param degraded whether this node decided alone, because Redis was away
     */
    record Limit(String window, String plan, @Nullable UUID apiKey, boolean degraded) {}

    /** What was asked for and who did it. */
    record Work(String kind, String model, String provider) {}

    /**
     * One call.
     *
     * @param outcome {@code finished}, or the kind of the failure in lower case
     * @param error our words for the failure, never the vendor's
     */
    record Attempt(int number, String outcome, @Nullable String error) {}

    /**
     * How long it took.
     *
     * @param waitedMillis from creation to the start
     * @param firstMillis from the start to the first thing a reader could see
     * @param totalMillis from the start to the end
     */
    record Times(long waitedMillis, @Nullable Long firstMillis, long totalMillis) {}

    /**
     * What it came to.
     *
     * @param costMicros what all its calls cost, also those that failed
     */
    record Sums(int attempts, long chargedMicros, long releasedMicros, long costMicros) {}
}
