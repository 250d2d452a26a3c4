package dev.millrace.generation.traffic;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The places of one provider among all that this node has for generations: so many and no more, so that one that crawls cannot fill
 * them all with those who wait for it.
 *
 * <p>Who finds no place waits in the queue and comes again. For as long as that may take nobody new is let in: those who waited come
 * first.
 */
final class Share {
    private final long patienceNanos;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private int taken;
    private boolean wasFull;
    private long fullAt;

    /** {@code patienceNanos} is the longest time after which one that was turned away comes again. */
    Share(long patienceNanos, LongSupplier nanos) {
        this.patienceNanos = patienceNanos;
        this.nanos = nanos;
    }

    /** Takes a place when there is one; {@code fresh} is one that was never turned away. */
    boolean take(int most, boolean fresh) {
        lock.lock();
        try {
            long now = nanos.getAsLong();
            if (taken >= most) {
                wasFull = true;
                fullAt = now;
                return false;
            }
            if (fresh && wasFull && now - fullAt < patienceNanos) {
                return false;
            }
            taken++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            taken--;
        } finally {
            lock.unlock();
        }
    }
}
