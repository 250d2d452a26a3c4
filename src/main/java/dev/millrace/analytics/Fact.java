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

    /** A window was full. */
    record LimitHit(UUID account, String window) implements Fact {
        @Override
        public UUID subject() {
            return account;
        }
    }

    /** Credits did not suffice; {@code reason} is that of the refusal. */
    record CreditsRefused(UUID account, String reason, long missingMicros) implements Fact {
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

    /** A call to a provider ended, one way or another; {@code usage} is what the provider counted. */
    record AttemptFinished(
            UUID account, UUID generation, Work work, Attempt attempt, Times times, Map<String, BigDecimal> usage)
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

    /** What it came to. */
    record Sums(int attempts, long chargedMicros, long releasedMicros) {}
}
