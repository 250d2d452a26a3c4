package dev.millrace.platform.idempotency;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Told;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The answers that are kept. Of several calls with one key one goes on, and the others are told that it is under way. */
public final class Idempotency {
    private static final Duration SOON = Duration.ofSeconds(1);

    private static final String CLAIM = """
            SELECT pg_try_advisory_xact_lock(hashtextextended(account || ' ' || key, 11)) AS ours
            FROM unnest(CAST(:accounts AS text[]), CAST(:keys AS text[])) WITH ORDINALITY AS said (account, key, place)
            ORDER BY place""";

    private static final String FIND = """
            SELECT i.account, i.key, i.fingerprint, i.status, i.location, i.body
            FROM unnest(CAST(:accounts AS uuid[]), CAST(:keys AS text[])) AS said (account, key)
            JOIN idempotency i ON i.account = said.account AND i.key = said.key
            WHERE i.created_at > now() - interval '24 hours'""";

    private static final String KEEP = """
            INSERT INTO idempotency (account, key, fingerprint, status, location, body)
            SELECT account, key, decode(fingerprint, 'hex'), status, location, body
            FROM unnest(CAST(:accounts AS uuid[]), CAST(:keys AS text[]), CAST(:fingerprints AS text[]), CAST(:statuses AS integer[]),
                        CAST(:locations AS text[]), CAST(:bodies AS text[]))
                AS kept (account, key, fingerprint, status, location, body)
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
        return begin(tx, List.of(new Said(account, key)))
                .getFirst()
                .answerOrThrow()
                .orElse(null);
    }

    /**
     * The same for many, in this order. Of two with one new key the second is told that the first has not ended: both are under way.
     */
    public static List<Told<Optional<Answer>>> begin(Tx tx, List<Said> all) {
        List<Boolean> ours = said(all)
                .bind(tx.query(CLAIM))
                .bindArray(
                        "accounts",
                        String.class,
                        all.stream().map(said -> said.account().toString()).toList())
                .mapTo(Boolean.class)
                .list();
        Map<Place, Row> rows = said(all).uuids("accounts", Said::account).bind(tx.query(FIND)).mapTo(Row.class).stream()
                .collect(Collectors.toMap(Row::place, Function.identity(), (row, same) -> row));
        var claimed = new HashSet<Place>();
        var told = new ArrayList<Told<Optional<Answer>>>();
        for (int i = 0; i < all.size(); i++) {
            Said said = all.get(i);
            Row row = rows.get(said.place());
            boolean first = claimed.add(said.place());
            told.add(ours.get(i) && (first || row != null) ? before(said.key(), row) : new Told.Refusal<>(underWay()));
        }
        return told;
    }

    private static Columns<Said> said(List<Said> all) {
        return Columns.of(all).texts("keys", said -> said.key().text());
    }

    private static Told<Optional<Answer>> before(IdempotencyKey key, @Nullable Row row) {
        if (row == null) {
            return new Told.Answer<>(Optional.empty());
        }
        try {
            key.requireSame(row.fingerprint());
            return new Told.Answer<>(Optional.of(new Answer(row.status(), row.location(), row.body())));
        } catch (Problem mismatch) {
            return new Told.Refusal<>(mismatch);
        }
    }

    /**
     * Keeps the answer, in the transaction of the effect it tells.
     *
     * @throws Problem CONFLICT when the key has an answer: whoever wrote it did not begin here, and two effects are one too many
     */
    public static void keep(Tx tx, UUID account, IdempotencyKey key, Answer answer) {
        keep(tx, List.of(new Kept(new Said(account, key), answer)));
    }

    /** The same for many; it is refused when one of them has an answer. */
    public static void keep(Tx tx, List<Kept> all) {
        Columns.portions(all, kept -> kept.answer().body().length()).forEach(some -> keepSome(tx, some));
    }

    private static void keepSome(Tx tx, List<Kept> all) {
        int kept = Columns.of(all)
                .uuids("accounts", one -> one.said().account())
                .texts("keys", one -> one.said().key().text())
                .texts(
                        "fingerprints",
                        one -> HexFormat.of().formatHex(one.said().key().fingerprint()))
                .ints("statuses", one -> one.answer().status())
                .texts("locations", one -> one.answer().location())
                .texts("bodies", one -> one.answer().body())
                .bind(tx.update(KEEP))
                .execute();
        if (kept < all.size()) {
            throw underWay();
        }
    }

    /** Forgets what is older than a day, some of it; to be called every minute or so. */
    public static int sweep(Tx tx) {
        return tx.update(SWEEP).execute();
    }

    /** What is told to whoever says a key again while the first call with it has not ended. */
    public static Problem underWay() {
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

    /** A key, and whose it is. */
    public record Said(UUID account, IdempotencyKey key) {
        private Place place() {
            return new Place(account, key.text());
        }
    }

    /** What is answered to whoever says this key again. */
    public record Kept(Said said, Answer answer) {}

    private record Place(UUID account, String key) {}

    @SuppressWarnings("ArrayRecordComponent") // a row, read once
    private record Row(UUID account, String key, byte[] fingerprint, int status, String location, String body) {
        Place place() {
            return new Place(account, key);
        }
    }
}
