package dev.millrace.payments;

import dev.millrace.platform.sql.Tx;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The mirror of Stripe's subscriptions, and the allowances that were paid for. What was read later is never overwritten by what was read before. */
final class Subscriptions {
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
            WHERE account = :account AND status IN ('active', 'trialing', 'past_due')
            ORDER BY period_end DESC NULLS LAST
            LIMIT 1""";

    /** The plan that is paid for at present; null when none is. One that is past due stays until Stripe gives it up. */
    @Nullable
    String plan(Tx tx, UUID account) {
        return tx.query(PLAN)
                .bind("account", account)
                .mapTo(String.class)
                .findOne()
                .orElse(null);
    }

    boolean running(Tx tx, UUID account) {
        return plan(tx, account) != null;
    }

    private static final String OF_ACCOUNT = """
            SELECT plan, status, cancel_at_period_end, period_end
            FROM subscription
            WHERE account = :account AND status NOT IN ('canceled', 'incomplete', 'incomplete_expired')
            ORDER BY period_end DESC NULLS LAST
            LIMIT 1""";

    /** What its owner sees of it. */
    @Nullable
    Mirror mirror(Tx tx, UUID account) {
        return tx.query(OF_ACCOUNT)
                .bind("account", account)
                .mapTo(Mirror.class)
                .findOne()
                .orElse(null);
    }

    private static final String LOCK = """
            SELECT id
            FROM subscription
            WHERE id = :id
            FOR NO KEY UPDATE""";

    private static final String GRANTED = """
            SELECT CAST(coalesce(sum(micros), 0) AS bigint)
            FROM paid_invoice
            WHERE subscription = :id AND period_end = :periodEnd""";

    /** The allowance that was granted for a period already; the subscription is locked until the end of the transaction. */
    long granted(Tx tx, String id, Instant periodEnd) {
        tx.query(LOCK).bind("id", id).mapTo(String.class).findOne();
        return tx.query(GRANTED)
                .bind("id", id)
                .bind("periodEnd", periodEnd)
                .mapTo(Long.class)
                .one();
    }

    private static final String PAID = """
            INSERT INTO paid_invoice (id, account, subscription, payment_intent, micros, amount, currency, period_end)
            VALUES (:id, :account, :subscription, :paymentIntent, :micros, :amount, :currency, :periodEnd)
            ON CONFLICT (id) DO NOTHING""";

    /** False when it was written down before. */
    boolean paid(Tx tx, UUID account, Seen.Invoice invoice, Instant periodEnd, long micros) {
        return tx.update(PAID)
                        .bind("id", invoice.id())
                        .bind("account", account)
                        .bind("subscription", invoice.subscription())
                        .bind("paymentIntent", invoice.paymentIntent())
                        .bind("micros", micros)
                        .bind("amount", invoice.amountPaid())
                        .bind("currency", invoice.currency())
                        .bind("periodEnd", periodEnd)
                        .execute()
                == 1;
    }

    record Mirror(
            String plan,
            String status,
            boolean cancelAtPeriodEnd,
            @Nullable Instant periodEnd) {}
}
