package dev.millrace.payments;

import dev.millrace.platform.sql.Tx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tables of prices. Only what is offered is sold, in its newest version; older versions stay what purchases were made at. */
final class Offers {
    private static final String ALL = """
            SELECT kind, item, version, name, micros, amount, currency, stripe_price
            FROM (SELECT DISTINCT ON (id) 'PACK' AS kind, id AS item, version, name, micros, amount, currency,
                         CAST(NULL AS text) AS stripe_price, offered, rank
                  FROM credit_pack
                  ORDER BY id, version DESC) pack
            WHERE offered
            UNION ALL
            SELECT kind, item, version, name, micros, amount, currency, stripe_price
            FROM (SELECT DISTINCT ON (p.plan) 'PLAN' AS kind, p.plan AS item, p.version, n.name, p.micros, p.amount, p.currency,
                         p.stripe_price, p.offered
                  FROM plan_price p
                  JOIN plan n ON n.id = p.plan
                  ORDER BY p.plan, p.version DESC) plan
            WHERE offered
            ORDER BY kind, amount""";

    /** What is sold now, packs first. */
    List<Offer> all(Tx tx) {
        return tx.query(ALL).mapTo(Offer.class).list();
    }

    /** What is sold now under that name. */
    @Nullable
    Offer current(Tx tx, Offer.Kind kind, String item) {
        return all(tx).stream()
                .filter(offer -> offer.kind() == kind && offer.item().equals(item))
                .findFirst()
                .orElse(null);
    }

    private static final String OF_PURCHASE = """
            SELECT 'PACK' AS kind, id AS item, version, name, micros, amount, currency, CAST(NULL AS text) AS stripe_price
            FROM credit_pack
            WHERE :kind = 'pack' AND id = :item AND version = :version
            UNION ALL
            SELECT 'PLAN', p.plan, p.version, n.name, p.micros, p.amount, p.currency, p.stripe_price
            FROM plan_price p
            JOIN plan n ON n.id = p.plan
            WHERE :kind = 'plan' AND p.plan = :item AND p.version = :version""";

    /** The very version that a purchase was made at, whatever is sold now. */
    Offer of(Tx tx, Purchase purchase) {
        return tx.query(OF_PURCHASE)
                .bind("kind", purchase.kind())
                .bind("item", purchase.item())
                .bind("version", purchase.version())
                .mapTo(Offer.class)
                .one();
    }

    private static final String PLAN = """
            SELECT 'PLAN' AS kind, p.plan AS item, p.version, n.name, p.micros, p.amount, p.currency, p.stripe_price
            FROM plan_price p
            JOIN plan n ON n.id = p.plan
            WHERE p.stripe_price = :price OR p.plan = :plan AND p.version = :version
            ORDER BY p.stripe_price = :price DESC NULLS LAST
            LIMIT 1""";

    /** The version of a plan that a subscription is for: by Stripe's price where we know it, else by what we wrote on it. */
    @Nullable
    Offer plan(Tx tx, Seen.Subscription subscription) {
        return plan(tx, subscription.price(), subscription);
    }

    /** The version of a plan that a price on an invoice of a subscription stands for, likewise. */
    @Nullable
    Offer plan(Tx tx, @Nullable String price, Seen.Subscription subscription) {
        return tx.query(PLAN)
                .bind("price", price)
                .bind("plan", subscription.plan())
                .bind("version", subscription.version())
                .mapTo(Offer.class)
                .findOne()
                .orElse(null);
    }
}
