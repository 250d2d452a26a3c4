package dev.millrace.generation.provider;

import dev.millrace.generation.provider.ProviderFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The wish that a call stop, and the place where a provider waits.
 *
 * <p>A provider that has nothing to do waits in {@link #await}, which cancelling wakes at once; one that hangs in a socket or a
 * child process says with {@link #onCancel} how to get it out.
 */
public final class Cancellation {
    private static final long TICK_NANOS = 5_000_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wished = lock.newCondition();
    private final List<Runnable> actions = new ArrayList<>(1);
    private volatile boolean requested;

    /** Wakes who waits and runs the actions, on the caller's thread; a second call does nothing. */
    public void cancel() {
        List<Runnable> due;
        lock.lock();
        try {
            if (requested) {
                return;
            }
            requested = true;
            due = List.copyOf(actions);
            actions.clear();
            wished.signalAll();
        } finally {
            lock.unlock();
        }
        due.forEach(Runnable::run);
    }

    public boolean requested() {
        return requested;
    }

    /** Leaves with {@code CANCELED} when cancelling was asked for. */
    public void check() throws ProviderFailure {
        if (requested) {
            throw canceled();
        }
    }

    public static ProviderFailure canceled() {
        return new ProviderFailure(Kind.CANCELED, Kind.CANCELED.words());
    }

    /** Runs the action when cancelling is asked for, at once when it was already; not after {@code close}. */
    public Hook onCancel(Runnable action) {
        lock.lock();
        try {
            if (!requested) {
                actions.add(action);
                return () -> forget(action);
            }
        } finally {
            lock.unlock();
        }
        action.run();
        return () -> {};
    }

    /** Waits that long, or until cancelling is asked for; answers whether it is. */
    public boolean await(Duration time) throws InterruptedException {
        return awaitNanos(time.toNanos());
    }

    /**
     * Waits until a moment of {@link System#nanoTime}, moved to the next of the ticks that all waits share.
     *
     * <p>For thousands of streams that wait twenty times a second: a wake-up of the timer serves many of them, which takes two
     * thirds off what a wait costs.
     */
    public boolean awaitMoment(long nanoTime) throws InterruptedException {
        long left = Math.ceilDiv(nanoTime, TICK_NANOS) * TICK_NANOS - System.nanoTime();
        return left > 0 ? awaitNanos(left) : requested;
    }

    private boolean awaitNanos(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!requested && left > 0) {
                left = wished.awaitNanos(left);
            }
            return requested;
        } finally {
            lock.unlock();
        }
    }

    private void forget(Runnable action) {
        lock.lock();
        try {
            actions.remove(action);
        } finally {
            lock.unlock();
        }
    }

    /** An action that waits for the wish; closing takes it back. */
    public interface Hook extends AutoCloseable {
        @Override
        void close();
    }
}
