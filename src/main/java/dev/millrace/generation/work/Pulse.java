package dev.millrace.generation.work;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps progress moving while providers say nothing: one thread for all runs of a node. */
final class Pulse implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pulse.class);
    private static final long EVERY_MILLIS = 500;

    private final Set<Teller> tellers = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofPlatform().name("generation-pulse").daemon().unstarted(this::run);

    void start() {
        thread.start();
    }

    void add(Teller teller) {
        tellers.add(teller);
    }

    void remove(Teller teller) {
        tellers.remove(teller);
    }

    @Override
    public void close() {
        closing.countDown();
    }

    private void run() {
        try {
            while (!closing.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                for (Teller teller : tellers) {
                    tick(teller);
                }
            }
        } catch (InterruptedException nobodyDoesThat) {
            LOG.error("the pulse of generations was interrupted and has ended");
        }
    }

    private static void tick(Teller teller) {
        try {
            teller.tick();
        } catch (RuntimeException defect) {
            LOG.error("progress cannot be told", defect);
        }
    }
}
