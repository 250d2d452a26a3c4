package dev.millrace.generation.events;

import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Tx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code generation_event}: the truth about what was told. */
final class EventRows {
    private EventRows() {}

    /**
     * A batch of many generations. An owner that was replaced writes nothing: the epoch of the generation has moved on. A batch
     * that is stored a second time because nobody knows whether the first did changes nothing.
     */
    private static final String STORE = """
            INSERT INTO generation_event (generation, epoch, seq, position, event, data)
            SELECT generation, epoch, seq, position, event, data
            FROM unnest(CAST(:generations AS uuid[]), CAST(:epochs AS bigint[]), CAST(:seqs AS bigint[]),
                        CAST(:positions AS bigint[]), CAST(:events AS text[]), CAST(:datas AS text[]))
                 AS batch (generation, epoch, seq, position, event, data)
            WHERE batch.epoch = (SELECT g.epoch FROM generation g WHERE g.id = batch.generation)
            ON CONFLICT DO NOTHING""";

    static void store(Tx tx, List<UUID> generations, List<LogRow> rows) {
        bind(tx, STORE, generations, rows);
    }

    /** The same for one generation, before a change of state. */
    static void store(Tx tx, UUID generation, List<LogRow> rows) {
        if (!rows.isEmpty()) {
            bind(tx, STORE, Collections.nCopies(rows.size(), generation), rows);
        }
    }

    /** The events of a change of state. That one of them exists already is a defect, and refused. */
    private static final String APPEND = """
            INSERT INTO generation_event (generation, epoch, seq, position, event, data)
            SELECT generation, epoch, seq, position, event, data
            FROM unnest(CAST(:generations AS uuid[]), CAST(:epochs AS bigint[]), CAST(:seqs AS bigint[]),
                        CAST(:positions AS bigint[]), CAST(:events AS text[]), CAST(:datas AS text[]))
                 AS batch (generation, epoch, seq, position, event, data)""";

    static void append(Tx tx, UUID generation, List<LogRow> rows) {
        append(tx, Collections.nCopies(rows.size(), generation), rows);
    }

    /** The same for many generations: to each row the one it belongs to. */
    static void append(Tx tx, List<UUID> generations, List<LogRow> rows) {
        if (!rows.isEmpty()) {
            bind(tx, APPEND, generations, rows);
        }
    }

    private static void bind(Tx tx, String sql, List<UUID> generations, List<LogRow> rows) {
        int from = 0;
        for (List<LogRow> some : Columns.portions(rows, row -> row.data().length())) {
            bindSome(tx, sql, generations.subList(from, from + some.size()), some);
            from += some.size();
        }
    }

    private static void bindSome(Tx tx, String sql, List<UUID> generations, List<LogRow> rows) {
        Columns.of(rows)
                .longs("epochs", LogRow::epoch)
                .longs("seqs", LogRow::seq)
                .longs("positions", LogRow::position)
                .texts("events", LogRow::event)
                .texts("datas", LogRow::data)
                .bind(tx.update(sql))
                .bindArray("generations", UUID.class, generations)
                .execute();
    }

    private static final String DROP_DELTAS = """
            DELETE FROM generation_event
            WHERE generation = ANY(:generations) AND event = 'delta'""";

    /** Ends a log. */
    static void finish(Tx tx, LastRows last) {
        finish(tx, List.of(last));
    }

    /** Ends many logs: the deltas of each become one row, and its last rows are added. */
    static void finish(Tx tx, List<LastRows> all) {
        tx.update(DROP_DELTAS)
                .bindArray(
                        "generations",
                        UUID.class,
                        all.stream().map(LastRows::generation).toList())
                .execute();
        var generations = new ArrayList<UUID>();
        var rows = new ArrayList<LogRow>();
        for (LastRows one : all) {
            rows.addAll(one.transcript().merged());
            one.rest().stream().filter(row -> !row.isText()).forEach(rows::add);
            generations.addAll(Collections.nCopies(rows.size() - generations.size(), one.generation()));
        }
        append(tx, generations, rows);
    }

    private static final String PAGE = """
            SELECT epoch, seq, position, event, data
            FROM generation_event
            WHERE generation = :generation AND (epoch, seq) > (:epoch, :seq)
            ORDER BY epoch, seq
            LIMIT :most""";

    /** The next rows, in order. */
    static List<LogRow> page(Tx tx, UUID generation, @Nullable EventId behind, int most) {
        return tx.query(PAGE)
                .bind("generation", generation)
                .bind("epoch", behind == null ? -1 : behind.epoch())
                .bind("seq", behind == null ? 0 : behind.seq())
                .bind("most", most)
                .mapTo(LogRow.class)
                .list();
    }

    private static final String LANDMARKS = """
            SELECT epoch, seq, position, event, '' AS data
            FROM generation_event
            WHERE generation = :generation AND event IN ('reset', 'completed', 'failed', 'canceled')
            ORDER BY epoch DESC, seq DESC
            LIMIT 2""";

    private static final String MERGED = """
            SELECT epoch, seq, position, event, data
            FROM generation_event
            WHERE generation = :generation AND event = 'delta'
            ORDER BY epoch DESC, seq DESC
            LIMIT 1""";

    private static final String LAST = """
            SELECT epoch, seq, position, event, '' AS data
            FROM generation_event
            WHERE generation = :generation
            ORDER BY epoch DESC, seq DESC
            LIMIT 1""";

    /** The last event that is stored; null when there is none. */
    static @Nullable EventId last(Tx tx, UUID generation) {
        return tx.query(LAST)
                .bind("generation", generation)
                .mapTo(LogRow.class)
                .findOne()
                .map(LogRow::id)
                .orElse(null);
    }

    /** Where a log stands: its end, its last reset, and when it is over its text. */
    static Head head(Tx tx, UUID generation) {
        EventId end = null;
        EventId reset = null;
        for (LogRow row : tx.query(LANDMARKS)
                .bind("generation", generation)
                .mapTo(LogRow.class)
                .list()) {
            if (!row.isReset()) {
                end = row.id();
            } else if (reset == null) {
                reset = row.id();
            }
        }
        LogRow merged = end == null
                ? null
                : tx.query(MERGED)
                        .bind("generation", generation)
                        .mapTo(LogRow.class)
                        .findOne()
                        .orElse(null);
        return new Head(end, reset, merged);
    }

    private static final String LAST_PROGRESS = """
            SELECT data FROM generation_event
            WHERE generation = :generation AND event = 'progress'
            ORDER BY epoch DESC, seq DESC
            LIMIT :most""";

    /** The newest first. */
    static List<String> lastProgress(Tx tx, UUID generation, int most) {
        return tx.query(LAST_PROGRESS)
                .bind("generation", generation)
                .bind("most", most)
                .mapTo(String.class)
                .list();
    }

    private static final String NEWS = """
            SELECT asked.generation, e.epoch, e.seq, e.position, e.event, e.data
            FROM unnest(CAST(:generations AS uuid[]), CAST(:epochs AS bigint[]), CAST(:seqs AS bigint[]))
                 AS asked (generation, epoch, seq)
            CROSS JOIN LATERAL (
                SELECT epoch, seq, position, event, data
                FROM generation_event
                WHERE generation = asked.generation AND (epoch, seq) > (asked.epoch, asked.seq)
                ORDER BY epoch, seq
                LIMIT 200) e
            ORDER BY asked.generation, e.epoch, e.seq""";

    /** What happened in many logs since the events given, each log in order. */
    static Map<UUID, List<LogRow>> news(Tx tx, Map<UUID, EventId> since) {
        var answer = new HashMap<UUID, List<LogRow>>();
        Columns.of(List.copyOf(since.entrySet()))
                .uuids("generations", Map.Entry::getKey)
                .longs("epochs", one -> one.getValue().epoch())
                .longs("seqs", one -> one.getValue().seq())
                .bind(tx.query(NEWS))
                .mapTo(News.class)
                .forEach(news -> answer.computeIfAbsent(news.generation(), id -> new ArrayList<>())
                        .add(news.row()));
        return answer;
    }

    private static final String DELETE = """
            DELETE FROM generation_event
            WHERE generation = :generation""";

    static void delete(Tx tx, UUID generation) {
        tx.update(DELETE).bind("generation", generation).execute();
    }

    /** The text that is stored. */
    static Transcript transcript(Tx tx, UUID generation) {
        EventId reset = head(tx, generation).lastReset();
        EventId behind = reset == null ? null : new EventId(reset.epoch(), reset.seq() - 1, 0);
        return Transcript.of(page(tx, generation, behind, Integer.MAX_VALUE));
    }

    /**
     * How a log ends.
     *
     * @param rest what is not stored yet, the terminal event last among it
     */
    record LastRows(UUID generation, Transcript transcript, List<LogRow> rest) {}

    /**
     * Where a log stands.
     *
     * @param end the terminal event
     * @param merged of a log that is over the row with its text
     */
    record Head(
            @Nullable EventId end,
            @Nullable EventId lastReset,
            @Nullable LogRow merged) {
        boolean ended() {
            return end != null;
        }
    }

    private record News(UUID generation, long epoch, long seq, long position, String event, String data) {
        LogRow row() {
            return new LogRow(epoch, seq, position, event, data);
        }
    }
}
