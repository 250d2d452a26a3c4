package dev.millrace.platform.jobs;

import dev.millrace.platform.problem.Problem;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A platform thread that does one thing again and again, and outlives every failure of it. */
final class Pulse {
    private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);

    private final Duration afterFailure;
    private final Supplier<Duration> turn;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;

    /**
     * Starts at once.
     *
     * @param turn does it once and answers how long to wait before the next time
     */
    Pulse(String name, Duration afterFailure, Supplier<Duration> turn) {
        this.afterFailure = afterFailure;
        this.turn = turn;
        this.thread = Thread.ofPlatform().daemon().name(name).start(this::beat);
    }

    /** The present turn is the last. */
    void end() {
        stop.countDown();
    }

    /** Waits for the last turn to be over, that long at most. */
    void join(Duration patience) {
        try {
            thread.join(patience);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void beat() {
        Duration pause = Duration.ZERO;
        while (!stopped(pause)) {
            try {
                pause = turn.get();
            } catch (Problem away) {
                LOG.warn("{} waits: {}", thread.getName(), away.getMessage());
                pause = afterFailure;
            } catch (RuntimeException defect) {
                LOG.error("{} failed and goes on", thread.getName(), defect);
                pause = afterFailure;
            }
        }
    }

    private boolean stopped(Duration pause) {
        try {
            return stop.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stray) {
            return stop.getCount() == 0; // nobody interrupts these threads; if somebody did, go on
        }
    }
}
