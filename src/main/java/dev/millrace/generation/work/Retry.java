package dev.millrace.generation.work;

import dev.millrace.generation.provider.ProviderFailure;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The one retry loop's patience: at most three attempts, and at most a minute from the first failure to the last attempt. Waits are
 * anything up to half a second, doubled with each failure, unless the vendor said how long.
 */
final class Retry {
    static final int MOST_ATTEMPTS = 3;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long BASE_MILLIS = 500;
    private static final long MOST_MILLIS = 8_000;

    private final LongUnaryOperator random;
    private int failures;
    private long firstFailure;

    /** {@code random} answers a number from 0 to below its argument. */
    Retry(LongUnaryOperator random) {
        this.random = random;
    }

    /** How long to wait before the next attempt; null when there is to be none. */
    @Nullable
    Duration after(ProviderFailure failure, long nowNanos) {
        failures++;
        if (failures == 1) {
            firstFailure = nowNanos;
        }
        if (!failure.kind().retryable() || failures >= MOST_ATTEMPTS) {
            return null;
        }
        Duration asked = failure.retryAfter();
        long millis = asked == null ? jitter() : Math.max(asked.toMillis(), 0);
        boolean inTime = nowNanos - firstFailure + TimeUnit.MILLISECONDS.toNanos(millis) <= PATIENCE_NANOS;
        return inTime ? Duration.ofMillis(millis) : null;
    }

    /** Another model is asked: it has not failed yet, but the minute goes on. */
    void elsewhere() {
        failures = 0;
    }

    boolean patient(long nowNanos) {
        return nowNanos - firstFailure <= PATIENCE_NANOS;
    }

    /** Full jitter: those who failed together do not come back together. */
    private long jitter() {
        return random.applyAsLong(Math.min(MOST_MILLIS, BASE_MILLIS << failures));
    }
}
