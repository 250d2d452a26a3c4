package dev.millrace.payments;

import dev.millrace.platform.KillPoint;
import dev.millrace.platform.idempotency.Idempotency;
import dev.millrace.platform.idempotency.IdempotencyKey;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Turns;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
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

    /**
     * Begins a purchase, or answers what the same key began.
     *
     * @throws Problem CONFLICT when there is a subscription already, or a call with this key has not ended
     */
    Begun begin(Buyer buyer, Offer.Kind kind, String item, @Nullable IdempotencyKey key, String site) {
        Next next = db.transact(tx -> next(tx, buyer.account(), new Wish(kind, item, site), key));
        return switch (next) {
            case Begun told -> told;
            case Open(Purchase purchase, Offer sold) -> {
                // whoever asks again through another host goes back to where he first came from
                String back = purchase.site() == null ? site : purchase.site();
                String customer = answered(() -> customer(buyer), key != null);
                StripeApi.Opened page = answered(() -> stripe.open(purchase, sold, customer, back), key != null);
                KillPoint.reach("checkout-made-before-stored");
                Begun begun = db.transact(tx -> opened(tx, purchase, page, key));
                if (kind == Offer.Kind.PLAN && !begun.replayed()) {
                    closeOthers(buyer.account(), begun.id());
                }
                yield begun;
            }
        };
    }

    private Next next(Tx tx, UUID account, Wish wish, @Nullable IdempotencyKey key) {
        Begun before = before(tx, account, key);
        if (before != null) {
            return before;
        }
        Purchase begun = key == null ? null : purchases.begun(tx, account, key);
        if (begun != null && begun.url() != null) {
            return new Begun(begun.id(), begun.url(), true);
        }
        if (wish.kind() == Offer.Kind.PLAN && subscriptions.running(tx, account)) {
            throw Problem.of(
                    ProblemType.CONFLICT, "There is a subscription already; change or end it in the billing portal.");
        }
        if (begun != null) {
            // at the price it was begun at: Stripe takes the same key for the same price alone
            return new Open(begun, offers.of(tx, begun));
        }
        Offer offer = offers.current(tx, wish.kind(), wish.item());
        if (offer == null) {
            boolean pack = wish.kind() == Offer.Kind.PACK;
            throw Problem.of(ProblemType.INVALID_REQUEST, "There is no such " + (pack ? "pack." : "plan to buy."))
                    .at(pack ? "/pack" : "/plan", "out_of_range", "is not sold");
        }
        return new Open(purchases.begin(tx, account, offer, live, wish.site(), key), offer);
    }

    /** What the key was answered before; null when it was not, and then it is this transaction's. */
    private static @Nullable Begun before(Tx tx, UUID account, @Nullable IdempotencyKey key) {
        Idempotency.Answer answer = key == null ? null : Idempotency.begin(tx, account, key);
        if (answer == null) {
            return null;
        }
        Page page = Json.read(answer.body(), Page.class);
        return new Begun(page.id(), page.url(), true);
    }

    /** Keeps the page and the answer, unless another call with the same key has done so meanwhile. */
    private Begun opened(Tx tx, Purchase purchase, StripeApi.Opened page, @Nullable IdempotencyKey key) {
        Begun before = before(tx, purchase.account(), key);
        if (before != null) {
            return before;
        }
        purchases.opened(tx, purchase.id(), page);
        Page opened = purchase.pack() ? new Page(purchase.id(), page.url()) : newest(tx, purchase, page);
        if (key != null) {
            Idempotency.keep(
                    tx, purchase.account(), key, new Idempotency.Answer(201, opened.url(), Json.write(opened)));
        }
        return new Begun(opened.id(), opened.url(), false);
    }

    /** Of the pages where this account may pay for a plan the one that was begun last, be it opened before this one. */
    private Page newest(Tx tx, Purchase purchase, StripeApi.Opened page) {
        Turns.take(tx, List.of(purchase.account()));
        Page newer = purchases.newer(tx, purchase.account(), live, purchase.id());
        return newer == null ? new Page(purchase.id(), page.url()) : newer;
    }

    /** Nobody is to pay for two plans by two pages: those that were begun before that one are closed, as far as Stripe can be told so now. */
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

    private static <T> T answered(Supplier<T> call) {
        return answered(call, false);
    }

    /** {@code keyed}: who calls has a key of his own, for which Stripe may be busy with an earlier call. */
    private static <T> T answered(Supplier<T> call, boolean keyed) {
        try {
            return call.get();
        } catch (StripeAway away) {
            if (keyed && away.underWay()) {
                throw Idempotency.underWay();
            }
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

    /** What is to be bought, and where the browser comes back to. */
    private record Wish(Offer.Kind kind, String item, String site) {}

    /** What comes of a wish: a page there is, or one to be opened. */
    sealed interface Next {}

    private record Open(Purchase purchase, Offer sold) implements Next {}

    /** A purchase and the page where it is paid; {@code replayed} when an earlier call with the same key began it. */
    record Begun(UUID id, String url, boolean replayed) implements Next {}

    /** The body of the answer. */
    record Page(UUID id, String url) {}
}
