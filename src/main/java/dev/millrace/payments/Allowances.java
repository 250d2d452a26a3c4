package dev.millrace.payments;

import dev.millrace.credits.Credits;
import dev.millrace.credits.Grant;
import dev.millrace.credits.Purse;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a paid invoice gives. Its own lines say for which plan and which time, and are checked against our prices; a coupon, a balance
 * and taxes are between the customer and Stripe. Each line earns its price's credits in proportion to its amount, time that is returned
 * earns less than nothing, and what was earned for a period in all, by whichever invoices, is granted once.
 *
 * <p>A month ends what is left of earlier ones of its subscription. One that is paid when it is over is given all the same, and lives as
 * long as the period that runs by then, or as long as it had been itself when none does; the month that runs leaves it alone.
 */
final class Allowances {
    /** Credits of a month live on a little, for a payment that takes its time. */
    private static final Duration GRACE = Duration.ofDays(3);

    private final Credits credits;
    private final Offers offers;
    private final Purchases purchases;
    private final Subscriptions subscriptions;
    private final Consumer<UUID> bell;

    Allowances(Credits credits, Checkouts.Ledgers tables, Consumer<UUID> bell) {
        this.credits = credits;
        this.offers = tables.offers();
        this.purchases = tables.purchases();
        this.subscriptions = tables.subscriptions();
        this.bell = bell;
    }

    /** Grants what a paid invoice of a subscription that is mirrored already has earned and nobody granted yet. */
    Verdict grant(Tx tx, Seen.Invoice invoice, Seen.Subscription subscription) {
        UUID account = purchases.account(tx, subscription.customer(), subscription.livemode());
        if (account == null) {
            return Verdict.parked("a customer nobody here knows");
        }
        if (invoice.livemode() != subscription.livemode()) {
            return Verdict.refused("the invoice is of the other mode");
        }
        var periods = new TreeMap<Instant, Share>();
        Bought main = null;
        for (Seen.Line line : invoice.lines()) {
            Offer offer = offers.plan(tx, line.price(), subscription);
            if (offer == null) {
                return Verdict.parked("a plan nobody here sells");
            }
            if (!line.soldAs(offer)) {
                return Verdict.refused("sold for " + offer.amount() + " " + offer.currency() + ", invoiced "
                        + line.amount() + " " + line.currency());
            }
            periods.merge(line.end(), Share.of(line, offer), Share::plus);
            var bought = new Bought(line, offer);
            main = main == null || Bought.LESSER.compare(main, bought) < 0 ? bought : main;
        }
        if (main == null) {
            return invoice.changes() ? Verdict.DONE : Verdict.refused("no month of the subscription is on the invoice");
        }
        subscriptions.lock(tx, subscription.id());
        if (!subscriptions.counted(tx, invoice.id())) {
            grant(tx, account, invoice, count(tx, invoice, subscription.id(), periods), main, subscription.periodEnd());
        }
        return Verdict.DONE;
    }

    /** What is due for all periods together. */
    private long count(Tx tx, Seen.Invoice invoice, String subscription, Map<Instant, Share> periods) {
        long due = 0;
        for (Map.Entry<Instant, Share> period : periods.entrySet()) {
            Instant end = period.getKey();
            Subscriptions.Period before = subscriptions.period(tx, subscription, end);
            Share all = period.getValue().plus(new Share(before.earned(), before.most()));
            long more = Math.max(0, Math.min(all.earned(), all.most()) - before.micros());
            subscriptions.count(tx, invoice.id(), subscription, end, period.getValue(), more);
            due += more;
        }
        return due;
    }

    private void grant(Tx tx, UUID account, Seen.Invoice invoice, long due, Bought main, @Nullable Instant running) {
        if (due == 0 && invoice.amountPaid() == 0) {
            return; // nothing came in and nothing goes out: the change to a lesser plan
        }
        Seen.Line line = main.line();
        Instant now = subscriptions.now(tx);
        Instant until = servesUntil(line, running, now);
        if (!line.proration() && due > 0) {
            credits.endAllowances(tx, account, subscriptions.grantsBefore(tx, invoice, line.end(), now.minus(GRACE)));
        }
        subscriptions.paid(tx, account, invoice, line.end(), until, due);
        String words = (line.proration() ? "The rest of a month of " : "A month of ")
                + main.offer().name();
        credits.grant(tx, account, new Grant(Purse.ALLOWANCE, due, until.plus(GRACE), "in:" + invoice.id(), words));
        tx.afterCommit(() -> bell.accept(account));
    }

    private static Instant servesUntil(Seen.Line line, @Nullable Instant running, Instant now) {
        if (line.end().isAfter(now)) {
            return line.end();
        }
        return running != null && running.isAfter(now) ? running : now.plus(Duration.between(line.start(), line.end()));
    }

    /** What lines are worth, and a whole month of the best plan on them. */
    record Share(long earned, long most) {
        /** Rounded towards nothing, so that what is returned as it was bought comes out even. */
        static Share of(Seen.Line line, Offer offer) {
            long earned = BigDecimal.valueOf(offer.micros())
                    .multiply(BigDecimal.valueOf(line.amount()))
                    .divide(BigDecimal.valueOf(offer.amount()), 0, RoundingMode.DOWN)
                    .longValueExact();
            return new Share(earned, line.amount() > 0 ? offer.micros() : 0);
        }

        Share plus(Share other) {
            return new Share(earned + other.earned, Math.max(most, other.most));
        }
    }

    /** A line and what it is for; of several on an invoice the month that was bought counts for more than the rest of another. */
    private record Bought(Seen.Line line, Offer offer) {
        private static final Comparator<Bought> LESSER = Comparator.<Bought, Boolean>comparing(
                        bought -> !bought.line().proration())
                .thenComparing(bought -> bought.line().end())
                .thenComparingLong(bought -> bought.line().amount());
    }
}
