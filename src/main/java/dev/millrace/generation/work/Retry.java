package dev.millrace.generation.work;

import dev.millrace.generation.provider.ProviderFailure;
import java.time.Duration;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The one retry loop's patience: at most three attempts of a model, and at most a minute in which nothing comes: of waiting between all
 * attempts, and of silence in those that failed. How long a vendor speaks before he fails is another matter. Waits are anything up to
 * half a second, doubled with each failure, unless the vendor said that it takes longer.
 */
final class Retry {
    static final int MOST_ATTEMPTS = 3;
    /**
     * A minute, less what else takes time: with one more attempt at a vendor that takes the connection and says nothing, 35 seconds, it
     * makes a minute and a half.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(53);

    private static final long BASE_MILLIS = 500;
    private static final long MOST_MILLIS = 8_000;

    private final LongUnaryOperator random;
    private int failures;
    private Duration waited = Duration.ZERO;

    /** {@code random} answers a number from 0 to below its argument. */
    Retry(LongUnaryOperator random) {
        this.random = random;
    }

    /** How long to wait before the next attempt; null when patience does not reach that far. */
    @Nullable
    Duration after(ProviderFailure failure) {
        failures++;
        return failure.retryable() && failures < MOST_ATTEMPTS ? within(wait(failure)) : null;
    }

    /** A vendor had said nothing for so long when he failed: that was waiting too. */
    void silent(Duration time) {
        waited = waited.plus(time);
    }

    /** Whether one more attempt may be made at once, of a vendor that did not go on with what was begun. */
    boolean anew() {
        failures++;
        return failures < MOST_ATTEMPTS;
    }

    /** How long to wait for a vendor that was not even asked, because it is left alone at present; null as above. */
    @Nullable
    Duration leftAlone(ProviderFailure closed) {
        return within(wait(closed));
    }

    /** How much longer to wait for leave to make the next attempt; null as above. */
    @Nullable
    Duration longer() {
        return within(Duration.ofMillis(500 + random.applyAsLong(1_500)));
    }

    /**
     * How long to wait when a vendor asked for more than our patience and nobody else can be asked: what it asked for, as long as
     * that ends before the deadline; null when it does not, or did not ask.
     */
    @Nullable
    Duration asTold(ProviderFailure failure, Duration untilDeadline) {
        Duration asked = failure.retryAfter();
        if (asked == null || !failure.retryable() || failures >= MOST_ATTEMPTS) {
            return null;
        }
        Duration wait = wait(failure);
        return wait.compareTo(untilDeadline) < 0 ? wait : null;
    }

    /** Another model is asked: it has not failed yet, but the minute goes on. */
    void elsewhere() {
        failures = 0;
    }

    private @Nullable Duration within(Duration wait) {
        Duration then = waited.plus(wait);
        if (then.compareTo(PATIENCE) > 0) {
            return null;
        }
        waited = then;
        return wait;
    }

    /** Full jitter, and a tenth on top of what a vendor asked for: those who failed together do not come back together. */
    private Duration wait(ProviderFailure failure) {
        Duration asked = failure.retryAfter();
        Duration usual =
                Duration.ofMillis(random.applyAsLong(Math.min(MOST_MILLIS, BASE_MILLIS << Math.min(failures, 8))));
        if (asked == null || asked.isNegative()) {
            return usual;
        }
        Duration told = asked.plusMillis(random.applyAsLong(asked.toMillis() / 10 + 1));
        return told.compareTo(usual) < 0 ? usual : told;
    }
}
