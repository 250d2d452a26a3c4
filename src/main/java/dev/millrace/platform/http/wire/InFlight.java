package dev.millrace.platform.http.wire;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the requests being answered, so that draining can wait for the last one. */
public final class InFlight {
    private final AtomicInteger count = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();

    public void began() {
        count.incrementAndGet();
    }

    public void ended() {
        if (count.decrementAndGet() == 0 && lock.tryLock()) {
            try {
                none.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    public int count() {
        return count.get();
    }

    /** True once nothing is in flight, false when that took longer than {@code limit}. */
    public boolean awaitNone(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (count.get() > 0 && left > 0) {
                // short steps: the last one to end does not wait for this lock
                long step = Math.min(left, Duration.ofMillis(50).toNanos());
                left -= step - Math.max(0, none.awaitNanos(step));
            }
            return count.get() == 0;
        } finally {
            lock.unlock();
        }
    }
}
