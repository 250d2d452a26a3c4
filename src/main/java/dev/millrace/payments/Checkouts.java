package dev.millrace.payments;

import dev.millrace.platform.KillPoint;
import dev.millrace.platform.idempotency.IdempotencyKey;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens pages at Stripe. The purchase is written down first and gives Stripe its idempotency key, so a call that is made again after a
 * crash or a lost answer, under the same key of its own, ends at the same page.
 */
final class Checkouts {
    private static final Logger LOG = LoggerFactory.getLogger(Checkouts.class);
    private static final Duration COME_BACK = Duration.ofSeconds(2);

    private final Db db;
    private final StripeApi stripe;
    private final boolean live;
    private final Offers offers;
    private final Purchases purchases;
    private final Subscriptions subscriptions;

    Checkouts(Db db, StripeApi stripe, boolean live, Ledgers tables) {
        this.db = db;
        this.stripe = stripe;
        this.live = live;
        this.offers = tables.offers();
        this.purchases = tables.purchases();
        this.subscriptions = tables.subscriptions();
    }

    /** The tables of the room. */
    record Ledgers(Offers offers, Purchases purchases, Subscriptions subscriptions) {}

    /** Begins a purchase, or answers what the same key began. */
    Begun begin(Buyer buyer, Offer.Kind kind, String item, @Nullable IdempotencyKey key, String site) {
        Offer offer = db.read(tx -> offers.current(tx, kind, item));
        if (offer == null) {
            throw Problem.of(
                            ProblemType.INVALID_REQUEST,
                            "There is no such " + (kind == Offer.Kind.PACK ? "pack." : "plan to buy."))
                    .at(kind == Offer.Kind.PACK ? "/pack" : "/plan", "out_of_range", "is not sold");
        }
        Purchase purchase = db.transact(tx -> {
            Purchase begun = purchases.begin(tx, buyer.account(), offer, live, site, key);
            if (begun.url() == null && kind == Offer.Kind.PLAN && subscriptions.running(tx, buyer.account())) {
                throw Problem.of(
                        ProblemType.CONFLICT,
                        "There is a subscription already; change or end it in the billing portal.");
            }
            return begun;
        });
        if (purchase.url() != null) {
            return new Begun(purchase.id(), purchase.url(), true);
        }
        // the price may have changed since the same key began it, and Stripe takes the same key for the same price
        // alone
        Offer sold = purchase.version() == offer.version() ? offer : db.read(tx -> offers.of(tx, purchase));
        // nor for another way back: whoever asks again through another host goes back to where he first came from
        String back = purchase.site() == null ? site : purchase.site();
        StripeApi.Opened page = answered(() -> stripe.open(purchase, sold, customer(buyer), back));
        KillPoint.reach("checkout-made-before-stored");
        db.run(tx -> purchases.opened(tx, purchase.id(), page));
        if (kind == Offer.Kind.PLAN) {
            closeOthers(buyer.account(), purchase.id());
        }
        return new Begun(purchase.id(), page.url(), false);
    }

    /** Nobody is to pay for two plans by two pages: all but the one just opened are closed, as far as Stripe can be told so now. */
    private void closeOthers(UUID account, UUID but) {
        for (Purchases.Page page : db.read(tx -> purchases.superseded(tx, account, live, but))) {
            try {
                stripe.expire(page);
                db.run(tx -> purchases.expire(tx, page.id()));
            } catch (StripeAway | StripeRefused failure) {
                LOG.warn("the page of purchase {} stays open: {}", page.id(), failure.getMessage());
            }
        }
    }

    /** The address of the portal for somebody who has bought before. */
    String portal(UUID account, String site) {
        String customer = db.read(tx -> purchases.customer(tx, account, live));
        if (customer == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "Nothing has been bought by this account yet.");
        }
        return answered(() -> stripe.portal(customer, site));
    }

    private String customer(Buyer buyer) {
        String known = db.read(tx -> purchases.customer(tx, buyer.account(), live));
        if (known != null) {
            return known;
        }
        String made = stripe.customer(buyer.account(), buyer.email());
        return db.transact(tx -> purchases.keepCustomer(tx, buyer.account(), made, live));
    }

    private static <T> T answered(java.util.function.Supplier<T> call) {
        try {
            return call.get();
        } catch (StripeAway away) {
            throw Problem.of(
                            ProblemType.UNAVAILABLE,
                            "The payment service does not answer at the moment. Nothing was bought; try again.")
                    .retryAfter(COME_BACK);
        } catch (StripeRefused refused) {
            throw Problem.of(ProblemType.PROVIDER_FAILED, "The payment service refused. Nothing was bought.");
        }
    }

    /** Who buys. */
    record Buyer(UUID account, String email) {}

    /** A purchase and the page where it is paid; {@code replayed} when an earlier call with the same key began it. */
    record Begun(UUID id, String url, boolean replayed) {}
}
