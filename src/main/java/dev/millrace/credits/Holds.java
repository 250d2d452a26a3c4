package dev.millrace.credits;

import dev.millrace.platform.Ids;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Tx;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credits set aside, and what becomes of them.
 *
 * <p>Each verb is one statement, so that a hold and the purses it is taken from never part; the state of the hold is the gate that
 * lets one of many callers through. Purses are locked in the order of their ids.
 */
final class Holds {
    private static final Logger LOG = LoggerFactory.getLogger(Holds.class);
    private static final UUID REVENUE = UUID.fromString("00000000-0000-7000-8000-000000000001");
    private static final int BATCH = 100;

    // What each purse gives is reckoned from what it has under the lock. A hold that expired may be taken once more.
    private static final String TAKE = """
            WITH purse AS MATERIALIZED (
                SELECT id, kind, expires_at, posted, posted - held AS free
                FROM credit_account
                WHERE owner = :owner AND kind <> 'receivable' AND closed_at IS NULL
                    AND (expires_at IS NULL OR expires_at > now())
                ORDER BY id
                FOR NO KEY UPDATE
            ), ranked AS (
                SELECT id, free, row_number() OVER spending AS place,
                       CAST(sum(free) OVER spending AS bigint) - free AS before
                FROM purse
                WINDOW spending AS (
                    ORDER BY CASE kind WHEN 'allowance' THEN 0 WHEN 'promo' THEN 1 ELSE 2 END, expires_at NULLS LAST, id)
            ), funds AS (
                SELECT count(*) AS purses,
                       CAST(coalesce(sum(posted), 0) AS bigint) AS balance,
                       CAST(coalesce(sum(free), 0) AS bigint) AS available,
                       (SELECT CAST(coalesce(sum(-posted), 0) AS bigint) FROM credit_account
                        WHERE owner = :owner AND kind = 'receivable') AS owed
                FROM purse
            ), enough AS (
                SELECT 1 FROM funds WHERE purses > 0 AND available >= :micros AND owed = 0
            ), part AS (
                SELECT id, place, least(free, :micros - before) AS amount
                FROM ranked, enough
                WHERE free > 0 AND before < :micros
            ), taken AS (
                INSERT INTO hold (id, owner, amount, what, expires_at)
                SELECT :hold, :owner, :micros, :what, now() + interval '1 hour' FROM enough
                ON CONFLICT (id) DO UPDATE
                    SET state = 'open', closed_at = NULL, amount = excluded.amount, expires_at = excluded.expires_at
                    WHERE hold.state = 'expired'
            ), parts AS (
                INSERT INTO hold_part (hold, place, account, amount)
                SELECT :hold, place, id, amount FROM part
            ), set_aside AS (
                UPDATE credit_account c SET held = c.held + part.amount FROM part WHERE c.id = part.id
            )
            SELECT purses, balance, available, owed, EXISTS (SELECT FROM enough) AS taken FROM funds""";

    /** Takes the hold if the owner has enough; says how the funds stood. */
    Funds take(Tx tx, UUID hold, UUID owner, long micros, String what) {
        return tx.query(TAKE)
                .bind("hold", hold)
                .bind("owner", owner)
                .bind("micros", micros)
                .bind("what", what)
                .mapTo(Funds.class)
                .one();
    }

    /** Charges the hold once; whoever comes later is told how it ended. */
    Receipt settle(Tx tx, UUID hold, List<ReceiptLine> lines) {
        long cost = lines.stream().mapToLong(ReceiptLine::amountMicros).reduce(0, Math::addExact);
        if (cost < 0) {
            throw new IllegalArgumentException("a bill of less than nothing");
        }
        Receipt receipt = charge(tx, hold, cost, lines);
        return receipt == null ? late(tx, hold, cost, lines) : receipt;
    }

    // What costs more than was held is charged as far as the hold goes; a line of the bill takes off the rest.
    private static final String CHARGE = """
            WITH h AS (
                UPDATE hold
                SET state = 'settled', closed_at = now(), charged = least(:cost, amount), excess = greatest(0, :cost - amount)
                WHERE id = :hold AND state = 'open'
                RETURNING id, owner, amount, charged, excess, what
            ), part AS (
                SELECT p.account, p.place, p.amount, greatest(0, least(p.amount, h.charged - p.before)) AS spent
                FROM h
                JOIN (SELECT hold, place, account, amount, CAST(sum(amount) OVER (ORDER BY place) AS bigint) - amount AS before
                      FROM hold_part
                      WHERE hold = :hold) p ON p.hold = h.id
            ), locked AS MATERIALIZED (
                SELECT id FROM credit_account WHERE id IN (SELECT account FROM part) ORDER BY id FOR NO KEY UPDATE
            ), spending AS (
                UPDATE credit_account c
                SET held = c.held - part.amount,
                    posted = c.posted - part.spent,
                    spent = part.spent + CASE WHEN c.month = this.month THEN c.spent ELSE 0 END,
                    month = this.month
                FROM part
                JOIN locked ON locked.id = part.account
                CROSS JOIN (SELECT CAST(date_trunc('month', now() AT TIME ZONE 'UTC') AS date) AS month) this
                WHERE c.id = part.account
            ), line AS (
                INSERT INTO entry (id, owner, kind, amount, hold, description, lines)
                SELECT :entry, owner, 'charge', -charged, id, what,
                       CASE WHEN excess = 0 THEN CAST(:lines AS jsonb)
                            ELSE CAST(:lines AS jsonb) || jsonb_build_object(
                                'what', 'beyond what was held, not charged', 'quantity', 1,
                                'unit_price', trim_scale(-excess / 1000000.0), 'amount', trim_scale(-excess / 1000000.0)) END
                FROM h
                RETURNING CAST(lines AS text) AS lines
            ), leg AS (
                INSERT INTO transfer (entry, place, debit, credit, amount)
                SELECT :entry, place, account, :revenue, spent FROM part WHERE spent > 0
            )
            SELECT h.amount, h.charged, h.excess, line.lines FROM h, line""";

    private @Nullable Receipt charge(Tx tx, UUID hold, long cost, List<ReceiptLine> lines) {
        Charged charged = tx.query(CHARGE)
                .bind("hold", hold)
                .bind("cost", cost)
                .bind("entry", Ids.next())
                .bind("lines", Json.write(lines))
                .bind("revenue", REVENUE)
                .mapTo(Charged.class)
                .findOne()
                .orElse(null);
        if (charged == null) {
            return null;
        }
        if (charged.excess() > 0) {
            LOG.warn("hold {} was too small: {} micro-credits are not charged", hold, charged.excess());
        }
        return new Receipt(charged.charged(), charged.amount() - charged.charged(), ReceiptLine.list(charged.lines()));
    }

    private static final String CLAIM_EXPIRED = """
            UPDATE hold
            SET expires_at = now()
            WHERE id = :hold AND state = 'expired'""";

    private static final String FORGET_PARTS = """
            DELETE FROM hold_part
            WHERE hold = :hold""";

    /** Somebody forgot to extend the hold, and the work was done all the same: charge what is there now. */
    private Receipt late(Tx tx, UUID hold, long cost, List<ReceiptLine> lines) {
        if (tx.update(CLAIM_EXPIRED).bind("hold", hold).execute() == 0) {
            return receipt(tx, hold);
        }
        Ended ended = ended(tx, hold);
        tx.update(FORGET_PARTS).bind("hold", hold).execute();
        long wanted = Math.min(cost, ended.amount());
        Funds funds = take(tx, hold, ended.owner(), wanted, ended.what());
        if (!funds.taken()) {
            funds = take(tx, hold, ended.owner(), Math.min(wanted, funds.available()), ended.what());
        }
        Receipt receipt = funds.taken() ? charge(tx, hold, cost, lines) : null;
        LOG.warn("hold {} had expired when its work ended; charged now: {}", hold, receipt != null);
        return receipt == null ? new Receipt(0, ended.amount(), List.of()) : receipt;
    }

    /** Frees the whole hold; whoever comes later is told how it ended. */
    Receipt release(Tx tx, UUID hold) {
        free(tx, List.of(hold), "released");
        return receipt(tx, hold);
    }

    private static final String OVERDUE = """
            SELECT id
            FROM hold
            WHERE state = 'open' AND expires_at < now()
            ORDER BY expires_at
            LIMIT :batch
            FOR UPDATE SKIP LOCKED""";

    /** Frees holds that nobody extended, a batch of them. */
    int expire(Tx tx) {
        List<UUID> overdue =
                tx.query(OVERDUE).bind("batch", BATCH).mapTo(UUID.class).list();
        if (!overdue.isEmpty()) {
            LOG.warn("{} holds were forgotten and are freed, {} among them", overdue.size(), overdue.getFirst());
            free(tx, overdue, "expired");
        }
        return overdue.size();
    }

    private static final String FREE = """
            WITH named AS (
                SELECT * FROM unnest(CAST(:holds AS uuid[]), CAST(:entries AS uuid[])) AS n (hold, entry)
            ), h AS (
                UPDATE hold
                SET state = :state, closed_at = now()
                FROM named
                WHERE hold.id = named.hold AND hold.state = 'open'
                RETURNING hold.id, hold.owner, hold.what, named.entry
            ), back AS (
                SELECT p.account, CAST(sum(p.amount) AS bigint) AS amount
                FROM hold_part p
                JOIN h ON h.id = p.hold
                GROUP BY p.account
            ), locked AS MATERIALIZED (
                SELECT id FROM credit_account WHERE id IN (SELECT account FROM back) ORDER BY id FOR NO KEY UPDATE
            ), freed AS (
                UPDATE credit_account c
                SET held = c.held - back.amount
                FROM back
                JOIN locked ON locked.id = back.account
                WHERE c.id = back.account
            )
            INSERT INTO entry (id, owner, kind, amount, hold, description)
            SELECT entry, owner, 'release', 0, id, what FROM h""";

    private static void free(Tx tx, List<UUID> holds, String state) {
        tx.update(FREE)
                .bindArray("holds", UUID.class, holds)
                .bindArray(
                        "entries",
                        UUID.class,
                        holds.stream().map(hold -> Ids.next()).toList())
                .bind("state", state)
                .execute();
    }

    // Only what is due soon is written, so that whoever works may say it as often as he likes.
    private static final String EXTEND = """
            UPDATE hold
            SET expires_at = now() + interval '1 hour'
            WHERE id = ANY(:holds) AND state = 'open' AND expires_at < now() + interval '45 minutes'""";

    void extend(Tx tx, Collection<UUID> holds) {
        tx.update(EXTEND).bindArray("holds", UUID.class, holds).execute();
    }

    private static final String ENDED = """
            SELECT h.owner, h.state, h.what, h.amount, coalesce(h.charged, 0) AS charged,
                   coalesce(CAST(e.lines AS text), '[]') AS lines
            FROM hold h
            LEFT JOIN entry e ON e.hold = h.id AND e.kind = 'charge'
            WHERE h.id = :hold""";

    private static Receipt receipt(Tx tx, UUID hold) {
        Ended ended = ended(tx, hold);
        return new Receipt(ended.charged(), ended.amount() - ended.charged(), ReceiptLine.list(ended.lines()));
    }

    private static Ended ended(Tx tx, UUID hold) {
        return tx.query(ENDED)
                .bind("hold", hold)
                .mapTo(Ended.class)
                .findOne()
                .filter(row -> !row.state().equals("open"))
                .orElseThrow(() -> new IllegalStateException("there is no hold " + hold + " that has ended"));
    }

    /**
     * How an owner's purses stood, in micro-credits, before the hold was taken or refused.
     *
     * @param purses none means that the owner was never here
     * @param owed more than nothing blocks every new hold
     */
    record Funds(int purses, long balance, long available, long owed, boolean taken) {}

    private record Charged(long amount, long charged, long excess, String lines) {}

    private record Ended(UUID owner, String state, String what, long amount, long charged, String lines) {}
}
