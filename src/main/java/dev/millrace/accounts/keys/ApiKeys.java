package dev.millrace.accounts.keys;

import dev.millrace.platform.Micros;
import dev.millrace.platform.http.Scope;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Tx;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The table of API keys. */
final class ApiKeys {
    /** So many of one account may live at a time. */
    static final int MOST = 100;

    private final Consumer<UUID> ended;

    /** {@code ended} is told of each key that was revoked here, once that is durable. */
    ApiKeys(Consumer<UUID> ended) {
        this.ended = ended;
    }

    private static final String LOCK = """
            SELECT id
            FROM account
            WHERE id = :account
            FOR NO KEY UPDATE""";

    private static final String COUNT = """
            SELECT count(*)
            FROM api_key
            WHERE account = :account AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())""";

    private static final String ADD = """
            INSERT INTO api_key (id, account, name, hash, hint, scopes, per_minute, per_day, cap_day_micros, expires_at)
            SELECT :id, :account, :name, :hash, :hint, string_to_array(:scopes, ','), :perMinute, :perDay, :capDayMicros,
                   CAST(:expiresAt AS timestamptz)
            WHERE CAST(:expiresAt AS timestamptz) IS NULL OR CAST(:expiresAt AS timestamptz) > now()""";

    /** Adds a key; refuses an end that is not to come, and more keys than an account may have. */
    void add(Tx tx, UUID id, UUID account, Wanted wanted, KeyText text) {
        if (tx.query(LOCK).bind("account", account).mapTo(UUID.class).findOne().isEmpty()) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is no such account any more.");
        }
        if (tx.query(COUNT).bind("account", account).mapTo(Integer.class).one() >= MOST) {
            throw Problem.of(
                    ProblemType.CONFLICT, "There are " + MOST + " keys already. Revoke one that is not needed.");
        }
        int added = tx.update(ADD)
                .bind("id", id)
                .bind("account", account)
                .bind("name", wanted.name())
                .bind("hash", text.hash())
                .bind("hint", text.hint())
                .bind(
                        "scopes",
                        String.join(
                                ",", wanted.scopes().stream().map(Scope::code).toList()))
                .bind("perMinute", wanted.perMinute())
                .bind("perDay", wanted.perDay())
                .bind("capDayMicros", wanted.capDayMicros())
                .bind("expiresAt", wanted.expiresAt())
                .execute();
        if (added == 0) {
            throw Problem.of(ProblemType.INVALID_REQUEST, "/expires_at must be a time to come.")
                    .at("/expires_at", "out_of_range", "must be a time to come");
        }
    }

    private static final String PAGE = """
            SELECT id, name, hint, array_to_string(scopes, ',') AS scopes, cap_day_micros, per_minute, per_day, created_at,
                   expires_at, last_used_at
            FROM api_key
            WHERE account = :account AND revoked_at IS NULL
                AND id < coalesce(CAST(:after AS uuid), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
            ORDER BY id DESC
            LIMIT :limit""";

    /** The keys that were not revoked, newest first; those whose time is over are among them. */
    List<ApiKey> page(Tx tx, UUID account, @Nullable UUID after, int limit) {
        return tx.query(PAGE)
                .bind("account", account)
                .bind("after", after)
                .bind("limit", limit)
                .mapTo(Row.class)
                .map(Row::seen)
                .list();
    }

    private static final String FIND = """
            SELECT id, name, hint, array_to_string(scopes, ',') AS scopes, cap_day_micros, per_minute, per_day, created_at,
                   expires_at, last_used_at
            FROM api_key
            WHERE account = :account AND id = :id AND revoked_at IS NULL""";

    ApiKey find(Tx tx, UUID account, UUID id) {
        return tx.query(FIND)
                .bind("account", account)
                .bind("id", id)
                .mapTo(Row.class)
                .findOne()
                .map(Row::seen)
                .orElseThrow(ApiKeys::nothing);
    }

    private static final String REVOKE = """
            UPDATE api_key
            SET revoked_at = clock_timestamp()
            WHERE account = :account AND id = :id AND revoked_at IS NULL""";

    void revoke(Tx tx, UUID account, UUID id) {
        if (tx.update(REVOKE).bind("account", account).bind("id", id).execute() == 0) {
            throw nothing();
        }
        tx.afterCommit(() -> ended.accept(id));
    }

    private static final String HOLDER = """
            SELECT k.id AS key, k.account, upper(a.role) AS role, array_to_string(k.scopes, ',') AS scopes, k.hash,
                   k.per_minute, k.per_day, a.suspended_at IS NOT NULL AS suspended,
                   CAST(ceil(extract(epoch FROM k.expires_at - now()) * 1000) AS bigint) AS left_millis
            FROM api_key k
            JOIN account a ON a.id = k.account
            WHERE k.hash = :hash AND k.revoked_at IS NULL""";

    /** Whose a key is, whether or not its time is over. */
    static @Nullable Held held(Tx tx, byte[] hash) {
        return tx.query(HOLDER).bind("hash", hash).mapTo(Held.class).findOne().orElse(null);
    }

    private static final String USED = """
            UPDATE api_key
            SET last_used_at = now()
            WHERE id = ANY(:keys)""";

    static void used(Tx tx, Collection<UUID> keys) {
        tx.update(USED).bindArray("keys", UUID.class, keys).execute();
    }

    // Kept until nothing that was paid with it is still counted.
    private static final String FORGET = """
            DELETE FROM api_key
            WHERE id IN (SELECT id FROM api_key WHERE revoked_at < now() - interval '40 days' ORDER BY revoked_at LIMIT 200)""";

    /** Forgets some keys that were revoked long ago. */
    static void forget(Tx tx) {
        tx.update(FORGET).execute();
    }

    private static Problem nothing() {
        return Problem.of(ProblemType.NOT_FOUND, "There is no API key with this id.");
    }

    private static List<Scope> scopes(String joined) {
        return Arrays.stream(joined.split(",", -1))
                .map(code -> Scope.valueOf(code.toUpperCase(Locale.ROOT)))
                .toList();
    }

    /** What a new key is to be. */
    record Wanted(
            String name,
            List<Scope> scopes,
            @Nullable Instant expiresAt,
            @Nullable Long capDayMicros,
            @Nullable Long perMinute,
            @Nullable Long perDay) {}

    /** @param leftMillis until it expires; null for never */
    @SuppressWarnings("ArrayRecordComponent") // a row, read once
    record Held(
            UUID key,
            UUID account,
            String role,
            String scopes,
            byte[] hash,
            @Nullable Long perMinute,
            @Nullable Long perDay,
            boolean suspended,
            @Nullable Long leftMillis) {
        List<Scope> scopeList() {
            return ApiKeys.scopes(scopes);
        }
    }

    private record Row(
            UUID id,
            String name,
            String hint,
            String scopes,
            @Nullable Long capDayMicros,
            @Nullable Long perMinute,
            @Nullable Long perDay,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable Instant lastUsedAt) {
        ApiKey seen() {
            return new ApiKey(
                    id,
                    name,
                    hint,
                    ApiKeys.scopes(scopes),
                    capDayMicros == null ? null : Micros.credits(capDayMicros),
                    perMinute,
                    perDay,
                    createdAt,
                    expiresAt,
                    lastUsedAt);
        }
    }
}
