package dev.millrace.testing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for something to become true, with a deadline; for facts that nobody announces. */
public final class Waiting {
    private static final long LOOK_EVERY_NANOS = Duration.ofMillis(10).toNanos();

    private static final Duration LATCH = Duration.ofSeconds(30);

    private Waiting() {}

    /** Waits until somebody has come there. */
    public static void at(CountDownLatch latch) {
        try {
            if (!latch.await(LATCH.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(new TimeoutException("nobody came within " + LATCH));
            }
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    /** Looks again and again until it holds; fails with what was awaited when it does not in time. */
    public static void until(String what, Duration limit, BooleanSupplier holds) {
        forValue(what, limit, () -> holds.getAsBoolean() ? Boolean.TRUE : null);
    }

    /** Looks again and again until there is a value; the last look begins behind the deadline, however long the one before took. */
    public static <T> T forValue(String what, Duration limit, Supplier<@Nullable T> look) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            boolean last = System.nanoTime() > deadline;
            T value = look.get();
            if (value != null) {
                return value;
            }
            if (last) {
                throw new AssertionError(new TimeoutException("not within " + limit + ": " + what));
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }
}
