package dev.millrace.platform.jobs;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How the claimer learns that there is work: for this node, and for the others. */
final class Bell {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rung = lock.newCondition();
    private boolean here;
    private boolean elsewhere;

    /** This node should look into the table. */
    void wake() {
        set(false);
    }

    /** So should the others. */
    void ring() {
        set(true);
    }

    /** Waits for somebody to ring, at most that long. */
    void await(Duration most) {
        lock.lock();
        try {
            long left = most.toNanos();
            while (!here && left > 0) {
                left = rung.awaitNanos(left);
            }
            here = false;
        } catch (InterruptedException stray) {
            here = false; // nobody interrupts the claimer; if somebody did, it looks once more
        } finally {
            lock.unlock();
        }
    }

    /** Whether the others are to be told; asking takes it on. */
    boolean takeElsewhere() {
        lock.lock();
        try {
            boolean was = elsewhere;
            elsewhere = false;
            return was;
        } finally {
            lock.unlock();
        }
    }

    private void set(boolean others) {
        lock.lock();
        try {
            here = true;
            elsewhere |= others;
            rung.signal();
        } finally {
            lock.unlock();
        }
    }
}
