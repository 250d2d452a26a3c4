package dev.millrace;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has to be looked after now and then, on every node alike: each chore is harmless when several do it at once. */
final class Chores implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Chores.class);

    private final List<Runnable> chores;
    private final long everyMillis;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    private Chores(Duration every, List<Runnable> chores) {
        this.chores = chores;
        this.everyMillis = every.toMillis();
        this.thread = Thread.ofPlatform().name("millrace-chores").daemon().unstarted(this::run);
    }

    static Chores start(Duration every, Runnable... chores) {
        var started = new Chores(every, List.of(chores));
        started.thread.start();
        return started;
    }

    /** Waits for the chore that is under way: never interrupted, because it may be in the database. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closed.await(everyMillis, TimeUnit.MILLISECONDS)) {
                chores.forEach(Chores::once);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static void once(Runnable chore) {
        try {
            chore.run();
        } catch (RuntimeException failure) {
            LOG.warn("a chore is left for the next round: {}", failure.getMessage());
        }
    }
}
