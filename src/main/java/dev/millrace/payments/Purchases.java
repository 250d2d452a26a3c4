package dev.millrace.payments;

import dev.millrace.platform.Ids;
import dev.millrace.platform.idempotency.IdempotencyKey;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.sql.Tx;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tables of purchases and of the customers who make them. */
final class Purchases {
    private static final String FORGET_KEY = """
            UPDATE purchase
            SET request_key = NULL, fingerprint = NULL
            WHERE account = :account AND request_key = :key AND created_at < now() - interval '24 hours'""";

    private static final String INSERT = """
            INSERT INTO purchase (id, account, kind, item, version, micros, amount, currency, livemode, site, request_key, fingerprint)
            VALUES (:id, :account, :kind, :item, :version, :micros, :amount, :currency, :livemode, :site, :key, :fingerprint)""";

    private static final String SAME_KEY = """
            SELECT id, fingerprint
            FROM purchase
            WHERE account = :account AND request_key = :key""";

    /**
     * What the same key wrote down within a day; null when it is new, and then the key is to be this transaction's.
     *
     * @throws Problem IDEMPOTENCY_MISMATCH when that was something else
     */
    @Nullable
    Purchase begun(Tx tx, UUID account, IdempotencyKey key) {
        tx.update(FORGET_KEY).bind("account", account).bind("key", key.text()).execute();
        Keyed before = tx.query(SAME_KEY)
                .bind("account", account)
                .bind("key", key.text())
                .mapTo(Keyed.class)
                .findOne()
                .orElse(null);
        if (before == null) {
            return null;
        }
        key.requireSame(before.fingerprint());
        return find(tx, before.id());
    }

    /**
     * Writes down what is to be bought.
     *
     * @param site where the browser is to come back to
     */
    Purchase begin(Tx tx, UUID account, Offer offer, boolean live, String site, @Nullable IdempotencyKey key) {
        UUID id = Ids.next();
        tx.update(INSERT)
                .bind("id", id)
                .bind("account", account)
                .bind("kind", offer.kind().name().toLowerCase(Locale.ROOT))
                .bind("item", offer.item())
                .bind("version", offer.version())
                .bind("micros", offer.micros())
                .bind("amount", offer.amount())
                .bind("currency", offer.currency())
                .bind("livemode", live)
                .bind("site", site)
                .bind("key", key == null ? null : key.text())
                .bind("fingerprint", key == null ? null : key.fingerprint())
                .execute();
        return find(tx, id);
    }

    private static final String FIND = """
            SELECT id, account, kind, item, version, micros, amount, currency, livemode, site, state, session, url
            FROM purchase
            WHERE id = :id
            FOR NO KEY UPDATE""";

    /** The purchase, locked until the end of the transaction. */
    Purchase find(Tx tx, UUID id) {
        return tx.query(FIND).bind("id", id).mapTo(Purchase.class).one();
    }

    private static final String OF_SESSION = """
            SELECT id
            FROM purchase
            WHERE session = :session OR id = :purchase""";

    /** The purchase that a session is for, locked: also one whose answer from Stripe was lost. Null when it is none of ours. */
    @Nullable
    Purchase of(Tx tx, Seen.Session session) {
        return tx.query(OF_SESSION)
                .bind("session", session.id())
                .bind("purchase", session.purchase())
                .mapTo(UUID.class)
                .findOne()
                .map(id -> find(tx, id))
                .orElse(null);
    }

    private static final String OPENED = """
            UPDATE purchase
            SET state = 'open', session = :session, url = :url
            WHERE id = :id AND state = 'begun'""";

    void opened(Tx tx, UUID id, StripeApi.Opened page) {
        tx.update(OPENED)
                .bind("id", id)
                .bind("session", page.session())
                .bind("url", page.url())
                .execute();
    }

    private static final String SUPERSEDED = """
            SELECT id, session
            FROM purchase
            WHERE account = :account AND livemode = :live AND kind = 'plan' AND state = 'open' AND id < :but
              AND created_at > now() - interval '24 hours'
            ORDER BY id DESC
            LIMIT 5""";

    /** Pages that were begun before that one and where a plan may still be paid; Stripe lets a page live for a day. */
    List<Page> superseded(Tx tx, UUID account, boolean live, UUID but) {
        return tx.query(SUPERSEDED)
                .bind("account", account)
                .bind("live", live)
                .bind("but", but)
                .mapTo(Page.class)
                .list();
    }

    private static final String NEWER = """
            SELECT id, url
            FROM purchase
            WHERE account = :account AND livemode = :live AND kind = 'plan' AND state = 'open' AND id > :than
              AND created_at > now() - interval '24 hours'
            ORDER BY id DESC
            LIMIT 1""";

    /** The page that was begun last of those where a plan may still be paid and that were begun after that one; null when there is none. */
    Checkouts.@Nullable Page newer(Tx tx, UUID account, boolean live, UUID than) {
        return tx.query(NEWER)
                .bind("account", account)
                .bind("live", live)
                .bind("than", than)
                .mapTo(Checkouts.Page.class)
                .findOne()
                .orElse(null);
    }

    private static final String EXPIRE = """
            UPDATE purchase
            SET state = 'expired', ended_at = now()
            WHERE id = :id AND state = 'open'""";

    void expire(Tx tx, UUID id) {
        tx.update(EXPIRE).bind("id", id).execute();
    }

    private static final String CONCLUDE = """
            UPDATE purchase
            SET state = :state, session = :session, payment_intent = coalesce(:paymentIntent, payment_intent),
                subscription = coalesce(:subscription, subscription), note = :note,
                ended_at = CASE WHEN :state IN ('paid', 'failed', 'expired', 'refused') THEN now() END
            WHERE id = :id""";

    void conclude(Tx tx, Purchase purchase, Seen.Session session, String state, @Nullable String note) {
        tx.update(CONCLUDE)
                .bind("id", purchase.id())
                .bind("state", state)
                .bind("session", session.id())
                .bind("paymentIntent", session.payment().paymentIntent())
                .bind("subscription", session.payment().subscription())
                .bind("note", note)
                .execute();
    }

    private static final String SOLD = """
            SELECT 'pi:' || payment_intent AS request, micros, amount
            FROM purchase
            WHERE payment_intent = :payment AND state = 'paid' AND kind = 'pack'
            UNION ALL
            SELECT 'in:' || id, micros, amount
            FROM paid_invoice
            WHERE payment_intent = :payment""";

    /** What was granted for a payment; null when nothing was. */
    @Nullable
    Sold sold(Tx tx, String paymentIntent) {
        return tx.query(SOLD)
                .bind("payment", paymentIntent)
                .mapTo(Sold.class)
                .findOne()
                .orElse(null);
    }

    private static final String SESSION_OF = """
            SELECT session
            FROM purchase
            WHERE id = :id""";

    @Nullable
    String session(Tx tx, UUID purchase) {
        return tx.query(SESSION_OF)
                .bind("id", purchase)
                .mapTo(String.class)
                .findOne()
                .orElse(null);
    }

    private static final String CUSTOMER = """
            SELECT customer
            FROM stripe_customer
            WHERE account = :account AND livemode = :live""";

    @Nullable
    String customer(Tx tx, UUID account, boolean live) {
        return tx.query(CUSTOMER)
                .bind("account", account)
                .bind("live", live)
                .mapTo(String.class)
                .findOne()
                .orElse(null);
    }

    private static final String KEEP_CUSTOMER = """
            INSERT INTO stripe_customer (account, customer, livemode)
            VALUES (:account, :customer, :live)
            ON CONFLICT (account) DO UPDATE
            SET customer = excluded.customer, livemode = excluded.livemode
            WHERE stripe_customer.livemode <> excluded.livemode""";

    /** Keeps the customer of an account, unless somebody was faster; answers the one that counts. */
    String keepCustomer(Tx tx, UUID account, String customer, boolean live) {
        tx.update(KEEP_CUSTOMER)
                .bind("account", account)
                .bind("customer", customer)
                .bind("live", live)
                .execute();
        String kept = customer(tx, account, live);
        return kept == null ? customer : kept;
    }

    private static final String ACCOUNT_OF = """
            SELECT account
            FROM stripe_customer
            WHERE customer = :customer AND livemode = :live
            FOR NO KEY UPDATE""";

    /** Whose customer it is, locked: what is said of one customer takes effect one after another. Null when he is none of ours. */
    @Nullable
    UUID account(Tx tx, @Nullable String customer, boolean live) {
        return tx.query(ACCOUNT_OF)
                .bind("customer", customer)
                .bind("live", live)
                .mapTo(UUID.class)
                .findOne()
                .orElse(null);
    }

    /** A page that was opened for a purchase. */
    record Page(UUID id, String session) {}

    /** What was granted for a payment, under which name, and what was paid. */
    record Sold(String request, long micros, long amount) {
        /** The share of the credits that so much of the money bought. */
        long share(long money) {
            return money >= amount
                    ? micros
                    : java.math.BigInteger.valueOf(micros)
                            .multiply(java.math.BigInteger.valueOf(money))
                            .divide(java.math.BigInteger.valueOf(amount))
                            .longValueExact();
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // a row, read once
    private record Keyed(UUID id, byte[] fingerprint) {}
}
