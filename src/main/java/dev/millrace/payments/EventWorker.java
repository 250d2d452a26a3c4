package dev.millrace.payments;

import dev.millrace.platform.KillPoint;
import dev.millrace.platform.jobs.Attempt;
import dev.millrace.platform.jobs.Lane;
import dev.millrace.platform.jobs.Outcome;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads anew what an event is about, outside any transaction, and then does all that follows from it in one. */
final class EventWorker implements Worker<HandleEvent> {
    private static final Logger LOG = LoggerFactory.getLogger(EventWorker.class);
    private static final Duration STRIPE_IS_AWAY = Duration.ofSeconds(20);

    private final Db db;
    private final Inbox inbox;
    private final Till till;

    EventWorker(Db db, Inbox inbox, Till till) {
        this.db = db;
        this.inbox = inbox;
        this.till = till;
    }

    @Override
    public String kind() {
        return "handle_stripe_event";
    }

    @Override
    public Class<HandleEvent> type() {
        return HandleEvent.class;
    }

    @Override
    public Lane lane() {
        return Lane.ERRAND;
    }

    @Override
    public Duration timeout() {
        return Duration.ofMinutes(2);
    }

    @Override
    public Outcome work(HandleEvent job, Attempt attempt) {
        Inbox.Waiting event = inbox.find(job.event());
        if (event == null) {
            return Outcome.DONE;
        }
        KillPoint.reach("event-before-effect");
        Till.Effect effect;
        try {
            effect = till.effect(event.type(), event.object());
        } catch (StripeAway away) {
            LOG.warn("event {} waits: {}", event.id(), away.getMessage());
            return new Outcome.Snooze(STRIPE_IS_AWAY);
        } catch (StripeRefused refused) {
            String why = String.valueOf(refused.getMessage());
            effect = tx -> Verdict.parked(why);
        }
        Till.Effect known = effect;
        db.run(tx -> {
            attempt.complete(tx);
            Verdict verdict = known.apply(tx);
            inbox.mark(tx, event.id(), verdict);
            tx.afterCommit(() -> tell(event, verdict));
            KillPoint.reach("effect-before-commit");
        });
        KillPoint.reach("effect-after-commit");
        return Outcome.DONE;
    }

    @Override
    public void bury(Tx tx, HandleEvent job, String reason) {
        LOG.error("event {} could not be handled and is parked: {}", job.event(), reason);
        inbox.mark(tx, job.event(), Verdict.parked(reason));
    }

    private static void tell(Inbox.Waiting event, Verdict verdict) {
        switch (verdict.state()) {
            case "refused" -> LOG.error("event {} ({}) is refused: {}", event.id(), event.type(), verdict.note());
            case "parked" -> LOG.warn("event {} ({}) is parked: {}", event.id(), event.type(), verdict.note());
            default -> LOG.debug("event {} ({}) is {}", event.id(), event.type(), verdict.state());
        }
    }
}
