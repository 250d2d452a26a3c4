package dev.millrace.media;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Waits for an asset to be ready or rejected, on whichever node the work is done. */
public final class Watch implements AutoCloseable {
    private static final long LOOK_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

    private final UUID asset;
    private final Watches watches;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean woken;
    private boolean stopped;
    private volatile double percent;

    Watch(UUID asset, Watches watches) {
        this.asset = asset;
        this.watches = watches;
    }

    /**
     * The asset once it is ready or rejected; null when the time is over or {@link #stop} was called. Throws {@code NOT_FOUND} when
     * it was deleted meanwhile.
     */
    public @Nullable Asset await(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            if (stopped()) {
                return null;
            }
            Asset present = look();
            if (present != null && present.status() != AssetStatus.PROCESSING) {
                return present;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            pause(Math.min(left, LOOK_EVERY_NANOS));
        }
    }

    /** How far the long work is, 0 to 100: 0 as long as the file is only looked at. Never falls. */
    public double percent() {
        return percent;
    }

    /** Wakes whoever waits, for good. May be called from any thread; does not block. */
    public void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        watches.close(this);
    }

    UUID asset() {
        return asset;
    }

    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void reached(double now) {
        lock.lock();
        try {
            percent = Math.max(percent, now);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Asset look() {
        Watches.Look look = watches.look(asset);
        if (look == null) {
            return null;
        }
        reached(look.percent());
        if (look.asset() == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "The asset was deleted.");
        }
        return look.asset();
    }

    private boolean stopped() {
        lock.lock();
        try {
            return stopped;
        } finally {
            lock.unlock();
        }
    }

    private void pause(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!woken && !stopped && left > 0) {
                left = changed.awaitNanos(left);
            }
            woken = false;
        } finally {
            lock.unlock();
        }
    }
}
