package dev.millrace.generation.provider.job;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Lets so many go by in a second, evenly, in the order of their coming. */
final class Pacer {
    private final long stepNanos;
    private final AtomicLong last = new AtomicLong(System.nanoTime());

    Pacer(int perSecond) {
        this.stepNanos = 1_000_000_000L / perSecond;
    }

    /** Waits for one's turn. */
    void await() {
        long now = System.nanoTime();
        long mine = last.updateAndGet(turn -> Math.max(turn + stepNanos, now));
        for (long left = mine - now; left > 0; left = mine - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
