package dev.millrace.credits;

import dev.millrace.platform.Ids;
import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Tx;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds that end without a charge: released, forgotten, or left behind by work that is over. */
final class FreeHolds {
    private static final Logger LOG = LoggerFactory.getLogger(FreeHolds.class);
    private static final int BATCH = 100;

    /** Frees the whole of each hold; whoever comes later is told how it ended. */
    List<Receipt> release(Tx tx, List<UUID> holds) {
        free(tx, holds, "released");
        return holds.stream().map(hold -> Holds.receipt(tx, hold)).toList();
    }

    private static final String OVERDUE = """
            SELECT h.id
            FROM hold h
            JOIN admin.holds v ON v.hold = h.id
            WHERE h.state = 'open' AND h.expires_at < now() AND NOT v.working
            ORDER BY h.expires_at
            LIMIT :batch
            FOR UPDATE OF h SKIP LOCKED""";

    /** Frees holds that nobody extended, a batch of them; work that goes on keeps its own, however long no server was there to say so. */
    int expire(Tx tx) {
        List<UUID> overdue =
                tx.query(OVERDUE).bind("batch", BATCH).mapTo(UUID.class).list();
        if (!overdue.isEmpty()) {
            Budgets.lock(tx, overdue, Set.of());
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
            Budgets.lock(tx, leaked, Set.of());
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
            ), line AS (
                INSERT INTO entry (id, owner, kind, amount, hold, description)
                SELECT entry, owner, 'release', 0, id, what FROM closed
            )
            SELECT id, owner, EXISTS (
                       SELECT FROM credit_account r
                       WHERE r.owner = closed.owner AND r.kind = 'receivable' AND r.expires_at IS NULL AND r.posted < 0) AS owing
            FROM closed""";

    private static final String GIVE_BACK = """
            UPDATE credit_account c
            SET held = c.held - back.amount
            FROM unnest(CAST(:accounts AS uuid[]), CAST(:amounts AS bigint[])) AS back (account, amount)
            WHERE c.id = back.account""";

    private static void free(Tx tx, List<UUID> holds, String state) {
        List<Closed> closed = Columns.of(holds)
                .uuids("holds", hold -> hold)
                .uuids("entries", hold -> Ids.next())
                .bind(tx.query(CLOSE))
                .bind("state", state)
                .mapTo(Closed.class)
                .list();
        List<UUID> debtors = closed.stream()
                .filter(Closed::owing)
                .map(Closed::owner)
                .distinct()
                .toList();
        Map<UUID, Long> back = new TreeMap<>();
        Holds.parts(tx, closed.stream().map(Closed::id).toList(), debtors)
                .forEach(part -> back.merge(part.account(), part.amount(), Long::sum));
        tx.update(GIVE_BACK)
                .bindArray("accounts", UUID.class, back.keySet())
                .bindArray("amounts", Long.class, back.values())
                .execute();
        Reversals.payDebts(tx, debtors);
    }

    /** @param owing whether its owner owes something, which what comes free pays first */
    private record Closed(UUID id, UUID owner, boolean owing) {}
}
