package dev.millrace.platform.jobs;

import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes the jobs that need no transaction of their own, all that are done by then in one commit on a connection of its own.
 *
 * <p>A thousand that end together cost as much as one, and none of the pool's connections. While the database is away they wait,
 * as long as their lease holds.
 */
final class Finisher {
    private static final Logger LOG = LoggerFactory.getLogger(Finisher.class);
    private static final Duration AGAIN = Duration.ofMillis(250);
    private static final int MOST = 1_000;

    private final Line line;
    private final LinkedBlockingQueue<Ending> endings = new LinkedBlockingQueue<>();
    private final List<Ending> batch = new ArrayList<>();
    private final Pulse pulse;
    private boolean again;

    Finisher(Db db) {
        this.line = db.line("millrace-finisher");
        this.pulse = new Pulse("jobs-finisher", AGAIN, this::write);
    }

    /** Returns when it is written, or when the job is lost. */
    void complete(Attempt attempt) {
        var ending = new Ending(attempt, new CountDownLatch(1));
        endings.add(ending);
        boolean over = false;
        while (!over && !attempt.lost()) {
            try {
                over = ending.written().await(1, TimeUnit.SECONDS);
            } catch (InterruptedException stray) {
                Thread.currentThread()
                        .interrupt(); // a worker left it behind: what was handed over is written all the same
                return;
            }
        }
    }

    void stop() {
        pulse.end();
        pulse.join(Duration.ofSeconds(6));
        line.close();
    }

    private Duration write() {
        collect();
        batch.removeIf(ending -> ending.attempt().lost());
        if (!batch.isEmpty()) {
            List<Rows.Claim> claims =
                    batch.stream().map(ending -> ending.attempt().fenced()).toList();
            boolean repeated = again;
            again = true;
            Set<Rows.Claim> ours = line.transact(tx -> Rows.complete(tx, claims));
            again = false;
            batch.forEach(ending -> end(ending, ours.contains(ending.attempt().fenced()), repeated));
            batch.clear();
        }
        return Duration.ZERO;
    }

    private void collect() {
        try {
            Ending first = batch.isEmpty() ? endings.poll(AGAIN.toMillis(), TimeUnit.MILLISECONDS) : null;
            if (first != null) {
                batch.add(first);
                endings.drainTo(batch, MOST - 1);
            }
        } catch (InterruptedException stray) {
            LOG.debug("nobody interrupts the finisher; if somebody did, it goes on", stray);
        }
    }

    /** What is missing when a batch is written again was written the first time, by a commit whose answer was lost. */
    private static void end(Ending ending, boolean ours, boolean repeated) {
        if (ours || repeated) {
            ending.attempt().completedNow();
        } else {
            LOG.info("{}", ending.attempt().refused().getMessage());
        }
        ending.written().countDown();
    }

    private record Ending(Attempt attempt, CountDownLatch written) {}
}
