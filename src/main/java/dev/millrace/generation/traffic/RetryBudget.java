package dev.millrace.generation.traffic;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many calls may be repeated: in any ten seconds a fifth of the calls that were made for the first time, and three in any case,
 * so that a quiet server is patient too.
 */
final class RetryBudget {
    private static final int SECONDS = 10;
    private static final double SHARE = 0.2;
    private static final int LEAST = 3;

    private final ReentrantLock lock = new ReentrantLock();
    private final long[] seconds = new long[SECONDS];
    private final int[] calls = new int[SECONDS];
    private final int[] retries = new int[SECONDS];

    /** A call is made for the first time. */
    void call(long nanos) {
        lock.lock();
        try {
            calls[slot(nanos)]++;
        } finally {
            lock.unlock();
        }
    }

    /** Whether one more may be repeated; when it may, it counts. */
    boolean retry(long nanos) {
        lock.lock();
        try {
            int slot = slot(nanos);
            long now = seconds[slot];
            int made = 0;
            int repeated = 0;
            for (int i = 0; i < SECONDS; i++) {
                if (now - seconds[i] < SECONDS) {
                    made += calls[i];
                    repeated += retries[i];
                }
            }
            if (repeated >= Math.max(LEAST, (int) (SHARE * made))) {
                return false;
            }
            retries[slot]++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private int slot(long nanos) {
        long second = Math.floorDiv(nanos, TimeUnit.SECONDS.toNanos(1));
        int slot = (int) Math.floorMod(second, (long) SECONDS);
        if (seconds[slot] != second) {
            seconds[slot] = second;
            calls[slot] = 0;
            retries[slot] = 0;
        }
        return slot;
    }
}
