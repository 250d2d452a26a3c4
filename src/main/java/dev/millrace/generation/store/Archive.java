package dev.millrace.generation.store;

import dev.millrace.credits.Receipt;
import dev.millrace.media.Asset;
import dev.millrace.media.Fault;
import dev.millrace.media.Media;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code generation}. */
public final class Archive {
    private final Media media;
    private final String base;
    private final Newborns newborns = new Newborns();

    /** {@code base} is what links begin with; empty makes them relative to the server's own address. */
    public Archive(Media media, String base) {
        this.media = media;
        this.base = base;
    }

    private static final String INSERT = """
            INSERT INTO generation (id, account, kind, model, provider, prompt, messages, options, chat, metadata, sanitized,
                                    price, expected_micros, maximum_micros, quote, retry_of, size, job)
            VALUES (:id, :account, :kind, :model, :provider, :prompt, CAST(:messages AS jsonb), CAST(:options AS jsonb),
                    CAST(:chat AS json), CAST(:metadata AS jsonb), CAST(:sanitized AS jsonb), CAST(:price AS jsonb),
                    :expected, :maximum, :quote, :retryOf, :size, :job)
            RETURNING created_at""";

    /**
     * A new generation, as its owner sees it.
     *
     * @param job what makes it; null when it has to wait for its turn
     */
    public Generation insert(Tx tx, UUID id, UUID account, Draft draft, @Nullable UUID job) {
        Order.Wish wish = draft.wish();
        Instant createdAt = tx.query(INSERT)
                .bind("id", id)
                .bind("account", account)
                .bind("kind", wish.kind().code())
                .bind("model", wish.model())
                .bind("provider", wish.provider())
                .bind("prompt", wish.prompt())
                .bind("messages", Json.write(wish.messages()))
                .bind("options", Json.write(wish.options()))
                .bind("chat", wish.chat() == null ? null : Json.write(wish.chat()))
                .bind("metadata", Json.write(draft.metadata()))
                .bind("sanitized", Json.write(draft.sanitized()))
                .bind("price", Json.write(draft.price()))
                .bind("expected", draft.money().expectedMicros())
                .bind("maximum", draft.money().maximumMicros())
                .bind("quote", draft.quote())
                .bind("retryOf", draft.retryOf())
                .bind("size", draft.size())
                .bind("job", job)
                .mapTo(Instant.class)
                .one();
        newborns.add(tx, draft.order(id, account, createdAt));
        return draft.seen(id, createdAt, base);
    }

    private static final String ENQUEUED = """
            UPDATE generation
            SET job = :job
            WHERE id = :id""";

    /** It need not wait for its turn any more: this job makes it. */
    public void enqueued(Tx tx, UUID id, UUID job) {
        tx.update(ENQUEUED).bind("id", id).bind("job", job).execute();
    }

    private static final String SEEN = """
            SELECT g.id, g.kind, g.model, g.status, g.stage, g.prompt, g.options::text AS options, g.percent,
                   g.expected_micros, g.attempts, g.text,
                   g.error::text AS error, g.receipt::text AS receipt, g.charged_micros, g.quote, g.retry_of,
                   g.sanitized::text AS sanitized, g.metadata::text AS metadata, g.created_at, g.started_at, g.finished_at,
                   CASE WHEN g.started_at IS NOT NULL AND g.finished_at IS NULL THEN (
                       SELECT e.data FROM generation_event e
                       WHERE e.generation = g.id AND e.event = 'progress'
                       ORDER BY e.epoch DESC, e.seq DESC
                       LIMIT 1) END AS progress
            FROM generation g
            """;

    private static final String ONE = SEEN + "WHERE g.id = :id";

    /** A generation as its owner sees it, whoever that is; null when it is gone. */
    public @Nullable Generation seen(Tx tx, UUID id) {
        return tx.query(ONE)
                .bind("id", id)
                .mapTo(GenerationRow.class)
                .findOne()
                .map(row -> row.seen(assets(tx, row), base))
                .orElse(null);
    }

    private static final String OWNED = SEEN + "WHERE g.id = :id AND g.account = :account";

    /** A generation of this account; throws NOT_FOUND for others. */
    public Generation find(Tx tx, UUID account, UUID id) {
        GenerationRow row = tx.query(OWNED)
                .bind("id", id)
                .bind("account", account)
                .mapTo(GenerationRow.class)
                .findOne()
                .orElseThrow(Archive::notFound);
        return row.seen(assets(tx, row), base);
    }

    private List<Asset> assets(Tx tx, GenerationRow row) {
        return row.hasAssets() ? media.of(tx, row.id()) : List.of();
    }

    private static final String RETRIED = """
            SELECT id FROM generation
            WHERE retry_of = :id AND status NOT IN ('failed', 'canceled')
            ORDER BY id DESC
            LIMIT 1""";

    /** The attempt to make this one again that is under way or was completed; null when there is none. */
    public @Nullable Generation retried(Tx tx, UUID id) {
        UUID again =
                tx.query(RETRIED).bind("id", id).mapTo(UUID.class).findOne().orElse(null);
        return again == null ? null : seen(tx, again);
    }

    private static final String LIST = SEEN + """
            WHERE g.account = :account
              AND (CAST(:kind AS text) IS NULL OR g.kind = :kind)
              AND (CAST(:status AS text) IS NULL OR g.status = :status)
              AND (CAST(:before AS uuid) IS NULL OR g.id < CAST(:before AS uuid))
            ORDER BY g.id DESC
            LIMIT :most""";

    /** The account's generations, newest first, those behind {@code before}. */
    public List<Generation> list(Tx tx, UUID account, Filter filter, @Nullable UUID before, int most) {
        List<GenerationRow> rows = tx.query(LIST)
                .bind("account", account)
                .bind("kind", filter.kind())
                .bind("status", filter.status())
                .bind("before", before)
                .bind("most", most)
                .mapTo(GenerationRow.class)
                .list();
        Map<UUID, List<Asset>> assets = media.of(
                tx,
                rows.stream()
                        .filter(GenerationRow::hasAssets)
                        .map(GenerationRow::id)
                        .toList());
        return rows.stream()
                .map(row -> row.seen(assets.getOrDefault(row.id(), List.of()), base))
                .toList();
    }

    private static final String ORDER = """
            SELECT id, account, kind, model, provider, prompt, messages::text AS messages, options::text AS options,
                   chat::text AS chat, price::text AS price, expected_micros, maximum_micros, size, status, stage, attempts, percent,
                   started_at, created_at
            FROM generation
            WHERE id = :id""";

    /** What is to be made; null when it is gone. */
    public @Nullable Order order(Tx tx, UUID id) {
        return tx.query(ORDER)
                .bind("id", id)
                .mapTo(Order.Row.class)
                .findOne()
                .map(Order.Row::order)
                .orElse(null);
    }

    /** The same as it was when it was inserted on this node; answered once at most, and null when it has to be read. */
    public @Nullable Order newborn(UUID id) {
        return newborns.take(id);
    }

    private static final String STANDING = """
            SELECT status, job
            FROM generation
            WHERE id = :id AND account = :account""";

    /** Where a generation of this account stands; throws NOT_FOUND for others. */
    public Place place(Tx tx, UUID account, UUID id) {
        return tx.query(STANDING)
                .bind("id", id)
                .bind("account", account)
                .mapTo(Place.class)
                .findOne()
                .orElseThrow(Archive::notFound);
    }

    private static final String ATTEMPT = """
            UPDATE generation
            SET status = 'running', stage = 'starting', epoch = :epoch, attempts = :attempt,
                started_at = coalesce(started_at, now())
            WHERE id = :id""";

    /** Somebody begins an attempt; from now on events of older epochs are not stored. */
    public void attempt(Tx tx, UUID id, long epoch, int attempt) {
        tx.update(ATTEMPT)
                .bind("id", id)
                .bind("epoch", epoch)
                .bind("attempt", attempt)
                .execute();
    }

    private static final String STAGE = """
            UPDATE generation
            SET status = :status, stage = :stage, epoch = :epoch, percent = :percent
            WHERE id = :id""";

    /** It has come to another stage. */
    public void stage(Tx tx, UUID id, long epoch, Status status, Stage stage, BigDecimal percent) {
        tx.update(STAGE)
                .bind("id", id)
                .bind("epoch", epoch)
                .bind("status", status.code())
                .bind("stage", stage.code())
                .bind("percent", percent)
                .execute();
    }

    private static final String FINISH = """
            UPDATE generation
            SET status = :status, text = :text, error = CAST(:error AS jsonb), receipt = CAST(:receipt AS jsonb),
                charged_micros = :charged, stage = CASE WHEN :status = 'completed' THEN 'finishing' ELSE stage END,
                percent = CASE WHEN :status = 'completed' THEN 100 ELSE :percent END,
                job = NULL, finished_at = now()
            WHERE id = :id AND finished_at IS NULL""";

    /** It is over. */
    public void finish(Tx tx, UUID id, Ending ending, Receipt receipt) {
        int rows = tx.update(FINISH)
                .bind("id", id)
                .bind("status", ending.status().code())
                .bind("text", ending.text())
                .bind("error", ending.error() == null ? null : Json.write(ending.error()))
                .bind("receipt", Json.write(Generation.Bill.of(receipt)))
                .bind("charged", receipt.chargedMicros())
                .bind("percent", ending.percent())
                .execute();
        if (rows != 1) {
            throw new IllegalStateException("generation " + id + " was over already");
        }
    }

    private static final String EPOCH = """
            UPDATE generation
            SET epoch = :epoch
            WHERE id = :id""";

    /** Events of epochs before this one are not stored any more. */
    public void epoch(Tx tx, UUID id, long epoch) {
        tx.update(EPOCH).bind("id", id).bind("epoch", epoch).execute();
    }

    private static final String DELETE = """
            DELETE FROM generation
            WHERE id = :id""";

    public void delete(Tx tx, UUID id) {
        tx.update(DELETE).bind("id", id).execute();
    }

    public static Problem notFound() {
        return Problem.of(ProblemType.NOT_FOUND, "There is no generation with this id.");
    }

    /** Which generations to list; null means any. */
    public record Filter(@Nullable String kind, @Nullable String status) {}

    /**
     * Where a generation stands.
     *
     * @param job absent while it waits for its turn, and when it is over
     */
    public record Place(String status, @Nullable UUID job) {
        public boolean over() {
            Status known = Status.of(status);
            return known != null && known.terminal();
        }
    }

    /**
     * How a generation ends.
     *
     * @param percent how far it was, for those that were not completed
     */
    public record Ending(
            Status status, @Nullable String text, @Nullable Fault error, BigDecimal percent) {}
}
