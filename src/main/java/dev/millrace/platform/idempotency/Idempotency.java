package dev.millrace.platform.idempotency;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The answers that are kept. Of several calls with one key one goes on, and the others are told that it is under way. */
public final class Idempotency {
    private static final Duration SOON = Duration.ofSeconds(1);

    private static final String CLAIM = """
            SELECT pg_try_advisory_xact_lock(hashtextextended(CAST(:account AS text) || ' ' || :key, 11))""";

    private static final String FIND = """
            SELECT fingerprint, status, location, body
            FROM idempotency
            WHERE account = :account AND key = :key AND created_at > now() - interval '24 hours'""";

    private static final String KEEP = """
            INSERT INTO idempotency (account, key, fingerprint, status, location, body)
            VALUES (:account, :key, :fingerprint, :status, :location, :body)
            ON CONFLICT (account, key) DO UPDATE
            SET fingerprint = excluded.fingerprint, status = excluded.status, location = excluded.location,
                body = excluded.body, created_at = now()
            WHERE idempotency.created_at <= now() - interval '24 hours'""";

    private static final String SWEEP = """
            DELETE FROM idempotency
            WHERE (account, key) IN (
                SELECT account, key FROM idempotency
                WHERE created_at <= now() - interval '24 hours'
                LIMIT 1000)""";

    private Idempotency() {}

    /**
     * The answer to the call that was sent with this key before; nothing when there was none, and then the key is this
     * transaction's until it ends, on whichever node.
     *
     * @throws Problem IDEMPOTENCY_MISMATCH when that was another call, CONFLICT when one with this key has not ended
     */
    public static @Nullable Answer begin(Tx tx, UUID account, IdempotencyKey key) {
        boolean ours = tx.query(CLAIM)
                .bind("account", account)
                .bind("key", key.text())
                .mapTo(Boolean.class)
                .one();
        if (!ours) {
            throw underWay();
        }
        Row row = tx.query(FIND)
                .bind("account", account)
                .bind("key", key.text())
                .mapTo(Row.class)
                .findOne()
                .orElse(null);
        if (row == null) {
            return null;
        }
        key.requireSame(row.fingerprint());
        return new Answer(row.status(), row.location(), row.body());
    }

    /**
     * Keeps the answer, in the transaction of the effect it tells.
     *
     * @throws Problem CONFLICT when the key has an answer: whoever wrote it did not begin here, and two effects are one too many
     */
    public static void keep(Tx tx, UUID account, IdempotencyKey key, Answer answer) {
        int kept = tx.update(KEEP)
                .bind("account", account)
                .bind("key", key.text())
                .bind("fingerprint", key.fingerprint())
                .bind("status", answer.status())
                .bind("location", answer.location())
                .bind("body", answer.body())
                .execute();
        if (kept == 0) {
            throw underWay();
        }
    }

    /** Forgets what is older than a day, some of it; to be called every minute or so. */
    public static int sweep(Tx tx) {
        return tx.update(SWEEP).execute();
    }

    private static Problem underWay() {
        return Problem.of(ProblemType.CONFLICT, "A request with this Idempotency-Key is still under way.")
                .retryAfter(SOON);
    }

    /**
     * What was answered.
     *
     * @param location the address of what was made
     * @param body one line of JSON
     */
    public record Answer(int status, String location, String body) {}

    @SuppressWarnings("ArrayRecordComponent") // a row, read once
    private record Row(byte[] fingerprint, int status, String location, String body) {}
}
