package dev.millrace.platform.embedded;

import dev.millrace.platform.process.Child;
import dev.millrace.platform.process.Exit;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a service again when it ends although nobody asked it to: killed for want of memory, crashed, stopped by hand.
 *
 * <p>At once the first time; when it keeps ending within a minute, after a pause that doubles from one second to half a minute.
 */
final class Keeper {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final Duration STEADY = Duration.ofMinutes(1);
    private static final int LONGEST_PAUSE_SECONDS = 30;

    private final String name;
    private final Start start;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private final Thread watch;
    private volatile Child child;
    private volatile boolean over;

    Keeper(String name, Child child, Start start) {
        this.name = name;
        this.child = child;
        this.start = start;
        this.watch = Thread.ofVirtual().name("keeper-" + name).start(this::watch);
    }

    /** The process that runs now, or ran last. */
    Child child() {
        return child;
    }

    /** Ends the watch, so that the service may be stopped; a start that is under way is given up. */
    Child release() throws InterruptedException {
        over = true;
        lock.lock();
        try {
            released.signalAll();
        } finally {
            lock.unlock();
        }
        watch.interrupt(); // it waits for a process, never for a database
        watch.join();
        return child;
    }

    private void watch() {
        try {
            int failures = 0;
            while (!over) {
                long since = System.nanoTime();
                Exit exit = child.await();
                if (System.nanoTime() - since > STEADY.toNanos()) {
                    failures = 0;
                }
                if (!over) {
                    LOG.error("The embedded {} ended by itself with code {} and is started again", name, exit.code());
                    failures = begin(failures);
                }
            }
        } catch (InterruptedException end) {
            // released
        }
    }

    /** Tries until it runs; answers how often in a row that was necessary. */
    private int begin(int failures) throws InterruptedException {
        int tries = failures;
        while (!over) {
            pause(tries++);
            try {
                child = start.again();
                return tries;
            } catch (IOException | RuntimeException failure) {
                LOG.error("The embedded {} could not be started again", name, failure);
            }
        }
        return tries;
    }

    private void pause(int failures) throws InterruptedException {
        if (failures == 0) {
            return;
        }
        long seconds = Math.min(LONGEST_PAUSE_SECONDS, 1L << Math.min(failures - 1, 10));
        long nanos = TimeUnit.SECONDS.toNanos(seconds);
        lock.lock();
        try {
            while (!over && nanos > 0) {
                nanos = released.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Starts the service where it was before. */
    interface Start {
        Child again() throws IOException, InterruptedException;
    }
}
