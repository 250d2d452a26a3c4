package dev.millrace.generation.events;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells all readers of a node the time, so that none of them needs a timer. Asks nobody for anything, so it is never late. */
final class Clock implements AutoCloseable {
    private static final long EVERY_MILLIS = 250;

    private final Hub hub;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().name("event-clock").daemon().unstarted(this::run);

    Clock(Hub hub) {
        this.hub = hub;
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        closing.countDown();
    }

    private void run() {
        try {
            while (!closing.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                long now = System.nanoTime();
                hub.readers().forEach(reader -> reader.tick(now));
            }
        } catch (InterruptedException nobodyDoesThat) {
            Thread.currentThread().interrupt();
        }
    }
}
