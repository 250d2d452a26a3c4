package dev.millrace.testing;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** How long nothing at all ran here, because other work on this machine was in the way: that is nobody's fault. */
public final class Stillness {
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong longest = new AtomicLong();
    private final Thread thread = Thread.ofPlatform().daemon().start(this::measure);

    private void measure() {
        long last = System.nanoTime();
        while (!over.get()) {
            LockSupport.parkNanos(5_000_000);
            long now = System.nanoTime();
            longest.accumulateAndGet(now - last, Math::max);
            last = now;
        }
    }

    /** The longest there was since this was made; it measures no further. */
    public Duration longest() {
        over.set(true);
        try {
            thread.join();
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
        return Duration.ofNanos(longest.get());
    }
}
