package dev.millrace.generation.work;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gets a run out of its provider, and only there: an interrupt that meets the thread in the database would cut the connection and
 * leave the statement running.
 */
final class Interrupts {
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Thread outside;
    private boolean wished;

    /** From here on the thread is the provider's; a wish that came before reaches it now. */
    void outside() {
        lock.lock();
        try {
            outside = Thread.currentThread();
            if (wished) {
                outside.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The thread is back, and no longer interrupted. */
    void inside() {
        lock.lock();
        try {
            outside = null;
            Thread.interrupted();
        } finally {
            lock.unlock();
        }
    }

    /** The run is to end: for good. */
    void interrupt() {
        lock.lock();
        try {
            wished = true;
            if (outside != null) {
                outside.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }
}
