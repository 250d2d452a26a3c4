package dev.millrace.webhooks;

import dev.millrace.platform.KillPoint;
import dev.millrace.platform.jobs.Attempt;
import dev.millrace.platform.jobs.Lane;
import dev.millrace.platform.jobs.Outcome;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The courier of an endpoint: he sends what is due, a few at a time, writes down what came of each, and goes when nothing is due.
 *
 * <p>There is one for each endpoint on all nodes together, because his job has the endpoint's name. When his shift is over, or his node
 * is about to stop, he hands over to the next.
 */
final class DeliveryWorker implements Worker<DeliverWebhooks> {
    /** Attempts of a job here: what is due must not be forgotten because the database was away for a while. */
    static final int PATIENCE = 10_000;

    /** Calls to one endpoint at once. */
    static final int LANES = 4;

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryWorker.class);

    /** Couriers at work on this node: other errands must find room, above all payments. */
    private static final int COURIERS = 1_000;

    private static final Duration NO_ROOM = Duration.ofSeconds(1);
    private static final Duration SHIFT = Duration.ofMinutes(1);
    private static final int PAGE = 100;

    /** A whole endpoint is not left alone for longer, whatever one of its answers asks. */
    private static final Duration LONGEST_REST = Duration.ofHours(1);

    /** Thousands of calls may end together; they must leave connections to those who serve requests. */
    private static final int READERS = 3;

    private static final long PAUSE_NANOS = Duration.ofMillis(250).toNanos();

    private final Db db;
    private final Webhooks.Tables tables;
    private final Payloads payloads;
    private final Sender sender;
    private final Tally tally;
    private final Semaphore couriers = new Semaphore(COURIERS);
    private final Semaphore readers = new Semaphore(READERS, true);
    private volatile boolean leaving;

    DeliveryWorker(Db db, Webhooks.Tables tables, Payloads payloads, Sender sender, Tally tally) {
        this.db = db;
        this.tables = tables;
        this.payloads = payloads;
        this.sender = sender;
        this.tally = tally;
    }

    @Override
    public String kind() {
        return "deliver_webhooks";
    }

    @Override
    public Class<DeliverWebhooks> type() {
        return DeliverWebhooks.class;
    }

    @Override
    public Lane lane() {
        return Lane.ERRAND;
    }

    @Override
    public int maxAttempts() {
        return PATIENCE;
    }

    @Override
    public Duration timeout() {
        return Duration.ofMinutes(5);
    }

    @Override
    public Outcome work(DeliverWebhooks job, Attempt attempt) throws InterruptedException {
        KillPoint.reach("webhook-before-sending");
        if (!couriers.tryAcquire()) {
            return new Outcome.Snooze(NO_ROOM);
        }
        try {
            work(job.endpoint(), new Shift(attempt, SHIFT, () -> leaving));
        } finally {
            couriers.release();
        }
        db.run(tx -> leave(tx, job.endpoint(), attempt));
        return Outcome.DONE;
    }

    /** Begins nothing new: this node is about to stop. */
    void drain() {
        leaving = true;
    }

    /** Sends what is due until there is nothing or the shift is over. */
    private void work(UUID endpoint, Shift shift) throws InterruptedException {
        var bag = new Bag(
                shift, () -> reading(() -> db.read(tx -> tables.deliveries().due(tx, endpoint, PAGE))));
        Callable<Boolean> lane = () -> {
            for (Deliveries.Due due = bag.next(); due != null; due = bag.next()) {
                try {
                    deliver(endpoint, due, shift);
                } catch (RuntimeException failure) {
                    shift.end(); // the other lanes need not go on with a job that has failed
                    throw failure;
                } finally {
                    bag.arrived(due);
                }
            }
            return true;
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> done : threads.invokeAll(Collections.nCopies(LANES, lane))) {
                done.get();
            }
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(failure.getCause());
        }
    }

    private void deliver(UUID endpoint, Deliveries.Due due, Shift shift) {
        Endpoints.Target target = reading(() -> db.read(tx -> tables.endpoints().target(tx, endpoint)));
        if (target == null) {
            shift.end(); // gone, disabled or to be left alone
            return;
        }
        byte[] payload = reading(() -> payloads.of(target.account(), due));
        if (payload == null) {
            written(shift, tx -> {
                shift.attempt().fence(tx);
                tables.deliveries().end(tx, due.id(), "deleted");
            });
            return;
        }
        Result result;
        try (Shift.Call call = shift.call()) {
            result = sender.send(target, due.message(), payload, call::begins);
        }
        KillPoint.reach("webhook-sent-before-noted");
        if (result.asked() != null) {
            shift.end();
        }
        written(shift, tx -> note(tx, target.id(), due, result, shift));
    }

    /** The endpoint first, then the fence of the job, then the delivery: the order in which those lock who write deliveries. */
    private void note(Tx tx, UUID endpoint, Deliveries.Due due, Result result, Shift shift) {
        boolean enabled = true;
        boolean disabledNow = false;
        if (result.good()) {
            tables.endpoints().wentWell(tx, endpoint);
        } else {
            Endpoints.After after = tables.endpoints().failed(tx, endpoint, result.gone(), rest(result));
            enabled = after == Endpoints.After.ENABLED;
            disabledNow = after == Endpoints.After.DISABLED;
        }
        shift.attempt().fence(tx);
        Duration wait = enabled ? Schedule.after(due.step() + 1, result.asked(), ThreadLocalRandom.current()) : null;
        tables.deliveries().note(tx, due.id(), result, wait);
        if (disabledNow) {
            tables.deliveries().endAll(tx, endpoint, Deliveries.DISABLED);
            tx.afterCommit(() -> LOG.info("endpoint {} is disabled: {}", endpoint, result));
        }
        boolean goesOn = enabled;
        tx.afterCommit(() -> {
            tally.count(result.good(), wait != null);
            if (!goesOn) {
                shift.end();
            }
        });
    }

    private static Duration rest(Result result) {
        Duration asked = result.asked() == null ? Duration.ZERO : result.asked();
        return asked.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : asked;
    }

    /** Goes, unless something came meanwhile: whoever wrote it has waited for the fence, or finds no courier and sends another. */
    private void leave(Tx tx, UUID endpoint, Attempt attempt) {
        attempt.fence(tx);
        Deliveries.Next next = tables.deliveries().next(tx, endpoint);
        attempt.complete(tx);
        if (next == null) {
            return;
        }
        if (next.millis() <= 0) {
            tables.outbox().send(tx, attempt.account(), endpoint);
        } else {
            tables.outbox().sendLater(tx, attempt.account(), endpoint, Duration.ofMillis(next.millis()), next.moment());
        }
    }

    private <T extends @Nullable Object> T reading(Supplier<T> read) {
        readers.acquireUninterruptibly();
        try {
            return read.get();
        } finally {
            readers.release();
        }
    }

    /** Writes, again and again while the database is away: a message whose answer is forgotten is sent twice. */
    private void written(Shift shift, Consumer<Tx> write) {
        while (true) {
            try {
                db.together(tx -> {
                    write.accept(tx);
                    return true;
                });
                return;
            } catch (Problem away) {
                if (away.type() != ProblemType.UNAVAILABLE || shift.attempt().lost()) {
                    throw away;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
