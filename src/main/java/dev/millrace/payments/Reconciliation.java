package dev.millrace.payments;

import dev.millrace.platform.sql.Db;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Once an hour, by one node of all: what Stripe has and no webhook brought goes the same way as if one had, and what nobody could act
 * upon is tried again. It looks an hour further back than it has seen, for events that Stripe listed late.
 */
final class Reconciliation {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);
    private static final Duration OVERLAP = Duration.ofHours(1);

    /** Stripe keeps events for thirty days. */
    private static final Duration FIRST_LOOK = Duration.ofDays(29);

    private final Db db;
    private final StripeApi stripe;
    private final Inbox inbox;
    private final InstantSource clock;
    private final LongAdder missed = new LongAdder();

    Reconciliation(Db db, StripeApi stripe, Inbox inbox, InstantSource clock) {
        this.db = db;
        this.stripe = stripe;
        this.inbox = inbox;
        this.clock = clock;
    }

    private static final String CLAIM = """
            UPDATE payments_watch
            SET reconciled_at = now()
            WHERE reconciled_at < now() - interval '1 hour'""";

    private static final String POSTPONE = """
            UPDATE payments_watch
            SET reconciled_at = now() - interval '55 minutes'""";

    /** Looks when it is time; to be called every minute or so. */
    void round() {
        if (db.<Integer>transact(tx -> tx.update(CLAIM).execute()) == 1) {
            try {
                look();
            } catch (RuntimeException failure) {
                db.run(tx -> tx.update(POSTPONE).execute());
                throw failure;
            }
        }
    }

    private static final String SEEN_UNTIL = """
            SELECT seen_until
            FROM payments_watch
            WHERE seen_until IS NOT NULL""";

    private static final String REMEMBER = """
            UPDATE payments_watch
            SET reconciled_at = now(), seen_until = :until""";

    /** Looks now; answers how many events no webhook had brought. */
    int look() {
        Instant began = clock.instant();
        Instant last = db.<@Nullable Instant>read(
                tx -> tx.query(SEEN_UNTIL).mapTo(Instant.class).findOne().orElse(null));
        List<Seen.Event> events = stripe.events(last == null ? began.minus(FIRST_LOOK) : last.minus(OVERLAP));
        int fresh = 0;
        for (Seen.Event event : events.reversed()) {
            if (db.<Boolean>transact(tx -> inbox.take(tx, event, "reconciliation"))) {
                fresh++;
            }
        }
        int again = db.transact(tx -> {
            tx.update(REMEMBER).bind("until", began).execute();
            return inbox.again(tx);
        });
        if (fresh + again > 0) {
            LOG.warn("{} events of Stripe's had not come by webhook, {} are tried again", fresh, again);
        }
        missed.add(fresh);
        return fresh;
    }

    /** How many events this node found that no webhook had brought. */
    long missed() {
        return missed.sum();
    }
}
