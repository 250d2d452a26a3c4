package dev.millrace.accounts;

import dev.millrace.analytics.Analytics;
import dev.millrace.analytics.Fact;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Keys;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions, each a family of refresh tokens.
 *
 * <p>Using a token gives its child. Whoever uses the parent again gets the same child, as long as nobody used that: an answer may
 * have been lost, and fifty tabs may race. Once the child was used, a parent that comes back is held by somebody else as well, and
 * the family ends. Every change of a family happens under the lock of its session's row, so no child is born after the end.
 */
final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final int MOST_USES = 100;
    private static final int STRIPES = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration COME_BACK = Duration.ofSeconds(2);

    private final Db db;
    private final byte[] childKey;
    private final Consumer<UUID> ended;
    private final List<ReentrantLock> stripes =
            IntStream.range(0, STRIPES).mapToObj(stripe -> new ReentrantLock()).toList();

    /** {@code ended} is told of each session that ended, once that is durable. */
    Sessions(Db db, Keys keys, Consumer<UUID> ended) {
        this.db = db;
        this.childKey = keys.derive("refresh-tokens");
        this.ended = ended;
    }

    private static final String BEGIN = """
            INSERT INTO session (id, account, user_agent, address, expires_at)
            VALUES (:id, :account, :user_agent, :address, now() + interval '30 days')""";

    private static final String FIRST_TOKEN = """
            INSERT INTO refresh_token (id, session, hash, expires_at)
            VALUES (:id, :session, :hash, now() + interval '7 days')""";

    /** A new session and its first refresh token. */
    Begun begin(Tx tx, UUID account, Origin origin) {
        UUID session = Ids.next();
        var token = RefreshToken.random();
        tx.update(BEGIN)
                .bind("id", session)
                .bind("account", account)
                .bind("user_agent", origin.userAgent())
                .bind("address", origin.address())
                .execute();
        tx.update(FIRST_TOKEN)
                .bind("id", Ids.next())
                .bind("session", session)
                .bind("hash", token.hash().bytes())
                .execute();
        return new Begun(session, token);
    }

    /**
     * Uses a refresh token. The end of a family is committed although the answer is a refusal.
     *
     * <p>Callers with the same token wait for each other here and not in the database, where each would hold a connection.
     */
    Turned turn(String text, Origin origin) {
        RefreshToken token = RefreshToken.of(text);
        if (token == null) {
            throw unknown();
        }
        ReentrantLock stripe = stripes.get(Math.floorMod(token.hash().hashCode(), STRIPES));
        await(stripe);
        Turn turn;
        try {
            turn = db.transact(tx -> turn(tx, token, origin));
        } finally {
            stripe.unlock();
        }
        return switch (turn) {
            case Turned turned -> turned;
            case Refused refused -> throw refused.problem();
        };
    }

    private static final String LOCK = """
            SELECT id
            FROM session
            WHERE id = (SELECT session FROM refresh_token WHERE hash = :hash)
            FOR NO KEY UPDATE""";

    private static final String LOOK = """
            SELECT t.id, t.session, s.account, a.role, t.uses, t.expires_at <= now() OR s.expires_at <= now() AS expired,
                   s.ended_because, a.suspended_at IS NOT NULL AS suspended, coalesce(c.uses > 0, false) AS child_used
            FROM refresh_token t
            JOIN session s ON s.id = t.session
            JOIN account a ON a.id = s.account
            LEFT JOIN refresh_token c ON c.parent = t.id
            WHERE t.hash = :hash""";

    private Turn turn(Tx tx, RefreshToken token, Origin origin) {
        byte[] hash = token.hash().bytes();
        if (tx.query(LOCK).bind("hash", hash).mapTo(UUID.class).findOne().isEmpty()) {
            return new Refused(unknown());
        }
        // only now, under the lock: a statement sees what was committed when it began
        Held held = tx.query(LOOK).bind("hash", hash).mapTo(Held.class).one();
        if (held.endedBecause() != null) {
            return new Refused(held.endedBecause().equals(End.REFRESH_REUSED.row()) ? reused() : unknown());
        }
        if (held.childUsed() || held.uses() >= MOST_USES) {
            return reuse(tx, held);
        }
        if (held.expired()) {
            return new Refused(Problem.of(ProblemType.TOKEN_EXPIRED, "The refresh token has expired. Sign in again."));
        }
        if (held.suspended()) {
            return new Refused(Accounts.suspended());
        }
        return advance(tx, held, token.child(childKey), origin);
    }

    private static final String ADVANCE = """
            WITH parent AS (
                UPDATE refresh_token
                SET uses = uses + 1, used_at = coalesce(used_at, now())
                WHERE id = :parent
            ), seen AS (
                UPDATE session
                SET seen_at = now(), user_agent = :user_agent, address = :address
                WHERE id = :session
                RETURNING expires_at
            )
            INSERT INTO refresh_token (id, session, hash, parent, expires_at)
            SELECT :id, :session, :hash, :parent, least(now() + interval '7 days', expires_at) FROM seen
            ON CONFLICT (parent) WHERE parent IS NOT NULL DO NOTHING""";

    private static Turned advance(Tx tx, Held held, RefreshToken child, Origin origin) {
        tx.update(ADVANCE)
                .bind("parent", held.id())
                .bind("session", held.session())
                .bind("id", Ids.next())
                .bind("hash", child.hash().bytes())
                .bind("user_agent", origin.userAgent())
                .bind("address", origin.address())
                .execute();
        return new Turned(held.account(), held.session(), held.role(), child);
    }

    private Refused reuse(Tx tx, Held held) {
        end(tx, held.account(), held.session(), End.REFRESH_REUSED);
        Analytics.record(tx, new Fact.RefreshReused(held.account(), held.session()));
        LOG.warn(
                "a refresh token of session {} came back after its child was used: the session is over",
                held.session());
        return new Refused(reused());
    }

    private static final String END = """
            UPDATE session
            SET ended_at = clock_timestamp(), ended_because = :why
            WHERE id = :session AND account = :account AND ended_at IS NULL""";

    /** Ends a session of this account; false when there is none that lives. */
    boolean end(Tx tx, UUID account, UUID session, End why) {
        boolean found = tx.update(END)
                        .bind("session", session)
                        .bind("account", account)
                        .bind("why", why.row())
                        .execute()
                > 0;
        if (found) {
            tx.afterCommit(() -> ended.accept(session));
        }
        return found;
    }

    private static final String END_ALL = """
            UPDATE session
            SET ended_at = clock_timestamp(), ended_because = :why
            WHERE id IN (SELECT id FROM session WHERE account = :account AND ended_at IS NULL ORDER BY id FOR NO KEY UPDATE)
            RETURNING id""";

    /** Ends all sessions of this account. */
    void endAll(Tx tx, UUID account, End why) {
        List<UUID> all = tx.query(END_ALL)
                .bind("account", account)
                .bind("why", why.row())
                .mapTo(UUID.class)
                .list();
        tx.afterCommit(() -> all.forEach(ended));
    }

    private static final String PAGE = """
            SELECT id, user_agent, address, created_at, seen_at AS last_seen_at, expires_at, id = :current AS current
            FROM session
            WHERE account = :account AND ended_at IS NULL AND expires_at > now() AND seen_at > now() - interval '7 days'
                AND id < coalesce(CAST(:after AS uuid), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
            ORDER BY id DESC
            LIMIT :limit""";

    /** The sessions that live, newest first. */
    List<Session> page(Tx tx, UUID account, @Nullable UUID current, @Nullable UUID after, int limit) {
        return tx.query(PAGE)
                .bind("account", account)
                .bind("current", current == null ? new UUID(0, 0) : current)
                .bind("after", after)
                .bind("limit", limit)
                .mapTo(Session.class)
                .list();
    }

    private static final String KNOWN = """
            SELECT EXISTS (
                SELECT FROM session
                WHERE account = :account AND address = :address AND created_at > now() - interval '30 days'
                    AND ended_because IS DISTINCT FROM 'refresh_reused')""";

    /** Whether the owner of the account has signed in from this address lately. */
    boolean known(Tx tx, UUID account, String address) {
        return tx.query(KNOWN)
                .bind("account", account)
                .bind("address", address)
                .mapTo(Boolean.class)
                .one();
    }

    // Kept for a day after the end of all tokens, so that the last of them are still recognised.
    private static final String FORGET = """
            DELETE FROM session
            WHERE id IN (SELECT id FROM session WHERE expires_at < now() - interval '1 day' ORDER BY expires_at LIMIT 200)""";

    /** Forgets some sessions whose time was over long ago. */
    static void forget(Tx tx) {
        tx.update(FORGET).execute();
    }

    private static void await(ReentrantLock stripe) {
        try {
            if (stripe.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        throw Problem.of(ProblemType.UNAVAILABLE, "Too many use this refresh token at once. Try again soon.")
                .retryAfter(COME_BACK);
    }

    private static Problem unknown() {
        return Problem.of(ProblemType.INVALID_TOKEN, "The refresh token is not valid. Sign in again.");
    }

    private static Problem reused() {
        return Problem.of(
                ProblemType.REFRESH_REUSED,
                "The refresh token was used before, so somebody else may have it. The session is over; sign in again.");
    }

    /** Why a session ended. */
    enum End {
        SIGNED_OUT,
        REVOKED,
        SIGNED_OUT_EVERYWHERE,
        REFRESH_REUSED;

        String row() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Where a session was begun or last used. */
    record Origin(@Nullable String userAgent, String address) {}

    record Begun(UUID session, RefreshToken refresh) {}

    /** What came of using a token. */
    sealed interface Turn {}

    /** A token was used and this is its child. */
    record Turned(UUID account, UUID session, String role, RefreshToken refresh) implements Turn {}

    /** The token is not good; what had to be done about it is done. */
    record Refused(Problem problem) implements Turn {}

    private record Held(
            UUID id,
            UUID session,
            UUID account,
            String role,
            int uses,
            boolean expired,
            @Nullable String endedBecause,
            boolean suspended,
            boolean childUsed) {}

    /** A session as its owner sees it. */
    record Session(
            UUID id,
            @Nullable String userAgent,
            String address,
            Instant createdAt,
            Instant lastSeenAt,
            Instant expiresAt,
            boolean current) {}
}
