package dev.millrace.platform.jobs;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One incarnation of this node, and how long it may believe in itself.
 *
 * <p>The database's clock decides when it is dead; this is the cautious local copy, counted on the monotonic clock from when the
 * heartbeat was sent, so that it always ends first. A process that was frozen finds its lease over the moment it wakes.
 */
final class Lease {
    private final long node = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private final long length;
    private volatile long deadline;
    private volatile boolean over;

    Lease(Duration length, long sentNanos) {
        this.length = length.toNanos();
        this.deadline = sentNanos + this.length;
    }

    long node() {
        return node;
    }

    void renewed(long sentNanos) {
        deadline = sentNanos + length;
    }

    boolean held() {
        return !over && left() > 0;
    }

    /** Whether enough is left to begin something. */
    boolean mayStart() {
        return !over && left() > length / 3;
    }

    /** For good: a lease that was found lost is never taken up again. */
    void end() {
        over = true;
    }

    private long left() {
        return deadline - System.nanoTime();
    }
}
