package dev.millrace.payments;

import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Once an hour, by one node of all: what Stripe has and no webhook brought goes the same way as if one had, and what nobody could act
 * upon is tried again. It looks an hour further back than it has seen, for events that Stripe listed late, and takes a page at a time: a
 * look that is interrupted goes on from there.
 */
final class Reconciliation {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

    private final Db db;
    private final StripeApi stripe;
    private final Inbox inbox;
    private final LongAdder missed = new LongAdder();

    Reconciliation(Db db, StripeApi stripe, Inbox inbox) {
        this.db = db;
        this.stripe = stripe;
        this.inbox = inbox;
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

    // Stripe keeps events for thirty days
    private static final String BEGIN = """
            UPDATE payments_watch
            SET looking_since = coalesce(seen_until - interval '1 hour', clock_timestamp() - interval '29 days'),
                looking_until = clock_timestamp(), looking_after = NULL
            WHERE looking_until IS NULL""";

    private static final String PLACE = """
            SELECT looking_since AS since, looking_until AS until, looking_after AS after
            FROM payments_watch
            WHERE looking_until IS NOT NULL""";

    private static final String GO_ON = """
            UPDATE payments_watch
            SET reconciled_at = now(), looking_after = :after
            WHERE looking_until = :until""";

    private static final String END = """
            UPDATE payments_watch
            SET reconciled_at = now(), seen_until = looking_until, looking_since = NULL, looking_until = NULL, looking_after = NULL
            WHERE looking_until = :until""";

    private static final String FORGET = """
            UPDATE payments_watch
            SET looking_since = NULL, looking_until = NULL, looking_after = NULL""";

    /** Looks now, or goes on where a look was interrupted; answers how many events no webhook had brought. */
    int look() {
        Place place = db.transact(tx -> {
            tx.update(BEGIN).execute();
            return tx.query(PLACE).mapTo(Place.class).one();
        });
        int fresh = 0;
        String after = place.after();
        for (boolean more = true; more; ) {
            Seen.Events page = page(place.since(), after);
            fresh += db.<Integer>transact(tx -> take(tx, page, place.until()));
            more = page.more();
            after = more ? page.some().getLast().id() : after;
        }
        int again = db.transact(tx -> {
            tx.update(END).bind("until", place.until()).execute();
            return inbox.again(tx);
        });
        if (fresh + again > 0) {
            LOG.warn("{} events of Stripe's had not come by webhook, {} are tried again", fresh, again);
        }
        missed.add(fresh);
        return fresh;
    }

    private Seen.Events page(Instant since, @Nullable String after) {
        try {
            return stripe.events(since, after);
        } catch (StripeRefused refused) {
            // it may be that it no longer knows the event to go on from: the next look begins anew
            db.run(tx -> tx.update(FORGET).execute());
            throw refused;
        }
    }

    /** A page and how far that is are one commit. */
    private int take(Tx tx, Seen.Events page, Instant until) {
        int fresh = 0;
        for (Seen.Event event : page.some().reversed()) {
            fresh += inbox.take(tx, event, "reconciliation") ? 1 : 0;
        }
        if (page.more()) {
            tx.update(GO_ON)
                    .bind("until", until)
                    .bind("after", page.some().getLast().id())
                    .execute();
        }
        return fresh;
    }

    /** How many events this node found that no webhook had brought. */
    long missed() {
        return missed.sum();
    }

    /** How far a look is. */
    private record Place(
            Instant since, Instant until, @Nullable String after) {}
}
