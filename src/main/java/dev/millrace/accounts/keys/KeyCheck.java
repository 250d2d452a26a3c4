package dev.millrace.accounts.keys;

import dev.millrace.accounts.keys.ApiKeys.Held;
import dev.millrace.platform.Keys;
import dev.millrace.platform.Recent;
import dev.millrace.platform.http.Role;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Scope;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells whose an API key is. A key that was seen is remembered for half a minute, and not longer than it lives by the database's
 * clock; when keys were used is written in one go by {@link #note}.
 */
public final class KeyCheck {
    private static final int REMEMBERED = 20_000;
    private static final long GOOD_NANOS = Duration.ofSeconds(30).toNanos();

    private final Db db;
    private final byte[] house;
    private final Recent<ByteBuffer, Known> known = new Recent<>(REMEMBERED);
    private final Set<UUID> used = ConcurrentHashMap.newKeySet();

    public KeyCheck(Db db, Keys keys) {
        this.db = db;
        this.house = keys.derive("api keys");
    }

    /** Whether a bearer's text is meant to be an API key. */
    public static boolean claims(String text) {
        return text.startsWith(KeyText.PREFIX);
    }

    /**
     * {@code /v1/api-keys}.
     *
     * @param ended is told of each key that was revoked on this node, once that is durable
     */
    public Routes routes(Cursors cursors, Consumer<UUID> ended) {
        return new KeyRoutes(db, new ApiKeys(ended), house, cursors);
    }

    /**
     * Whose the key is; revoked since or not.
     *
     * @throws Problem INVALID_TOKEN when there is none, or its time is over
     */
    public Holder holder(String text) {
        KeyText key = KeyText.read(text);
        if (key == null) {
            throw unknown();
        }
        byte[] hash = key.hash();
        ByteBuffer name = ByteBuffer.wrap(hash);
        Known there = known.get(name);
        long now = System.nanoTime();
        if (there == null || now - there.readAtNanos() > GOOD_NANOS || there.mayBeOver(now)) {
            there = look(hash, now);
            if (there == null) {
                throw unknown();
            }
            known.put(name, there);
        }
        if (there.over(now)) {
            throw Problem.of(ProblemType.TOKEN_EXPIRED, "The API key has expired. Make a new one.");
        }
        used.add(there.holder().key());
        return there.holder();
    }

    private @Nullable Known look(byte[] hash, long now) {
        Held held = db.read(tx -> ApiKeys.held(tx, hash));
        return held == null || !MessageDigest.isEqual(held.hash(), hash) ? null : Known.of(held, now);
    }

    /** Writes down which keys were used since the last time, and forgets old ones; to be called every few seconds. */
    public void note(Tx tx) {
        List<UUID> some = List.copyOf(used);
        if (!some.isEmpty()) {
            ApiKeys.used(tx, some);
            tx.afterCommit(() -> some.forEach(used::remove));
        }
        ApiKeys.forget(tx);
    }

    private static Problem unknown() {
        return Problem.of(ProblemType.INVALID_TOKEN, "The API key is not valid.");
    }

    /**
     * Whose a key is, and how often it may begin something.
     *
     * @param suspended whether its account was suspended when it was looked up
     */
    public record Holder(
            UUID key,
            UUID account,
            Role role,
            Set<Scope> scopes,
            @Nullable Long perMinute,
            @Nullable Long perDay,
            boolean suspended) {
        public Holder {
            scopes = Set.copyOf(scopes);
        }
    }

    private record Known(
            Holder holder, long readAtNanos, @Nullable Long leftMillis) {
        static Known of(Held held, long now) {
            var holder = new Holder(
                    held.key(),
                    held.account(),
                    Role.valueOf(held.role()),
                    EnumSet.copyOf(held.scopeList()),
                    held.perMinute(),
                    held.perDay(),
                    held.suspended());
            return new Known(holder, now, held.leftMillis());
        }

        /** By our clock its time is over; the database has the last word. */
        boolean mayBeOver(long now) {
            return leftMillis != null && leftMillis > 0 && over(now);
        }

        boolean over(long now) {
            return leftMillis != null && now - readAtNanos >= leftMillis * 1_000_000;
        }
    }
}
