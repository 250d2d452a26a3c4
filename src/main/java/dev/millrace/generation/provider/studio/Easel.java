package dev.millrace.generation.provider.studio;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/**
 * The place where Studio paints. There is one, taken in the order of asking.
 *
 * <p>Painting keeps a processor busy for seconds; several paintings at once would only make each of them late, and the streams of
 * everybody else with them.
 */
final class Easel {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final List<Object> row = new ArrayList<>();

    /**
     * Waits for the place and runs the work with it.
     *
     * @param queued hears the position whenever it changes, 1 for the next
     */
    @SuppressWarnings("try") // the hook is there to be closed
    void take(Cancellation cancellation, IntConsumer queued, Work work) throws ProviderFailure, InterruptedException {
        var me = new Object();
        lock.lock();
        try {
            row.add(me);
        } finally {
            lock.unlock();
        }
        try (var hook = cancellation.onCancel(this::wake)) {
            int position = position(me);
            while (position > 0) {
                cancellation.check();
                queued.accept(position);
                position = awaitOther(me, position, cancellation);
            }
            cancellation.check();
            work.run();
        } finally {
            leave(me);
        }
    }

    private int position(Object me) {
        lock.lock();
        try {
            return row.indexOf(me);
        } finally {
            lock.unlock();
        }
    }

    private int awaitOther(Object me, int position, Cancellation cancellation) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (row.indexOf(me) == position && !cancellation.requested()) {
                moved.await();
            }
            return row.indexOf(me);
        } finally {
            lock.unlock();
        }
    }

    private void leave(Object me) {
        lock.lock();
        try {
            row.remove(me);
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What is done at the easel. */
    interface Work {
        void run() throws ProviderFailure, InterruptedException;
    }
}
