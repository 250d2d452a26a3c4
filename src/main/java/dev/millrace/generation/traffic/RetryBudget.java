package dev.millrace.generation.traffic;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many calls may be repeated: in any ten seconds a fifth of the calls that were made for the first time, and three in any case,
 * so that a quiet server is patient too. Those three are for a vendor who stumbles: of one who answers nobody they are given once,
 * and from then on repeated calls add a fifth and no more, however long he fails.
 */
final class RetryBudget {
    private static final int SECONDS = 10;
    private static final double SHARE = 0.2;
    private static final int LEAST = 3;

    private final ReentrantLock lock = new ReentrantLock();
    private final long[] seconds = new long[SECONDS];
    private final int[] calls = new int[SECONDS];
    private final int[] retries = new int[SECONDS];
    private int sinceAnswered;

    /** A call is made for the first time. */
    void call(long nanos) {
        lock.lock();
        try {
            calls[slot(nanos)]++;
        } finally {
            lock.unlock();
        }
    }

    /** The vendor answered somebody. */
    void answered() {
        lock.lock();
        try {
            sinceAnswered = 0;
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
            boolean due = repeated < (int) (SHARE * made);
            boolean spare = repeated < LEAST && sinceAnswered < LEAST;
            if (!due && !spare) {
                return false;
            }
            sinceAnswered++;
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
