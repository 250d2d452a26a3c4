package dev.millrace.payments;

import dev.millrace.platform.sql.Tx;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The mirror of Stripe's subscriptions, and the allowances that were paid for. What was read later is never overwritten by what was read before. */
final class Subscriptions {
    private final @Nullable Boolean live;

    /** {@code live}: the mode whose subscriptions count, as those of the other mode are never heard of again; null when payments are off. */
    Subscriptions(@Nullable Boolean live) {
        this.live = live;
    }

    private static final String PUT = """
            INSERT INTO subscription (id, account, plan, status, cancel_at_period_end, period_end, livemode, fetched_at)
            VALUES (:id, :account, :plan, :status, :cancelAtPeriodEnd, :periodEnd, :livemode, :fetchedAt)
            ON CONFLICT (id) DO UPDATE
            SET plan = excluded.plan, status = excluded.status, cancel_at_period_end = excluded.cancel_at_period_end,
                period_end = excluded.period_end, fetched_at = excluded.fetched_at
            WHERE subscription.fetched_at < excluded.fetched_at AND subscription.account = excluded.account""";

    /** Whether this was news. */
    boolean put(Tx tx, UUID account, String plan, Seen.Subscription seen) {
        return tx.update(PUT)
                        .bind("id", seen.id())
                        .bind("account", account)
                        .bind("plan", plan)
                        .bind("status", seen.status())
                        .bind("cancelAtPeriodEnd", seen.cancelAtPeriodEnd())
                        .bind("periodEnd", seen.periodEnd())
                        .bind("livemode", seen.livemode())
                        .bind("fetchedAt", seen.fetchedAt())
                        .execute()
                == 1;
    }

    private static final String PLAN = """
            SELECT plan
            FROM subscription
            WHERE account = :account AND livemode = coalesce(:live, livemode) AND status IN ('active', 'trialing', 'past_due')
            ORDER BY period_end DESC NULLS LAST
            LIMIT 1""";

    /** The plan that is paid for at present; null when none is. One that is past due stays until Stripe gives it up. */
    @Nullable
    String plan(Tx tx, UUID account) {
        return tx.query(PLAN)
                .bind("account", account)
                .bind("live", live)
                .mapTo(String.class)
                .findOne()
                .orElse(null);
    }

    boolean running(Tx tx, UUID account) {
        return plan(tx, account) != null;
    }

    private static final String RUNNING = """
            SELECT count(*)
            FROM subscription
            WHERE account = :account AND livemode = coalesce(:live, livemode) AND status IN ('active', 'trialing', 'past_due')""";

    /** Whether there is more than the one there should be. */
    boolean several(Tx tx, UUID account) {
        return tx.query(RUNNING)
                        .bind("account", account)
                        .bind("live", live)
                        .mapTo(Long.class)
                        .one()
                > 1;
    }

    private static final String OF_ACCOUNT = """
            SELECT plan, status, cancel_at_period_end, period_end
            FROM subscription
            WHERE account = :account AND livemode = coalesce(:live, livemode)
              AND status NOT IN ('canceled', 'incomplete', 'incomplete_expired')
            ORDER BY period_end DESC NULLS LAST
            LIMIT 1""";

    /** What its owner sees of it. */
    @Nullable
    Mirror mirror(Tx tx, UUID account) {
        return tx.query(OF_ACCOUNT)
                .bind("account", account)
                .bind("live", live)
                .mapTo(Mirror.class)
                .findOne()
                .orElse(null);
    }

    private static final String LOCK = """
            SELECT id
            FROM subscription
            WHERE id = :id
            FOR NO KEY UPDATE""";

    /** Locks a subscription until the end of the transaction. */
    void lock(Tx tx, String id) {
        tx.query(LOCK).bind("id", id).mapTo(String.class).findOne();
    }

    private static final String COUNTED = """
            SELECT count(*)
            FROM paid_period
            WHERE invoice = :invoice""";

    /** Whether what an invoice earned was written down before. */
    boolean counted(Tx tx, String invoice) {
        return tx.query(COUNTED).bind("invoice", invoice).mapTo(Long.class).one() > 0;
    }

    private static final String PERIOD = """
            SELECT CAST(coalesce(sum(earned), 0) AS bigint) AS earned, coalesce(max(most), 0) AS most,
                   CAST(coalesce(sum(micros), 0) AS bigint) AS micros
            FROM paid_period
            WHERE subscription = :id AND period_end = :end""";

    /** What was earned for a period by the invoices that were counted so far, and what was granted. */
    Period period(Tx tx, String id, Instant end) {
        return tx.query(PERIOD)
                .bind("id", id)
                .bind("end", end)
                .mapTo(Period.class)
                .one();
    }

    private static final String COUNT = """
            INSERT INTO paid_period (invoice, subscription, period_end, earned, most, micros)
            VALUES (:invoice, :subscription, :end, :earned, :most, :micros)""";

    /** Writes down what an invoice earned for a period, and what is granted for it now. */
    void count(Tx tx, String invoice, String subscription, Instant end, Allowances.Share share, long micros) {
        tx.update(COUNT)
                .bind("invoice", invoice)
                .bind("subscription", subscription)
                .bind("end", end)
                .bind("earned", share.earned())
                .bind("most", share.most())
                .bind("micros", micros)
                .execute();
    }

    private static final String GRANTS_BEFORE = """
            SELECT 'in:' || id
            FROM paid_invoice
            WHERE subscription = :subscription AND serves_until < :end AND serves_until > :dead""";

    /** The names of what was granted to be spent in periods before the one that ends then; what ended before {@code dead} is no more. */
    List<String> grantsBefore(Tx tx, Seen.Invoice invoice, Instant end, Instant dead) {
        return tx.query(GRANTS_BEFORE)
                .bind("subscription", invoice.subscription())
                .bind("end", end)
                .bind("dead", dead)
                .mapTo(String.class)
                .list();
    }

    private static final String PAID = """
            INSERT INTO paid_invoice (id, account, subscription, payment_intent, micros, amount, currency, period_end, serves_until)
            VALUES (:id, :account, :subscription, :paymentIntent, :micros, :amount, :currency, :periodEnd, :servesUntil)""";

    /** Writes down what is granted for an invoice, and what that was worth: also where a balance has paid a part of it. */
    void paid(Tx tx, UUID account, Seen.Invoice invoice, Instant periodEnd, Instant servesUntil, long micros) {
        tx.update(PAID)
                .bind("id", invoice.id())
                .bind("account", account)
                .bind("subscription", invoice.subscription())
                .bind("paymentIntent", invoice.paymentIntent())
                .bind("micros", micros)
                .bind("amount", Math.max(invoice.total(), invoice.amountPaid()))
                .bind("currency", invoice.currency())
                .bind("periodEnd", periodEnd)
                .bind("servesUntil", servesUntil)
                .execute();
    }

    private static final String NOW = """
            SELECT clock_timestamp()""";

    /** The one clock of all nodes. */
    Instant now(Tx tx) {
        return tx.query(NOW).mapTo(Instant.class).one();
    }

    /** {@code micros} were granted; {@code most} is a whole month of the best plan that was on an invoice. */
    record Period(long earned, long most, long micros) {}

    record Mirror(
            String plan,
            String status,
            boolean cancelAtPeriodEnd,
            @Nullable Instant periodEnd) {}
}
