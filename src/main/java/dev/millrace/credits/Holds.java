package dev.millrace.credits;

import dev.millrace.credits.Funds.Part;
import dev.millrace.credits.Funds.Pot;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.Update;
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

    private static final String LOCK_FUNDS = """
            SELECT owner, id, kind, posted, held, expires_at, expires_at IS NULL OR expires_at > now() AS alive
            FROM credit_account
            WHERE owner = ANY(:owners) AND closed_at IS NULL
            ORDER BY id
            FOR NO KEY UPDATE""";

    /** The purses of each owner who has any, locked until the end of the transaction; what is free of them has paid what was owed. */
    Map<UUID, Funds> funds(Tx tx, Collection<UUID> owners) {
        Map<UUID, Funds> funds = locked(tx, owners);
        List<UUID> debtors = owners.stream()
                .filter(owner -> funds.getOrDefault(owner, Funds.NONE).payable())
                .toList();
        if (!debtors.isEmpty()) {
            Reversals.payDebts(tx, debtors);
            funds.putAll(locked(tx, debtors));
        }
        return funds;
    }

    private static Map<UUID, Funds> locked(Tx tx, Collection<UUID> owners) {
        var pots = tx.query(LOCK_FUNDS).bindArray("owners", UUID.class, owners).mapTo(Pot.class).stream()
                .collect(Collectors.groupingBy(Pot::owner));
        var funds = new HashMap<UUID, Funds>();
        pots.forEach((owner, some) -> funds.put(owner, new Funds(some)));
        return funds;
    }

    // Only what is disputed is set aside without an end.
    private static final String DISPUTED = """
            SELECT CAST(coalesce(sum(amount), 0) AS bigint)
            FROM hold
            WHERE owner = :owner AND state = 'open' AND expires_at = 'infinity'""";

    /** What of an owner's is held and no work will give back. */
    long disputed(Tx tx, UUID owner) {
        return tx.query(DISPUTED).bind("owner", owner).mapTo(Long.class).one();
    }

    // A hold that expired may be taken once more: the work it was for was done all the same.
    private static final String TAKE = """
            WITH part AS (
                SELECT *
                FROM unnest(CAST(:partOf AS uuid[]), CAST(:places AS integer[]), CAST(:accounts AS uuid[]), CAST(:amounts AS bigint[]))
                    AS p (hold, place, account, amount)
            ), taken AS (
                INSERT INTO hold (id, owner, amount, what, api_key, budget, expires_at)
                SELECT id, owner, amount, what, api_key, budget, now() + interval '1 hour'
                FROM unnest(CAST(:holds AS uuid[]), CAST(:owners AS uuid[]), CAST(:micros AS bigint[]), CAST(:whats AS text[]),
                            CAST(:keys AS uuid[]), CAST(:budgets AS text[]))
                    AS h (id, owner, amount, what, api_key, budget)
                ON CONFLICT (id) DO UPDATE
                    SET state = 'open', closed_at = NULL, amount = excluded.amount, expires_at = excluded.expires_at
                    WHERE hold.state = 'expired'
            ), parts AS (
                INSERT INTO hold_part (hold, place, account, amount)
                SELECT hold, place, account, amount FROM part
            )
            UPDATE credit_account c
            SET held = c.held + more.amount
            FROM (SELECT account, CAST(sum(amount) AS bigint) AS amount FROM part GROUP BY account) more
            WHERE c.id = more.account""";

    /** Takes holds from funds that suffice. */
    void take(Tx tx, List<Granted> granted) {
        if (granted.isEmpty()) {
            return;
        }
        Update take = Columns.of(granted)
                .uuids("holds", grant -> grant.wanted().hold())
                .uuids("owners", grant -> grant.wanted().account())
                .longs("micros", grant -> grant.wanted().micros())
                .texts("whats", grant -> grant.wanted().what())
                .uuids("keys", grant -> grant.wanted().spender().apiKey())
                .texts("budgets", grant -> grant.counted().budget())
                .bind(tx.update(TAKE));
        Columns.of(granted.stream().flatMap(grant -> grant.placed().stream()).toList())
                .uuids("partOf", Placed::hold)
                .ints("places", Placed::place)
                .uuids("accounts", Placed::account)
                .longs("amounts", Placed::amount)
                .bind(take)
                .execute();
    }

    /** Charges each hold once; whoever comes later is told how it ended. */
    List<Receipt> settle(Tx tx, List<Bill> bills) {
        Map<UUID, Receipt> charged = charge(tx, bills);
        return bills.stream()
                .map(bill -> {
                    Receipt first = charged.remove(bill.hold());
                    return first == null ? late(tx, bill) : first;
                })
                .toList();
    }

    // Open is what is not closed. Said so, no index of what is open fits, and each row is found by its id however many
    // are open.
    private static final String SETTLE = """
            UPDATE hold
            SET state = 'settled', closed_at = now(), charged = least(bill.cost, amount), excess = greatest(0, bill.cost - amount)
            FROM unnest(CAST(:holds AS uuid[]), CAST(:costs AS bigint[])) AS bill (hold, cost)
            WHERE hold.id = bill.hold AND hold.closed_at IS NULL
            RETURNING hold.id, owner, what, amount, charged, excess, EXISTS (
                SELECT FROM credit_account r
                WHERE r.owner = hold.owner AND r.kind = 'receivable' AND r.expires_at IS NULL AND r.posted < 0) AS owing""";

    /** The receipts of those that were open. */
    private static Map<UUID, Receipt> charge(Tx tx, List<Bill> bills) {
        var first = new TreeMap<UUID, Bill>(); // in the order of ids, as everybody locks them
        bills.forEach(bill -> first.putIfAbsent(bill.hold(), bill));
        List<Settled> settled = Columns.of(List.copyOf(first.values()))
                .uuids("holds", Bill::hold)
                .longs("costs", Bill::cost)
                .bind(tx.query(SETTLE))
                .mapTo(Settled.class)
                .list();
        var receipts = new HashMap<UUID, Receipt>();
        var charges = new ArrayList<Charge>();
        for (Settled one : settled) {
            if (one.excess() > 0) {
                LOG.warn("hold {} was too small: {} micro-credits are not charged", one.id(), one.excess());
            }
            Bill bill = Objects.requireNonNull(first.get(one.id()));
            List<ReceiptLine> lines = one.bill(bill.lines());
            receipts.put(one.id(), new Receipt(one.charged(), one.amount() - one.charged(), lines));
            charges.add(new Charge(Ids.next(), one, Json.write(lines)));
        }
        post(tx, charges);
        return receipts;
    }

    private static final String POST = """
            WITH part AS (
                SELECT *
                FROM unnest(CAST(:partOf AS uuid[]), CAST(:places AS integer[]), CAST(:accounts AS uuid[]), CAST(:amounts AS bigint[]),
                            CAST(:spent AS bigint[]))
                    AS p (entry, place, account, amount, spent)
            ), this AS (
                SELECT CAST(date_trunc('month', now() AT TIME ZONE 'UTC') AS date) AS month
            ), less AS (
                SELECT account, CAST(sum(amount) AS bigint) AS amount, CAST(sum(spent) AS bigint) AS spent
                FROM part
                GROUP BY account
            ), spending AS (
                UPDATE credit_account c
                SET held = c.held - less.amount,
                    posted = c.posted - less.spent,
                    spent = CASE WHEN c.month > this.month THEN c.spent -- who began last month and waited is no part of this one
                                 WHEN c.month = this.month THEN c.spent + less.spent ELSE less.spent END,
                    month = greatest(c.month, this.month)
                FROM less, this
                WHERE c.id = less.account
            ), line AS (
                INSERT INTO entry (id, owner, kind, amount, hold, description, lines)
                SELECT id, owner, 'charge', -charged, hold, what, CAST(lines AS jsonb)
                FROM unnest(CAST(:entries AS uuid[]), CAST(:owners AS uuid[]), CAST(:charged AS bigint[]), CAST(:holds AS uuid[]),
                            CAST(:whats AS text[]), CAST(:lines AS text[]))
                    AS e (id, owner, charged, hold, what, lines)
            )
            INSERT INTO transfer (entry, place, debit, credit, amount)
            SELECT entry, place, account, :revenue, spent FROM part WHERE spent > 0""";

    private static void post(Tx tx, List<Charge> charges) {
        if (charges.isEmpty()) {
            return;
        }
        List<UUID> debtors = charges.stream()
                .map(Charge::settled)
                .filter(Settled::owing)
                .map(Settled::owner)
                .distinct()
                .toList();
        Map<UUID, List<Placed>> parts =
                parts(tx, charges.stream().map(charge -> charge.settled().id()).toList(), debtors).stream()
                        .collect(Collectors.groupingBy(Placed::hold));
        Update post = Columns.of(charges)
                .uuids("entries", Charge::entry)
                .uuids("owners", charge -> charge.settled().owner())
                .longs("charged", charge -> charge.settled().charged())
                .uuids("holds", charge -> charge.settled().id())
                .texts("whats", charge -> charge.settled().what())
                .texts("lines", Charge::lines)
                .bind(tx.update(POST));
        Columns.of(charges.stream()
                        .flatMap(charge ->
                                charge.legs(parts.getOrDefault(charge.settled().id(), List.of())).stream())
                        .toList())
                .uuids("partOf", Leg::entry)
                .ints("places", leg -> leg.part().place())
                .uuids("accounts", leg -> leg.part().account())
                .longs("amounts", leg -> leg.part().amount())
                .longs("spent", Leg::spent)
                .bind(post)
                .bind("revenue", REVENUE)
                .execute();
        Reversals.payDebts(tx, debtors);
    }

    private static final String LOCK_WITH_DEBTS = """
            SELECT a.id
            FROM credit_account a
            WHERE a.id IN (
                SELECT account FROM hold_part WHERE hold = ANY(:holds)
                UNION
                SELECT id FROM credit_account WHERE owner = ANY(:debtors) AND closed_at IS NULL)
            ORDER BY a.id
            FOR NO KEY UPDATE""";

    private static final String LOCK_PARTS = """
            SELECT p.hold, p.place, p.account, p.amount
            FROM hold_part p
            JOIN credit_account a ON a.id = p.account
            WHERE p.hold = ANY(:holds)
            ORDER BY a.id
            FOR NO KEY UPDATE OF a""";

    /**
     * What these holds were taken from, in the order of spending; those purses are locked from now on.
     *
     * @param debtors owners whose debts are to be paid after this: all they have is locked as well, in the same go
     */
    static List<Placed> parts(Tx tx, List<UUID> holds, List<UUID> debtors) {
        if (!debtors.isEmpty()) {
            tx.query(LOCK_WITH_DEBTS)
                    .bindArray("holds", UUID.class, holds)
                    .bindArray("debtors", UUID.class, debtors)
                    .mapTo(UUID.class)
                    .list();
        }
        return tx.query(LOCK_PARTS).bindArray("holds", UUID.class, holds).mapTo(Placed.class).stream()
                .sorted(Comparator.comparing(Placed::hold).thenComparingInt(Placed::place))
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
    private Receipt late(Tx tx, Bill bill) {
        UUID hold = bill.hold();
        if (tx.update(CLAIM_EXPIRED).bind("hold", hold).execute() == 0) {
            return receipt(tx, hold);
        }
        Ended ended = ended(tx, hold);
        Funds funds = funds(tx, List.of(ended.owner())).getOrDefault(ended.owner(), Funds.NONE);
        long charged = Math.min(Math.min(bill.cost(), ended.amount()), funds.available());
        LOG.warn(
                "hold {} had expired when its work ended: {} of {} micro-credits are charged",
                hold,
                charged,
                bill.cost());
        if (!funds.suffice(charged)) {
            return new Receipt(0, ended.amount(), List.of());
        }
        tx.update(FORGET_PARTS).bind("hold", hold).execute();
        var again = new Wanted(hold, ended.owner(), charged, ended.what());
        take(tx, List.of(new Granted(again, Caps.Counted.NOWHERE, funds, funds.parts(charged))));
        Receipt receipt = charge(tx, List.of(bill)).get(hold);
        return receipt == null ? receipt(tx, hold) : receipt;
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

    /** How a hold ended. */
    static Receipt receipt(Tx tx, UUID hold) {
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

    /** A hold that is granted, what it counts against, and what it takes of each purse. */
    record Granted(Wanted wanted, Caps.Counted counted, Funds before, List<Part> parts) {
        CreditNews.Change change() {
            return new CreditNews.Change(wanted.account(), before.standing(), after().standing());
        }

        Funds after() {
            return before.holding(parts);
        }

        private List<Placed> placed() {
            var placed = new ArrayList<Placed>();
            parts.forEach(
                    part -> placed.add(new Placed(wanted.hold(), placed.size() + 1, part.account(), part.amount())));
            return placed;
        }
    }

    private record Charge(UUID entry, Settled settled, String lines) {
        /** What each purse pays, in the order of spending; the rest of its part is free again. */
        List<Leg> legs(List<Placed> parts) {
            var legs = new ArrayList<Leg>();
            long due = settled.charged();
            for (Placed part : parts) {
                long spent = Math.min(due, part.amount());
                legs.add(new Leg(entry, part, spent));
                due -= spent;
            }
            return legs;
        }
    }

    private record Leg(UUID entry, Placed part, long spent) {}

    private record Settled(UUID id, UUID owner, String what, long amount, long charged, long excess, boolean owing) {
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

    record Placed(UUID hold, int place, UUID account, long amount) {}

    private record Ended(UUID owner, String state, String what, long amount, long charged, String lines) {}
}
