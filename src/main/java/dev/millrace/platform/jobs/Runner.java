package dev.millrace.platform.jobs;

import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one claimed job to its end and writes down how it ended.
 *
 * <p>What it writes is fenced, and repeated while the database is away, for as long as the lease holds; after that somebody else
 * has the job, and nothing is to be written.
 */
final class Runner {
    private static final Logger LOG = LoggerFactory.getLogger(Runner.class);
    private static final int LONGEST_ERROR = 500;

    /** Thousands of runs may end together; they must leave connections to those who serve requests. */
    private static final int WRITERS = 4;

    private final Db db;
    private final JobsConfig.Backoff backoff;
    private final Facts.Tally tally;
    private final Finisher finisher;
    private final Semaphore writers = new Semaphore(WRITERS, true);

    Runner(Db db, JobsConfig.Backoff backoff, Facts.Tally tally, Finisher finisher) {
        this.db = db;
        this.backoff = backoff;
        this.tally = tally;
        this.finisher = finisher;
    }

    <J extends Job> void run(Worker<J> worker, String payload, Attempt attempt) {
        if (!attempt.mayStart()) {
            insist(() -> !attempt.lost(), tx -> giveBack(tx, attempt));
            return;
        }
        J job;
        try {
            job = Json.read(payload, worker.type());
        } catch (RuntimeException undecodable) {
            LOG.error("job {} ({}) cannot be read and is buried", attempt.job(), worker.kind(), undecodable);
            insist(() -> !attempt.lost(), tx -> bury(tx, attempt, "cannot be read: " + text(undecodable)));
            return;
        }
        if (attempt.exhausted()) {
            bury(worker, job, attempt, "the process ended during each attempt");
            return;
        }
        work(worker, job, attempt);
    }

    /** Stops a run that takes too long: it has failed and lost the job; its thread goes on until it notices. */
    <J extends Job> void stop(Worker<J> worker, String payload, Attempt attempt) {
        if (!attempt.lose()) {
            return;
        }
        LOG.warn("job {} ({}) took longer than {}", attempt.job(), worker.kind(), worker.timeout());
        String reason = "took longer than " + worker.timeout();
        Thread.startVirtualThread(() -> {
            if (attempt.last()) {
                insist(attempt::leased, tx -> bury(tx, worker, Json.read(payload, worker.type()), attempt, reason));
            } else {
                insist(attempt::leased, tx -> fail(tx, attempt, reason));
            }
        });
    }

    private <J extends Job> void work(Worker<J> worker, J job, Attempt attempt) {
        try {
            settle(worker, job, attempt, worker.work(job, attempt));
        } catch (Fenced gone) {
            LOG.info("job {} ({}) has a new owner: {}", attempt.job(), worker.kind(), gone.getMessage());
        } catch (Throwable failure) { // errors too: a worker that overflows its stack must not take the queue along
            failed(worker, job, attempt, failure);
        }
    }

    private <J extends Job> void settle(Worker<J> worker, J job, Attempt attempt, Outcome outcome) {
        if (attempt.completed()) {
            return;
        }
        switch (outcome) {
            case Outcome.Done() -> finisher.complete(attempt);
            case Outcome.Snooze(var delay) ->
                insist(() -> !attempt.lost(), tx -> require(Rows.snooze(tx, attempt.fenced(), delay), attempt));
            case Outcome.GiveUp(var reason) -> bury(worker, job, attempt, reason);
        }
    }

    private <J extends Job> void failed(Worker<J> worker, J job, Attempt attempt, Throwable failure) {
        if (attempt.completed() || attempt.lost()) {
            LOG.info("job {} ({}) ended badly after it was over", attempt.job(), worker.kind(), failure);
            return;
        }
        tally.failed.increment();
        LOG.warn("job {} ({}) failed in attempt {}", attempt.job(), worker.kind(), attempt.number(), failure);
        if (attempt.last()) {
            bury(worker, job, attempt, text(failure));
        } else {
            insist(() -> !attempt.lost(), tx -> fail(tx, attempt, text(failure)));
        }
    }

    private <J extends Job> void bury(Worker<J> worker, J job, Attempt attempt, String reason) {
        try {
            insist(() -> !attempt.lost(), tx -> bury(tx, worker, job, attempt, reason));
        } catch (RuntimeException defect) {
            LOG.error("job {} ({}) is buried without its rites", attempt.job(), worker.kind(), defect);
            insist(() -> !attempt.lost(), tx -> bury(tx, attempt, reason + "; burying failed: " + text(defect)));
        }
    }

    private <J extends Job> void bury(Tx tx, Worker<J> worker, J job, Attempt attempt, String reason) {
        bury(tx, attempt, reason);
        worker.bury(tx, job, reason);
    }

    private void bury(Tx tx, Attempt attempt, String reason) {
        require(Rows.bury(tx, attempt.fenced(), shortened(reason)), attempt);
        tx.afterCommit(tally.buried::increment);
    }

    private void fail(Tx tx, Attempt attempt, String reason) {
        require(Rows.fail(tx, attempt.fenced(), shortened(reason), backoff), attempt);
    }

    private void giveBack(Tx tx, Attempt attempt) {
        require(Rows.giveBack(tx, attempt.fenced()), attempt);
        tx.afterCommit(tally.returned::increment);
    }

    private static void require(boolean ours, Attempt attempt) {
        if (!ours) {
            throw attempt.refused();
        }
    }

    /** Writes, again and again while the database is away, until it is written or there is no point any more. */
    private void insist(BooleanSupplier point, Consumer<Tx> write) {
        for (long pause = 50; point.getAsBoolean(); pause = Math.min(2 * pause, 1_000)) {
            writers.acquireUninterruptibly();
            try {
                db.run(write);
                return;
            } catch (Fenced gone) {
                LOG.debug("nothing to write: {}", gone.getMessage());
                return;
            } catch (Problem problem) {
                if (problem.type() != ProblemType.UNAVAILABLE) {
                    throw problem;
                }
            } finally {
                writers.release();
            }
            rest(pause);
        }
    }

    private static void rest(long pause) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(pause / 2, pause));
        } catch (InterruptedException stray) {
            Thread.currentThread().interrupt(); // a worker left it behind; the write matters more
        }
    }

    private static String text(Throwable failure) {
        return failure.toString();
    }

    private static String shortened(String text) {
        String clean = text.replace('\0', ' ');
        return clean.length() <= LONGEST_ERROR ? clean : clean.substring(0, LONGEST_ERROR);
    }
}
