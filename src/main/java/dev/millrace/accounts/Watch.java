package dev.millrace.accounts;

import dev.millrace.accounts.keys.KeyCheck;
import dev.millrace.platform.http.Role;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Line;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which sessions and API keys ended and which accounts changed their standing within the life of a token, on whatever node it happened.
 *
 * <p>It asks Postgres on a connection of its own, a few times a second. What it knows is good for a second: when the last answer
 * is older, because Postgres or this machine is in trouble, each caller is looked up instead, and refused if that cannot be done.
 * So nothing that was ended comes to life again because something else is down.
 */
final class Watch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
    private static final Duration BEAT = Duration.ofMillis(350);
    private static final long GOOD_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long CHORES_NANOS = Duration.ofSeconds(10).toNanos();

    /** Longer than any token, or the cookie of a ticket, lives; what ended before needs no remembering. */
    private static final Duration MEMORY =
            Tokens.LIFE.plus(Tokens.LEEWAY).plus(Tickets.COOKIE_LIFE).plusMinutes(5);

    /** Longer than a transaction may stay open: what was stamped before we asked may become visible after. */
    private static final Duration OVERLAP = Duration.ofMinutes(1);

    private final Db db;
    private final Line line;
    private final Consumer<Tx> chores;
    private final Map<UUID, Long> ended = new ConcurrentHashMap<>();
    private final Map<UUID, Changed> changed = new ConcurrentHashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private volatile long askedNanos;
    private long choresNanos;
    private @Nullable Instant toldUntil;
    private boolean away;

    private Watch(Db db, Consumer<Tx> chores) {
        this.db = db;
        this.line = db.line("millrace accounts");
        this.chores = chores;
        this.askedNanos = System.nanoTime() - GOOD_NANOS;
        this.choresNanos = System.nanoTime();
        this.thread = Thread.ofPlatform().daemon().name("accounts-watch").unstarted(this::watch);
    }

    /** Begins to watch; {@code chores} are done now and then on the same connection. */
    static Watch start(Db db, Consumer<Tx> chores) {
        var watch = new Watch(db, chores);
        watch.thread.start();
        return watch;
    }

    /** A session or an API key ended on this node: nobody need tell us. */
    void ended(UUID pass) {
        ended.put(pass, System.nanoTime());
    }

    /** How whoever has this token stands now. */
    Standing standing(Claims claims) {
        return fresh()
                ? remembered(claims.account(), claims.session(), claims.role())
                : looked(LOOK, claims.session(), claims.role());
    }

    /** How whoever has this API key stands now. */
    Standing standing(KeyCheck.Holder holder) {
        return fresh()
                ? remembered(holder.account(), holder.key(), holder.role())
                : looked(LOOK_AT_KEY, holder.key(), holder.role());
    }

    /** The same from memory alone, which may be a moment behind. */
    Standing remembered(UUID account, UUID pass, Role role) {
        Changed change = changed.get(account);
        return new Standing(
                ended.containsKey(pass), change != null && change.suspended(), change == null ? role : change.role());
    }

    private static final String LOOK = """
            SELECT s.ended_at IS NOT NULL AS ended, a.suspended_at IS NOT NULL AS suspended, upper(a.role) AS role
            FROM session s
            JOIN account a ON a.id = s.account
            WHERE s.id = :pass""";

    private static final String LOOK_AT_KEY = """
            SELECT k.revoked_at IS NOT NULL OR coalesce(k.expires_at <= now(), false) AS ended,
                   a.suspended_at IS NOT NULL AS suspended, upper(a.role) AS role
            FROM api_key k
            JOIN account a ON a.id = k.account
            WHERE k.id = :pass""";

    private Standing looked(String query, UUID pass, Role role) {
        return db.read(tx -> tx.query(query)
                .bind("pass", pass)
                .mapTo(Standing.class)
                .findOne()
                .orElse(new Standing(true, false, role)));
    }

    private boolean fresh() {
        return System.nanoTime() - askedNanos <= GOOD_NANOS;
    }

    @Override
    public void close() {
        stop.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(2));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        line.close();
    }

    private void watch() {
        try {
            do {
                look();
            } while (!stop.await(BEAT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            long asking = System.nanoTime();
            line.run(this::news);
            askedNanos = asking;
            if (asking - choresNanos > CHORES_NANOS) {
                choresNanos = asking;
                forget(asking - MEMORY.toNanos());
                line.run(chores);
            }
            away = false;
        } catch (RuntimeException failure) {
            // whoever calls is looked up one by one until this works again
            if (!away) {
                LOG.warn("cannot ask which sessions ended: {}", failure.getMessage());
            }
            away = true;
        }
    }

    private static final String NEWS = """
            SELECT 'now' AS what, CAST(NULL AS uuid) AS id, CAST(NULL AS text) AS role, false AS suspended, now() AS at
            UNION ALL
            SELECT 'session', id, NULL, false, ended_at
            FROM session
            WHERE ended_at > coalesce(CAST(:since AS timestamptz), now() - CAST(:memory AS interval))
            UNION ALL
            SELECT 'session', id, NULL, false, revoked_at
            FROM api_key
            WHERE revoked_at > coalesce(CAST(:since AS timestamptz), now() - CAST(:memory AS interval))
            UNION ALL
            SELECT 'session', id, NULL, false, expires_at
            FROM api_key
            WHERE expires_at > coalesce(CAST(:since AS timestamptz), now() - CAST(:memory AS interval)) AND expires_at <= now()
            UNION ALL
            SELECT 'account', id, upper(role), suspended_at IS NOT NULL, standing_changed_at
            FROM account
            WHERE standing_changed_at > coalesce(CAST(:since AS timestamptz), now() - CAST(:memory AS interval))""";

    private void news(Tx tx) {
        Instant until = toldUntil;
        List<News> all = tx.query(NEWS)
                .bind("since", until == null ? null : until.minus(OVERLAP))
                .bind("memory", MEMORY.toSeconds() + " seconds")
                .mapTo(News.class)
                .list();
        long now = System.nanoTime();
        for (News news : all) {
            UUID id = news.id();
            if (id == null) {
                toldUntil = news.at();
            } else if (news.what().equals("session")) {
                ended.putIfAbsent(id, now);
            } else {
                changed.put(id, new Changed(Role.valueOf(String.valueOf(news.role())), news.suspended(), now));
            }
        }
    }

    private void forget(long before) {
        ended.values().removeIf(since -> since - before < 0);
        changed.values().removeIf(change -> change.sinceNanos() - before < 0);
    }

    /** How an account and a session of it stand. */
    record Standing(boolean ended, boolean suspended, Role role) {}

    private record Changed(Role role, boolean suspended, long sinceNanos) {}

    private record News(
            String what, @Nullable UUID id, @Nullable String role, boolean suspended, Instant at) {}
}
