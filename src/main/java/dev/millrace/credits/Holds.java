package dev.millrace.credits;

import dev.millrace.credits.Funds.Part;
import dev.millrace.credits.Funds.Pot;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credits set aside, and what becomes of them.
 *
 * <p>Each verb locks first and writes in a statement of its own, which then sees what is true: a statement that locks and writes at
 * once computes from the rows it saw before it waited, and Postgres checks constraints against those. The state of a hold is the
 * gate that lets one of many callers through; locks are taken on the hold first, then on its purses by id.
 */
final class Holds {
    private static final Logger LOG = LoggerFactory.getLogger(Holds.class);
    private static final UUID REVENUE = UUID.fromString("00000000-0000-7000-8000-000000000001");
    private static final int BATCH = 100;

    private static final String LOCK_FUNDS = """
            SELECT id, kind, posted, held, expires_at, expires_at IS NULL OR expires_at > now() AS alive
            FROM credit_account
            WHERE owner = :owner AND closed_at IS NULL
            ORDER BY id
            FOR NO KEY UPDATE""";

    /** The owner's purses, locked until the end of the transaction. */
    Funds funds(Tx tx, UUID owner) {
        return new Funds(
                tx.query(LOCK_FUNDS).bind("owner", owner).mapTo(Pot.class).list());
    }

    // A hold that expired may be taken once more: the work it was for was done all the same.
    private static final String TAKE = """
            WITH taken AS (
                INSERT INTO hold (id, owner, amount, what, expires_at)
                VALUES (:hold, :owner, :micros, :what, now() + interval '1 hour')
                ON CONFLICT (id) DO UPDATE
                    SET state = 'open', closed_at = NULL, amount = excluded.amount, expires_at = excluded.expires_at
                    WHERE hold.state = 'expired'
            ), part AS (
                SELECT * FROM unnest(CAST(:accounts AS uuid[]), CAST(:amounts AS bigint[])) WITH ORDINALITY AS p (account, amount, place)
            ), parts AS (
                INSERT INTO hold_part (hold, place, account, amount)
                SELECT :hold, place, account, amount FROM part
            )
            UPDATE credit_account c
            SET held = c.held + part.amount
            FROM part
            WHERE c.id = part.account""";

    /** Takes the hold from funds that suffice. */
    void take(Tx tx, Funds funds, UUID hold, UUID owner, long micros, String what) {
        List<Part> parts = funds.parts(micros);
        tx.update(TAKE)
                .bind("hold", hold)
                .bind("owner", owner)
                .bind("micros", micros)
                .bind("what", what)
                .bindArray(
                        "accounts",
                        UUID.class,
                        parts.stream().map(Part::account).toList())
                .bindArray(
                        "amounts", Long.class, parts.stream().map(Part::amount).toList())
                .execute();
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

    private static final String SETTLE = """
            UPDATE hold
            SET state = 'settled', closed_at = now(), charged = least(:cost, amount), excess = greatest(0, :cost - amount)
            WHERE id = :hold AND state = 'open'
            RETURNING owner, what, amount, charged, excess""";

    private @Nullable Receipt charge(Tx tx, UUID hold, long cost, List<ReceiptLine> lines) {
        Settled settled = tx.query(SETTLE)
                .bind("hold", hold)
                .bind("cost", cost)
                .mapTo(Settled.class)
                .findOne()
                .orElse(null);
        if (settled == null) {
            return null;
        }
        if (settled.excess() > 0) {
            LOG.warn("hold {} was too small: {} micro-credits are not charged", hold, settled.excess());
        }
        List<ReceiptLine> bill = settled.bill(lines);
        post(tx, hold, settled, bill);
        return new Receipt(settled.charged(), settled.amount() - settled.charged(), bill);
    }

    private static final String POST = """
            WITH part AS (
                SELECT *
                FROM unnest(CAST(:accounts AS uuid[]), CAST(:amounts AS bigint[]), CAST(:spent AS bigint[])) WITH ORDINALITY
                    AS p (account, amount, spent, place)
            ), this AS (
                SELECT CAST(date_trunc('month', now() AT TIME ZONE 'UTC') AS date) AS month
            ), spending AS (
                UPDATE credit_account c
                SET held = c.held - part.amount,
                    posted = c.posted - part.spent,
                    spent = part.spent + CASE WHEN c.month = this.month THEN c.spent ELSE 0 END,
                    month = this.month
                FROM part, this
                WHERE c.id = part.account
            ), line AS (
                INSERT INTO entry (id, owner, kind, amount, hold, description, lines)
                VALUES (:entry, :owner, 'charge', :amount, :hold, :what, CAST(:lines AS jsonb))
            )
            INSERT INTO transfer (entry, place, debit, credit, amount)
            SELECT :entry, place, account, :revenue, spent FROM part WHERE spent > 0""";

    private static void post(Tx tx, UUID hold, Settled settled, List<ReceiptLine> bill) {
        List<Part> parts = parts(tx, List.of(hold));
        var spent = new ArrayList<Long>();
        long due = settled.charged();
        for (Part part : parts) {
            long taken = Math.min(due, part.amount());
            spent.add(taken);
            due -= taken;
        }
        tx.update(POST)
                .bindArray(
                        "accounts",
                        UUID.class,
                        parts.stream().map(Part::account).toList())
                .bindArray(
                        "amounts", Long.class, parts.stream().map(Part::amount).toList())
                .bindArray("spent", Long.class, spent)
                .bind("entry", Ids.next())
                .bind("owner", settled.owner())
                .bind("amount", -settled.charged())
                .bind("hold", hold)
                .bind("what", settled.what())
                .bind("lines", Json.write(bill))
                .bind("revenue", REVENUE)
                .execute();
    }

    private static final String LOCK_PARTS = """
            SELECT p.hold, p.place, p.account, p.amount
            FROM hold_part p
            JOIN credit_account a ON a.id = p.account
            WHERE p.hold = ANY(:holds)
            ORDER BY a.id
            FOR NO KEY UPDATE OF a""";

    /** What these holds were taken from, in the order of spending; those purses are locked from now on. */
    private static List<Part> parts(Tx tx, List<UUID> holds) {
        return tx.query(LOCK_PARTS).bindArray("holds", UUID.class, holds).mapTo(Placed.class).stream()
                .sorted(Comparator.comparing(Placed::hold).thenComparingInt(Placed::place))
                .map(placed -> new Part(placed.account(), placed.amount()))
                .toList();
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
        Funds funds = funds(tx, ended.owner());
        long charged = Math.min(Math.min(cost, ended.amount()), funds.available());
        LOG.warn("hold {} had expired when its work ended: {} of {} micro-credits are charged", hold, charged, cost);
        if (!funds.suffice(charged)) {
            return new Receipt(0, ended.amount(), List.of());
        }
        tx.update(FORGET_PARTS).bind("hold", hold).execute();
        take(tx, funds, hold, ended.owner(), charged, ended.what());
        Receipt receipt = charge(tx, hold, cost, lines);
        return receipt == null ? receipt(tx, hold) : receipt;
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
            audit(tx, overdue, "expired", "nobody extended it for an hour");
        }
        return overdue.size();
    }

    private static final String LEAKED = """
            SELECT h.id
            FROM hold h
            JOIN admin.holds v ON v.hold = h.id
            WHERE v.leaked AND h.state = 'open'
            ORDER BY h.id
            LIMIT :batch
            FOR UPDATE OF h SKIP LOCKED""";

    /** Frees holds that are open although what they pay for is over or was never there, a batch of them. */
    int freeLeaked(Tx tx) {
        List<UUID> leaked =
                tx.query(LEAKED).bind("batch", BATCH).mapTo(UUID.class).list();
        if (!leaked.isEmpty()) {
            LOG.error(
                    "{} holds outlive what they pay for and are freed, {} among them",
                    leaked.size(),
                    leaked.getFirst());
            free(tx, leaked, "released");
            audit(tx, leaked, "leaked", "what it pays for is over");
        }
        return leaked.size();
    }

    private static final String AUDIT = """
            INSERT INTO hold_audit (hold, how, actor, reason)
            SELECT freed.hold, :how, 'the server', :reason
            FROM unnest(CAST(:holds AS uuid[])) AS freed (hold)
            ON CONFLICT (hold) DO UPDATE
            SET at = now(), how = excluded.how, actor = excluded.actor, reason = excluded.reason""";

    private static void audit(Tx tx, List<UUID> holds, String how, String reason) {
        tx.update(AUDIT)
                .bindArray("holds", UUID.class, holds)
                .bind("how", how)
                .bind("reason", reason)
                .execute();
    }

    private static final String CLOSE = """
            WITH closed AS (
                UPDATE hold
                SET state = :state, closed_at = now()
                FROM unnest(CAST(:holds AS uuid[]), CAST(:entries AS uuid[])) AS named (hold, entry)
                WHERE hold.id = named.hold AND hold.state = 'open'
                RETURNING hold.id, hold.owner, hold.what, named.entry
            )
            INSERT INTO entry (id, owner, kind, amount, hold, description)
            SELECT entry, owner, 'release', 0, id, what FROM closed
            RETURNING hold""";

    private static final String GIVE_BACK = """
            UPDATE credit_account c
            SET held = c.held - back.amount
            FROM unnest(CAST(:accounts AS uuid[]), CAST(:amounts AS bigint[])) AS back (account, amount)
            WHERE c.id = back.account""";

    private static void free(Tx tx, List<UUID> holds, String state) {
        List<UUID> closed = tx.query(CLOSE)
                .bindArray("holds", UUID.class, holds)
                .bindArray(
                        "entries",
                        UUID.class,
                        holds.stream().map(hold -> Ids.next()).toList())
                .bind("state", state)
                .mapTo(UUID.class)
                .list();
        Map<UUID, Long> back = new TreeMap<>();
        parts(tx, closed).forEach(part -> back.merge(part.account(), part.amount(), Long::sum));
        tx.update(GIVE_BACK)
                .bindArray("accounts", UUID.class, back.keySet())
                .bindArray("amounts", Long.class, back.values())
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

    private record Settled(UUID owner, String what, long amount, long charged, long excess) {
        /** The bill adds up to what is charged: a line takes off what the hold did not cover. */
        List<ReceiptLine> bill(List<ReceiptLine> lines) {
            if (excess == 0) {
                return lines;
            }
            var all = new ArrayList<>(lines);
            BigDecimal off = Micros.credits(-excess);
            all.add(new ReceiptLine("beyond what was held, not charged", BigDecimal.ONE, off, -excess));
            return all;
        }
    }

    private record Placed(UUID hold, int place, UUID account, long amount) {}

    private record Ended(UUID owner, String state, String what, long amount, long charged, String lines) {}
}
