package dev.millrace.generation.live;

import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What overviews read: the generations of many accounts, and the logs of many generations, each in one statement. */
final class OverviewRows {
    /** Rows of one log in one reading. */
    static final int MOST_EVENTS = 200;

    private OverviewRows() {}

    private static final String NOW = """
            SELECT now()""";

    /** The one clock of all nodes, when this transaction began: what it reads is younger. */
    static Instant now(Tx tx) {
        return tx.query(NOW).mapTo(Instant.class).one();
    }

    private static final String STANDING = """
            SELECT g.account, g.id, g.status, g.stage, g.percent, g.finished_at IS NOT NULL AS over,
                   last.epoch, last.seq, told.data AS progress
            FROM generation g
            CROSS JOIN LATERAL (
                SELECT epoch, seq FROM generation_event
                WHERE generation = g.id
                ORDER BY epoch DESC, seq DESC
                LIMIT 1) last
            LEFT JOIN LATERAL (
                SELECT data FROM generation_event
                WHERE generation = g.id AND event = 'progress' AND g.finished_at IS NULL
                ORDER BY epoch DESC, seq DESC
                LIMIT 1) told ON true
            WHERE g.account = ANY (CAST(:accounts AS uuid[])) AND (g.finished_at IS NULL OR g.id >= :floor)
            ORDER BY g.id""";

    /** How everything stands that is not over, or was begun after {@code floor}. */
    static List<Standing> standing(Tx tx, List<UUID> accounts, UUID floor) {
        return tx.query(STANDING)
                .bindArray("accounts", UUID.class, accounts)
                .bind("floor", floor)
                .mapTo(Standing.class)
                .list();
    }

    private static final String BEGUN = """
            SELECT account, id
            FROM generation
            WHERE account = ANY (CAST(:accounts AS uuid[])) AND id >= :floor
            ORDER BY id""";

    /** What was begun after {@code floor}. */
    static List<Begun> begun(Tx tx, List<UUID> accounts, UUID floor) {
        return tx.query(BEGUN)
                .bindArray("accounts", UUID.class, accounts)
                .bind("floor", floor)
                .mapTo(Begun.class)
                .list();
    }

    private static final String TOLD = """
            SELECT asked.generation, e.epoch, e.seq, e.event, e.data, g.status, g.stage, g.percent
            FROM unnest(CAST(:generations AS uuid[]), CAST(:epochs AS bigint[]), CAST(:seqs AS bigint[]))
                 AS asked (generation, epoch, seq)
            JOIN generation g ON g.id = asked.generation
            CROSS JOIN LATERAL (
                SELECT epoch, seq, event, CASE WHEN event IN ('progress', 'asset') THEN data ELSE '' END AS data
                FROM generation_event
                WHERE generation = asked.generation AND (epoch, seq) > (asked.epoch, asked.seq) AND event <> 'delta'
                ORDER BY epoch, seq
                LIMIT 200) e
            ORDER BY asked.generation, e.epoch, e.seq""";

    /** What was told in each of these logs since the place given, text left out; each log in order. */
    static List<Told> told(Tx tx, Map<UUID, Place> since) {
        return Columns.of(List.copyOf(since.entrySet()))
                .uuids("generations", Map.Entry::getKey)
                .longs("epochs", one -> one.getValue().epoch())
                .longs("seqs", one -> one.getValue().seq())
                .bind(tx.query(TOLD))
                .mapTo(Told.class)
                .list();
    }

    /** A place in a log. */
    record Place(long epoch, long seq) {
        static final Place BEGINNING = new Place(-1, 0);
    }

    /**
     * A generation as it stands.
     *
     * @param progress the data of the last {@code progress}
     */
    record Standing(
            UUID account,
            UUID id,
            String status,
            String stage,
            BigDecimal percent,
            boolean over,
            long epoch,
            long seq,
            @Nullable String progress) {}

    record Begun(UUID account, UUID id) {}

    /** An event, and how its generation stands in the same look. */
    record Told(
            UUID generation,
            long epoch,
            long seq,
            String event,
            String data,
            String status,
            String stage,
            BigDecimal percent) {}
}
