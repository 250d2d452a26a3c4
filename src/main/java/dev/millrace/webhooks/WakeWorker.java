package dev.millrace.webhooks;

import dev.millrace.platform.jobs.Attempt;
import dev.millrace.platform.jobs.Lane;
import dev.millrace.platform.jobs.Outcome;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.sql.Db;

/**
 * The alarm clock of couriers. A courier does not wait for what is due later: he would be in the way of what comes meanwhile, because
 * there is one for each endpoint.
 */
final class WakeWorker implements Worker<WakeCourier> {
    private final Db db;
    private final Outbox outbox;

    WakeWorker(Db db, Outbox outbox) {
        this.db = db;
        this.outbox = outbox;
    }

    @Override
    public String kind() {
        return "wake_courier";
    }

    @Override
    public Class<WakeCourier> type() {
        return WakeCourier.class;
    }

    @Override
    public Lane lane() {
        return Lane.ERRAND;
    }

    /** What is due must not be forgotten because the database was away for a while. */
    @Override
    public int maxAttempts() {
        return DeliveryWorker.PATIENCE;
    }

    @Override
    public Outcome work(WakeCourier job, Attempt attempt) {
        db.run(tx -> {
            attempt.complete(tx);
            outbox.send(tx, attempt.account(), job.endpoint());
        });
        return Outcome.DONE;
    }
}
