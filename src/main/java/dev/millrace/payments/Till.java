package dev.millrace.payments;

import dev.millrace.credits.Credits;
import dev.millrace.credits.Grant;
import dev.millrace.credits.Purse;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows from an event: its object is read anew, and what is true of it now is brought about, whatever was heard before. Each
 * effect may be applied any number of times and in any order; the ledger's names let one of them count.
 */
final class Till {
    private static final Logger LOG = LoggerFactory.getLogger(Till.class);

    private static final Set<String> SESSIONS = Set.of(
            "checkout.session.completed",
            "checkout.session.async_payment_succeeded",
            "checkout.session.async_payment_failed",
            "checkout.session.expired");
    private static final Set<String> INVOICES = Set.of(
            "invoice.paid", "invoice.payment_failed", "invoice.finalization_failed", "invoice.payment_action_required");
    /**
     * What is asked of Stripe's list, which takes twenty types at most. Whatever else is acted upon comes together with one of these.
     */
    static final List<String> LISTED = List.of(
            "checkout.session.completed",
            "checkout.session.async_payment_succeeded",
            "checkout.session.async_payment_failed",
            "checkout.session.expired",
            "invoice.paid",
            "invoice.payment_failed",
            "invoice.finalization_failed",
            "invoice.payment_action_required",
            "customer.subscription.created",
            "customer.subscription.updated",
            "customer.subscription.deleted",
            "customer.subscription.paused",
            "customer.subscription.resumed",
            "refund.created",
            "refund.updated",
            "refund.failed",
            "charge.dispute.created",
            "charge.dispute.closed",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated");

    private final Db db;
    private final StripeApi stripe;
    private final Credits credits;
    private final Offers offers;
    private final Purchases purchases;
    private final Subscriptions subscriptions;
    private final Consumer<UUID> bell;
    private final Allowances allowances;
    private final Refunds refunds;

    /** {@code bell} is given each account whose credits changed. */
    Till(Db db, StripeApi stripe, Credits credits, Checkouts.Ledgers tables, Consumer<UUID> bell) {
        this.db = db;
        this.stripe = stripe;
        this.credits = credits;
        this.offers = tables.offers();
        this.purchases = tables.purchases();
        this.subscriptions = tables.subscriptions();
        this.bell = bell;
        this.allowances = new Allowances(credits, tables, bell);
        this.refunds = new Refunds(db, stripe, credits, purchases);
    }

    /** All that follows from what was read, in the caller's transaction. */
    interface Effect {
        Verdict apply(Tx tx);
    }

    static boolean handles(String type) {
        return SESSIONS.contains(type)
                || INVOICES.contains(type)
                || type.startsWith("customer.subscription.")
                || type.startsWith("refund.")
                || type.equals("charge.refunded")
                || type.startsWith("charge.dispute.");
    }

    /** Reads the object over the API; nothing is written yet. */
    Effect effect(String type, String object) {
        if (SESSIONS.contains(type)) {
            return session(object, type.endsWith("async_payment_failed"));
        }
        if (INVOICES.contains(type)) {
            return invoice(object);
        }
        if (type.startsWith("customer.subscription.")) {
            Seen.Subscription seen = subscription(object);
            return tx -> mirror(tx, seen);
        }
        if (type.startsWith("charge.dispute.")) {
            return refunds.dispute(stripe.dispute(object), this::session);
        }
        return type.equals("charge.refunded")
                ? refunds.refunds(stripe.refunds(object), this::session)
                : refunds.refunds(List.of(stripe.refund(object)), this::session);
    }

    private Effect session(String id) {
        return session(id, false);
    }

    private Effect session(String id, boolean failed) {
        Seen.Session seen = stripe.session(id);
        Seen.Subscription subscription = seen.payment().subscription() == null
                ? null
                : subscription(seen.payment().subscription());
        return tx -> {
            Purchase purchase = purchases.of(tx, seen);
            if (purchase == null) {
                return Verdict.ignored("nobody here began this session");
            }
            if (purchase.over()) {
                return Verdict.DONE;
            }
            if (seen.status().equals("expired")) {
                purchases.conclude(tx, purchase, seen, "expired", null);
                return Verdict.DONE;
            }
            String fault = purchase.mismatch(seen, purchases.customer(tx, purchase.account(), purchase.livemode()));
            if (fault != null) {
                purchases.conclude(tx, purchase, seen, "refused", fault);
                return Verdict.refused(fault);
            }
            return conclude(tx, purchase, seen, subscription, failed);
        };
    }

    private Verdict conclude(
            Tx tx, Purchase purchase, Seen.Session seen, Seen.@Nullable Subscription subscription, boolean failed) {
        if (!seen.paymentStatus().equals("paid") && !failed && purchase.state().equals("failed")) {
            return Verdict.DONE; // what was told before it failed, and is heard of after
        }
        if (!seen.paymentStatus().equals("paid")) {
            String state = failed ? "failed" : seen.status().equals("complete") ? "pending" : "open";
            purchases.conclude(tx, purchase, seen, state, null);
            return Verdict.DONE;
        }
        purchases.conclude(tx, purchase, seen, "paid", null);
        if (!purchase.pack()) {
            return subscription == null ? Verdict.parked("a plan without a subscription") : mirror(tx, subscription);
        }
        String payment = seen.payment().paymentIntent();
        credits.grant(
                tx,
                purchase.account(),
                new Grant(
                        Purse.PURCHASED,
                        purchase.micros(),
                        null,
                        "pi:" + payment,
                        "Credits bought: " + purchase.item()));
        tx.afterCommit(() -> bell.accept(purchase.account()));
        return Verdict.DONE;
    }

    /** The mirror is what was read last, and the account is on the plan that it says is paid for. */
    private Verdict mirror(Tx tx, Seen.Subscription seen) {
        UUID account = purchases.account(tx, seen.customer(), seen.livemode());
        Offer offer = offers.plan(tx, seen);
        if (account == null || offer == null) {
            return Verdict.parked(account == null ? "a customer nobody here knows" : "a plan nobody here sells");
        }
        String before = subscriptions.plan(tx, account);
        if (subscriptions.put(tx, account, offer.item(), seen)) {
            String plan = subscriptions.plan(tx, account);
            if (plan != null || before != null) { // a plan that nobody pays for may be a gift of the operator's
                credits.move(tx, account, plan == null ? "free" : plan);
            }
            tx.afterCommit(() -> bell.accept(account));
            if (subscriptions.several(tx, account)) {
                LOG.error("account {} pays for several subscriptions at once, {} is one of them", account, seen.id());
            }
        }
        return Verdict.DONE;
    }

    private Effect invoice(String id) {
        Seen.Invoice seen = stripe.invoice(id);
        if (seen.subscription() == null) {
            return tx -> Verdict.ignored("an invoice of no subscription");
        }
        Seen.Subscription subscription = subscription(seen.subscription());
        List<Seen.Invoice> before = seen.grants() ? seen.before(stripe.paidInvoices(seen.subscription())) : List.of();
        return tx -> {
            Verdict mirrored = mirror(tx, subscription);
            if (!mirrored.equals(Verdict.DONE) || !seen.grants()) {
                return mirrored;
            }
            // what a change is worth hangs on those before it: they come first, heard of or not; their own events tell
            // what is wrong with them
            before.forEach(earlier -> allowances.grant(tx, earlier, subscription));
            return allowances.grant(tx, seen, subscription);
        };
    }

    /** When it was asked for is told by the one clock of all nodes: what is read later is newer. */
    private Seen.Subscription subscription(String id) {
        return stripe.subscription(id, db.<Instant>read(subscriptions::now));
    }
}
