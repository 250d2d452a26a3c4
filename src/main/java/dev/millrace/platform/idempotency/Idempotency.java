package dev.millrace.platform.idempotency;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Tx;
import java.security.MessageDigest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The answers that are kept. Callers take turns within an account before they look, so that two calls with one key meet here one
 * after the other.
 */
public final class Idempotency {
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
     * The answer to the call that was sent with this key before, nothing when there was none.
     *
     * @throws Problem IDEMPOTENCY_MISMATCH when that was another call
     */
    public static @Nullable Answer find(Tx tx, UUID account, IdempotencyKey key) {
        Row row = tx.query(FIND)
                .bind("account", account)
                .bind("key", key.text())
                .mapTo(Row.class)
                .findOne()
                .orElse(null);
        if (row == null) {
            return null;
        }
        if (!MessageDigest.isEqual(row.fingerprint(), key.fingerprint())) {
            throw Problem.of(
                    ProblemType.IDEMPOTENCY_MISMATCH,
                    "This Idempotency-Key was used for another request; use a new key for a new request.");
        }
        return new Answer(row.status(), row.location(), row.body());
    }

    /** Keeps the answer, in the transaction of the effect it tells. */
    public static void keep(Tx tx, UUID account, IdempotencyKey key, Answer answer) {
        tx.update(KEEP)
                .bind("account", account)
                .bind("key", key.text())
                .bind("fingerprint", key.fingerprint())
                .bind("status", answer.status())
                .bind("location", answer.location())
                .bind("body", answer.body())
                .execute();
    }

    /** Forgets what is older than a day, some of it; to be called every minute or so. */
    public static int sweep(Tx tx) {
        return tx.update(SWEEP).execute();
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
