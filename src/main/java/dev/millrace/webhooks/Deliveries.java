package dev.millrace.webhooks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.Ids;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The tables of deliveries and their attempts. Times are the database's. */
final class Deliveries {
    /** Why nothing is sent to an endpoint that is disabled. */
    static final String DISABLED = "endpoint_disabled";

    /** So many attempts of one delivery are kept and shown. */
    private static final int SHOWN = 20;

    private static final int BATCH = 1_000;

    private static final String SEEN = """
            SELECT d.id, d.endpoint, d.message, d.type, d.subject, d.state, d.attempts, d.due_at, d.error, d.created_at, d.finished_at
            FROM webhook_delivery d
            JOIN webhook_endpoint e ON e.id = d.endpoint
            """;

    private static final String PAGE = SEEN + """
            WHERE e.account = :account AND d.endpoint = :endpoint
              AND d.id < coalesce(CAST(:after AS uuid), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
              AND (CAST(:state AS text) IS NULL OR d.state = :state)
            ORDER BY d.id DESC
            LIMIT :limit""";

    /** What was told and is to be told to an endpoint, newest first. */
    List<Delivery> page(Tx tx, UUID account, UUID endpoint, @Nullable String state, Place place) {
        return shown(
                tx,
                tx.query(PAGE)
                        .bind("account", account)
                        .bind("endpoint", endpoint)
                        .bind("after", place.after())
                        .bind("state", state)
                        .bind("limit", place.limit())
                        .mapTo(Row.class)
                        .list());
    }

    private static final String ONE = SEEN + """
            WHERE e.account = :account AND d.id = :id""";

    /** A delivery of this account; throws NOT_FOUND for others. */
    Delivery find(Tx tx, UUID account, UUID id) {
        List<Row> rows = tx.query(ONE)
                .bind("account", account)
                .bind("id", id)
                .mapTo(Row.class)
                .list();
        if (rows.isEmpty()) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is no delivery with this id.");
        }
        return shown(tx, rows).getFirst();
    }

    private static final String TRIES = """
            SELECT a.delivery, a.number, a.at, a.duration_millis, a.status, a.error, a.answer
            FROM webhook_attempt a
            JOIN webhook_delivery d ON d.id = a.delivery
            WHERE a.delivery = ANY(:deliveries) AND a.number > d.attempts - :most
            ORDER BY a.number DESC""";

    /** The rows with their attempts; one that was made since a row was read is not shown beside what the row said before it. */
    private static List<Delivery> shown(Tx tx, List<Row> rows) {
        Map<UUID, List<TryRow>> tries = tx
                .query(TRIES)
                .bindArray("deliveries", UUID.class, rows.stream().map(Row::id).toList())
                .bind("most", SHOWN)
                .mapTo(TryRow.class)
                .stream()
                .collect(Collectors.groupingBy(TryRow::delivery));
        return rows.stream()
                .map(row -> row.seen(tries.getOrDefault(row.id(), List.of()).stream()
                        .filter(made -> made.number() <= row.attempts())
                        .map(TryRow::seen)
                        .toList()))
                .toList();
    }

    private static final String AGAIN = """
            UPDATE webhook_delivery
            SET state = 'pending', step = 0, due_at = now(), finished_at = NULL
            WHERE id = :id""";

    /** Has it sent again at once, with the whole schedule before it. */
    void again(Tx tx, UUID id) {
        tx.update(AGAIN).bind("id", id).execute();
    }

    private static final String ALL_AGAIN = """
            WITH chosen AS (
                SELECT id FROM webhook_delivery
                WHERE endpoint = :endpoint AND state = 'failed' AND id >= :floor AND created_at >= :since
                ORDER BY id
                LIMIT :batch
                FOR NO KEY UPDATE SKIP LOCKED)
            UPDATE webhook_delivery d
            SET state = 'pending', step = 0, due_at = now(), finished_at = NULL
            FROM chosen
            WHERE d.id = chosen.id""";

    private static final String MORE = """
            SELECT EXISTS (
                SELECT FROM webhook_delivery
                WHERE endpoint = :endpoint AND state = 'failed' AND id >= :floor AND created_at >= :since)""";

    /** The same for the oldest of what failed since then, a batch of them. */
    Revived again(Tx tx, UUID endpoint, Instant since) {
        // ids were made a little before their rows: the floor is for the index, the time decides
        UUID floor = Ids.floor(since.minus(Duration.ofHours(1)));
        int count = tx.update(ALL_AGAIN)
                .bind("endpoint", endpoint)
                .bind("floor", floor)
                .bind("since", since)
                .bind("batch", BATCH)
                .execute();
        boolean more = tx.query(MORE)
                .bind("endpoint", endpoint)
                .bind("floor", floor)
                .bind("since", since)
                .mapTo(Boolean.class)
                .one();
        return new Revived(count, more);
    }

    private static final String DUE = """
            SELECT id, message, type, subject, CAST(data AS text) AS data, step, created_at
            FROM webhook_delivery
            WHERE endpoint = :endpoint AND state = 'pending' AND due_at <= now()
            ORDER BY due_at, id
            LIMIT :most""";

    /** What is to be sent now, the longest due first. */
    List<Due> due(Tx tx, UUID endpoint, int most) {
        return tx.query(DUE)
                .bind("endpoint", endpoint)
                .bind("most", most)
                .mapTo(DueRow.class)
                .map(DueRow::due)
                .list();
    }

    private static final String NEXT = """
            SELECT CAST(greatest(0, extract(epoch FROM min(greatest(d.due_at, e.rest_until)) - now()) * 1000) AS bigint) AS millis,
                   CAST(extract(epoch FROM min(greatest(d.due_at, e.rest_until))) * 1000 AS bigint) AS moment
            FROM webhook_delivery d
            JOIN webhook_endpoint e ON e.id = d.endpoint
            WHERE d.endpoint = :endpoint AND d.state = 'pending' AND e.disabled_at IS NULL
            HAVING count(*) > 0""";

    /** When there is something to send again; null for never. */
    @Nullable
    Next next(Tx tx, UUID endpoint) {
        return tx.query(NEXT)
                .bind("endpoint", endpoint)
                .mapTo(Next.class)
                .findOne()
                .orElse(null);
    }

    private static final String NOTE = """
            WITH told AS (
                UPDATE webhook_delivery
                SET attempts = attempts + 1, step = step + 1, error = :error,
                    state = CASE WHEN CAST(:error AS text) IS NULL THEN 'delivered' WHEN :wait >= 0 THEN 'pending' ELSE 'failed' END,
                    due_at = CASE WHEN :wait >= 0 AND CAST(:error AS text) IS NOT NULL THEN now() + make_interval(secs => :wait) END,
                    finished_at = CASE WHEN CAST(:error AS text) IS NULL OR :wait < 0 THEN now() END
                WHERE id = :id
                RETURNING id, attempts),
            forgotten AS (
                DELETE FROM webhook_attempt a
                USING told
                WHERE a.delivery = told.id AND a.number <= told.attempts - :most)
            INSERT INTO webhook_attempt (delivery, number, at, duration_millis, status, error, answer)
            SELECT id, attempts, now() - make_interval(secs => :millis / 1000.0), :millis, :status, :error, :answer
            FROM told""";

    /**
     * Writes down what came of an attempt; does nothing for a delivery that was deleted meanwhile.
     *
     * @param wait until the next attempt after this one failed; null when it was the last
     */
    void note(Tx tx, UUID id, Result result, @Nullable Duration wait) {
        tx.update(NOTE)
                .bind("id", id)
                .bind("error", result.error())
                .bind("wait", wait == null ? -1.0 : wait.toMillis() / 1e3)
                .bind("millis", (int) Math.min(Integer.MAX_VALUE, result.took().toMillis()))
                .bind("status", result.status())
                .bind("answer", result.answer())
                .bind("most", SHOWN)
                .execute();
    }

    private static final String END = """
            UPDATE webhook_delivery
            SET state = 'failed', error = :error, due_at = NULL, finished_at = now()
            WHERE id = :id AND state = 'pending'""";

    /** It will not be sent. */
    void end(Tx tx, UUID id, String error) {
        tx.update(END).bind("id", id).bind("error", error).execute();
    }

    private static final String END_ALL = """
            UPDATE webhook_delivery
            SET state = 'failed', error = :error, due_at = NULL, finished_at = now()
            WHERE endpoint = :endpoint AND state = 'pending'""";

    /** Nothing of what waits for an endpoint will be sent. */
    int endAll(Tx tx, UUID endpoint, String error) {
        return tx.update(END_ALL)
                .bind("endpoint", endpoint)
                .bind("error", error)
                .execute();
    }

    private static final String FORGET = """
            DELETE FROM webhook_delivery
            WHERE id IN (
                SELECT id FROM webhook_delivery
                WHERE created_at < now() - interval '30 days' AND state <> 'pending'
                ORDER BY created_at
                LIMIT :batch)""";

    /** Forgets what was told a month ago, a batch of it; answers whether there may be more. */
    boolean forget(Tx tx) {
        return tx.update(FORGET).bind("batch", BATCH).execute() == BATCH;
    }

    /** Where a page begins and how long it is. */
    record Place(@Nullable UUID after, int limit) {}

    /** How many are sent again, and whether there are more that could be. */
    record Revived(int count, boolean more) {}

    /**
     * Something to be sent now.
     *
     * @param data what is told, or null when it is read from the subject
     * @param step attempts before this one
     */
    record Due(
            UUID id,
            UUID message,
            String type,
            UUID subject,
            @Nullable JsonNode data,
            int step,
            Instant createdAt) {}

    /**
     * When an endpoint is due again.
     *
     * @param millis from now
     * @param moment milliseconds since 1970
     */
    record Next(long millis, long moment) {}

    private record DueRow(
            UUID id,
            UUID message,
            String type,
            UUID subject,
            @Nullable String data,
            int step,
            Instant createdAt) {
        Due due() {
            return new Due(
                    id, message, type, subject, data == null ? null : Json.read(data, JsonNode.class), step, createdAt);
        }
    }

    private record TryRow(
            UUID delivery,
            int number,
            Instant at,
            int durationMillis,
            @Nullable Integer status,
            @Nullable String error,
            String answer) {
        Delivery.Try seen() {
            return new Delivery.Try(number, at, durationMillis, status, error, answer);
        }
    }

    private record Row(
            UUID id,
            UUID endpoint,
            UUID message,
            String type,
            UUID subject,
            String state,
            int attempts,
            @Nullable Instant dueAt,
            @Nullable String error,
            Instant createdAt,
            @Nullable Instant finishedAt) {
        Delivery seen(List<Delivery.Try> shown) {
            return new Delivery(
                    id, endpoint, message, type, subject, state, shown, dueAt, error, createdAt, finishedAt);
        }
    }
}
