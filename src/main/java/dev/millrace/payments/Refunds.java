package dev.millrace.payments;

import dev.millrace.credits.Credits;
import dev.millrace.platform.Ids;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Money that goes back. A refund takes the credits it paid for; a dispute sets them aside, takes them when it is lost, and gives
 * them again when the money comes back after all. The last word on a case is kept: what was read before it and comes late changes nothing.
 */
final class Refunds {
    private final Db db;
    private final StripeApi stripe;
    private final Credits credits;
    private final Purchases purchases;

    Refunds(Db db, StripeApi stripe, Credits credits, Purchases purchases) {
        this.db = db;
        this.stripe = stripe;
        this.credits = credits;
        this.purchases = purchases;
    }

    /** {@code settle} reads a session and says what follows from it: a refund may be heard of before what it refunds. */
    Till.Effect refunds(List<Seen.Refund> seen, Function<String, Till.Effect> settle) {
        var effects = new ArrayList<Till.Effect>();
        for (Seen.Refund refund : seen) {
            String payment = refund.paymentIntent();
            if (payment != null) {
                effects.add(after(payment, settle, tx -> apply(tx, refund, payment)));
            }
        }
        return tx -> {
            Verdict last = Verdict.ignored("a refund of no payment");
            for (Till.Effect effect : effects) {
                last = effect.apply(tx);
            }
            return last;
        };
    }

    Till.Effect dispute(Seen.Dispute seen, Function<String, Till.Effect> settle) {
        String payment = seen.paymentIntent();
        if (payment == null || seen.status().startsWith("warning_")) {
            return tx -> Verdict.ignored("no dispute of a payment");
        }
        return after(payment, settle, tx -> apply(tx, seen, payment));
    }

    /** First what the payment paid for, in case nobody has heard of that yet; read here, before any transaction. */
    private Till.Effect after(String payment, Function<String, Till.Effect> settle, Till.Effect then) {
        if (db.<Purchases.@Nullable Sold>read(tx -> purchases.sold(tx, payment)) != null) {
            return then;
        }
        UUID purchase = stripe.intent(payment).purchase();
        String session = purchase == null ? null : db.<@Nullable String>read(tx -> purchases.session(tx, purchase));
        if (session == null) {
            return then;
        }
        Till.Effect first = settle.apply(session);
        return tx -> {
            Verdict settled = first.apply(tx);
            return settled.equals(Verdict.DONE) ? then.apply(tx) : settled;
        };
    }

    private Verdict apply(Tx tx, Seen.Refund refund, String payment) {
        Purchases.Sold sold = purchases.sold(tx, payment);
        if (sold == null) {
            return Verdict.parked("a refund of a payment nobody here knows");
        }
        Case known = lock(tx, refund.id(), "refund", payment, refund.amount());
        if (known.state().equals("returned")) {
            return Verdict.DONE;
        }
        switch (refund.status()) {
            case "failed", "canceled" -> {
                credits.giveAgain(tx, "re:" + refund.id(), "ref:" + refund.id(), "The refund failed");
                become(tx, refund.id(), "returned");
            }
            case "succeeded", "pending", "requires_action" -> {
                credits.takeBack(
                        tx, sold.request(), sold.share(refund.amount()), "re:" + refund.id(), "Payment refunded");
                become(tx, refund.id(), "taken");
            }
            default -> {
                return Verdict.parked("a refund that is " + refund.status());
            }
        }
        return Verdict.DONE;
    }

    private Verdict apply(Tx tx, Seen.Dispute dispute, String payment) {
        Purchases.Sold sold = purchases.sold(tx, payment);
        if (sold == null) {
            return Verdict.parked("a dispute of a payment nobody here knows");
        }
        Case known = lock(tx, dispute.id(), "dispute", payment, dispute.amount());
        boolean won = dispute.reinstated() || dispute.status().equals("won");
        if (known.state().equals("taken") && won) {
            credits.giveAgain(tx, "dpl:" + dispute.id(), "dpw:" + dispute.id(), "The disputed payment came back");
            become(tx, dispute.id(), "returned");
        }
        if (!known.state().equals("open")) {
            return Verdict.DONE;
        }
        long micros = sold.share(dispute.amount());
        switch (won ? "won" : dispute.status()) {
            case "lost" -> {
                free(tx, known);
                credits.takeBack(tx, sold.request(), micros, "dpl:" + dispute.id(), "Disputed payment was lost");
                become(tx, dispute.id(), "taken");
            }
            case "won", "prevented" -> {
                free(tx, known);
                become(tx, dispute.id(), "returned");
            }
            default -> credits.freeze(tx, sold.request(), micros, known.hold(), "Payment is disputed");
        }
        return Verdict.DONE;
    }

    private static final String HELD = """
            SELECT count(*) FROM hold WHERE id = :hold AND state = 'open'""";

    private void free(Tx tx, Case dispute) {
        boolean held =
                tx.query(HELD).bind("hold", dispute.hold()).mapTo(Long.class).one() > 0;
        if (held) {
            credits.release(tx, dispute.hold());
        }
    }

    private static final String OPEN = """
            INSERT INTO payment_case (id, kind, payment_intent, hold, state, amount)
            VALUES (:id, :kind, :payment, :hold, 'open', :amount)
            ON CONFLICT (id) DO NOTHING""";

    private static final String LOCK = """
            SELECT hold, state
            FROM payment_case
            WHERE id = :id
            FOR NO KEY UPDATE""";

    private static Case lock(Tx tx, String id, String kind, String payment, long amount) {
        tx.update(OPEN)
                .bind("id", id)
                .bind("kind", kind)
                .bind("payment", payment)
                .bind("hold", Ids.next())
                .bind("amount", amount)
                .execute();
        return tx.query(LOCK).bind("id", id).mapTo(Case.class).one();
    }

    private static final String BECOME = """
            UPDATE payment_case
            SET state = :state, changed_at = now()
            WHERE id = :id AND state <> :state""";

    private static void become(Tx tx, String id, String state) {
        tx.update(BECOME).bind("id", id).bind("state", state).execute();
    }

    private record Case(UUID hold, String state) {}
}
