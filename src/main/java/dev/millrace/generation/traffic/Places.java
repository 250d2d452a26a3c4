package dev.millrace.generation.traffic;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The places that this node has for generations, and which provider fills how many of them with those who call it or wait for it.
 *
 * <p>A provider may fill twice as many as are still free (the dynamic threshold of switches that share their memory among ports). One
 * alone comes to two thirds; two that crawl come to two fifths each; and however many crawl, something stays free for the next. Who
 * finds no place waits in the queue and comes again. For as long as that may take nobody new is let in: those who waited come first.
 */
final class Places {
    private static final int TIMES_WHAT_IS_FREE = 2;

    private final long patienceNanos;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Share> shares = new HashMap<>();
    private int taken;

    /** {@code patienceNanos} is the longest time after which one that was turned away comes again. */
    Places(long patienceNanos, LongSupplier nanos) {
        this.patienceNanos = patienceNanos;
        this.nanos = nanos;
    }

    /**
     * Takes one of {@code all} places when there is one for this provider.
     *
     * @param fresh whether this one was never turned away
     */
    boolean take(String provider, int all, boolean fresh) {
        lock.lock();
        try {
            Share share = share(provider);
            long now = nanos.getAsLong();
            if (!share.mayGrow(all - taken)) {
                share.wasFull = true;
                share.fullAt = now;
                return false;
            }
            if (fresh && share.wasFull && now - share.fullAt < patienceNanos) {
                return false;
            }
            share.taken++;
            taken++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Sets one aside at another provider for who has a place already; it is {@link #left} or the old one is. */
    boolean change(String provider, int all) {
        lock.lock();
        try {
            Share share = share(provider);
            boolean room = share.mayGrow(all - taken + 1);
            share.taken += room ? 1 : 0;
            return room;
        } finally {
            lock.unlock();
        }
    }

    /** Who changed has left this one and keeps the other. */
    void left(String provider) {
        lock.lock();
        try {
            share(provider).taken--;
        } finally {
            lock.unlock();
        }
    }

    /** A place is free again. */
    void leave(String provider) {
        lock.lock();
        try {
            share(provider).taken--;
            taken--;
        } finally {
            lock.unlock();
        }
    }

    private Share share(String provider) {
        return shares.computeIfAbsent(provider, name -> new Share());
    }

    /** Of one provider. */
    private static final class Share {
        private int taken;
        private boolean wasFull;
        private long fullAt;

        boolean mayGrow(int free) {
            return taken < TIMES_WHAT_IS_FREE * free;
        }
    }
}
