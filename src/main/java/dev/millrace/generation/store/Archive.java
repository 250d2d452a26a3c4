package dev.millrace.generation.store;

import dev.millrace.credits.Receipt;
import dev.millrace.media.Asset;
import dev.millrace.media.Fault;
import dev.millrace.media.Media;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table {@code generation}. */
public final class Archive {
    /** Characters of an order that is remembered until it is made; of longer ones the table has the only copy. */
    private static final int MOST_REMEMBERED = 16 * 1024;

    private final Media media;
    private final String base;
    private final Newborns newborns = new Newborns();

    /** {@code base} is what links begin with; empty makes them relative to the server's own address. */
    public Archive(Media media, String base) {
        this.media = media;
        this.base = base;
    }

    private static final String INSERT = """
            INSERT INTO generation (id, account, kind, model, provider, prompt, messages, options, chat, inputs, metadata, sanitized,
                                    price, expected_micros, maximum_micros, quote, retry_of, size, job, once)
            SELECT id, account, kind, model, provider, prompt, CAST(messages AS jsonb), CAST(options AS jsonb), CAST(chat AS json),
                   CAST(inputs AS uuid[]), CAST(metadata AS jsonb), CAST(sanitized AS jsonb), CAST(price AS jsonb),
                   expected, maximum, quote, retry_of, size, job, CAST(once AS boolean)
            FROM unnest(CAST(:ids AS uuid[]), CAST(:accounts AS uuid[]), CAST(:kinds AS text[]), CAST(:models AS text[]),
                        CAST(:providers AS text[]), CAST(:prompts AS text[]), CAST(:messages AS text[]), CAST(:options AS text[]),
                        CAST(:chats AS text[]), CAST(:inputs AS text[]), CAST(:metadata AS text[]), CAST(:sanitized AS text[]),
                        CAST(:prices AS text[]), CAST(:expected AS bigint[]), CAST(:maximum AS bigint[]), CAST(:quotes AS text[]),
                        CAST(:retries AS uuid[]), CAST(:sizes AS text[]), CAST(:jobs AS uuid[]), CAST(:onces AS text[]))
                AS g (id, account, kind, model, provider, prompt, messages, options, chat, inputs, metadata, sanitized,
                      price, expected, maximum, quote, retry_of, size, job, once)
            RETURNING id, created_at""";

    /** New generations, as their owners see them, in this order. */
    public List<Generation> insert(Tx tx, List<Birth> all) {
        return Columns.portions(all.stream().map(Written::of).toList(), Written::length).stream()
                .flatMap(some -> insertSome(tx, some).stream())
                .toList();
    }

    private List<Generation> insertSome(Tx tx, List<Written> some) {
        Map<UUID, Instant> born = Columns.of(some)
                .uuids("ids", written -> written.birth().id())
                .uuids("accounts", written -> written.birth().account())
                .texts("kinds", written -> written.birth().wish().kind().code())
                .texts("models", written -> written.birth().wish().model())
                .texts("providers", written -> written.birth().wish().provider())
                .texts("prompts", written -> written.birth().wish().prompt())
                .texts("messages", written -> Json.write(written.birth().wish().messages()))
                .texts("options", written -> Json.write(written.birth().wish().options()))
                .texts("chats", Written::chat)
                .texts(
                        "inputs",
                        written -> written.birth().wish().inputs().stream()
                                .map(UUID::toString)
                                .collect(Collectors.joining(",", "{", "}")))
                .texts("metadata", written -> Json.write(written.birth().draft().metadata()))
                .texts(
                        "sanitized",
                        written -> Json.write(written.birth().draft().sanitized()))
                .texts("prices", written -> Json.write(written.birth().draft().price()))
                .longs("expected", written -> written.birth().draft().money().expectedMicros())
                .longs("maximum", written -> written.birth().draft().money().maximumMicros())
                .texts("quotes", written -> written.birth().draft().quote())
                .uuids("retries", written -> written.birth().draft().retryOf())
                .texts("sizes", written -> written.birth().draft().size())
                .uuids("jobs", written -> written.birth().job())
                .texts("onces", written -> String.valueOf(written.birth().wish().once()))
                .bind(tx.query(INSERT))
                .mapTo(Born.class)
                .stream()
                .collect(Collectors.toMap(Born::id, Born::createdAt));
        return some.stream()
                .map(written -> {
                    Birth birth = written.birth();
                    Instant createdAt = Objects.requireNonNull(born.get(birth.id()));
                    if (written.length() <= MOST_REMEMBERED) {
                        newborns.add(tx, birth.draft().order(birth.id(), birth.account(), createdAt));
                    }
                    return birth.draft().seen(birth.id(), createdAt, base);
                })
                .toList();
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
            SELECT g.id, g.kind, g.model, g.status, g.stage, g.prompt, g.options::text AS options, g.inputs, g.percent,
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

    private static final String SOME = SEEN + "WHERE g.id = ANY(:ids)";

    /** A generation as its owner sees it, whoever that is; null when it is gone. */
    public @Nullable Generation seen(Tx tx, UUID id) {
        return seen(tx, List.of(id)).get(id);
    }

    /** Generations as their owners see them; one that is gone is absent. */
    public Map<UUID, Generation> seen(Tx tx, List<UUID> ids) {
        List<GenerationRow> rows = tx.query(SOME)
                .bindArray("ids", UUID.class, ids)
                .mapTo(GenerationRow.class)
                .list();
        return seen(tx, rows).stream().collect(Collectors.toMap(Generation::id, Function.identity()));
    }

    private List<Generation> seen(Tx tx, Collection<GenerationRow> rows) {
        List<UUID> withAssets = rows.stream()
                .filter(GenerationRow::hasAssets)
                .map(GenerationRow::id)
                .toList();
        Map<UUID, List<Asset>> assets = withAssets.isEmpty() ? Map.of() : media.of(tx, withAssets);
        return rows.stream()
                .map(row -> row.seen(assets.getOrDefault(row.id(), List.of()), base))
                .toList();
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
        return seen(tx, Set.of(row)).getFirst();
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
        return seen(tx, rows);
    }

    private static final String ORDER = """
            SELECT id, account, kind, model, provider, prompt, messages::text AS messages, options::text AS options,
                   chat::text AS chat, inputs, once, price::text AS price, expected_micros, maximum_micros, size, status, stage, attempts, percent,
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

    private static final String BEGINS_WITH = """
            SELECT EXISTS (
                SELECT FROM generation
                WHERE account = :account AND finished_at IS NULL AND :asset = ANY(inputs))""";

    /** Whether something of this account that is not over begins with that picture. */
    public static boolean beginsWith(Tx tx, UUID account, UUID asset) {
        return tx.query(BEGINS_WITH)
                .bind("account", account)
                .bind("asset", asset)
                .mapTo(Boolean.class)
                .one();
    }

    private static final String STANDING = """
            SELECT status, job, started_at IS NOT NULL AS begun
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

    private static final String FINISH = """
            UPDATE generation g
            SET status = e.status, text = e.text, error = CAST(e.error AS jsonb), receipt = CAST(e.receipt AS jsonb),
                charged_micros = e.charged, stage = CASE WHEN e.status = 'completed' THEN 'finishing' ELSE g.stage END,
                percent = CASE WHEN e.status = 'completed' THEN 100 ELSE CAST(e.percent AS numeric) END,
                job = NULL, finished_at = now(),
                cost_micros = (SELECT coalesce(sum(c.cost_micros), 0) FROM provider_call c WHERE c.generation = e.id)
            FROM unnest(CAST(:ids AS uuid[]), CAST(:statuses AS text[]), CAST(:texts AS text[]), CAST(:errors AS text[]),
                        CAST(:receipts AS text[]), CAST(:charged AS bigint[]), CAST(:percents AS text[]))
                AS e (id, status, text, error, receipt, charged, percent)
            WHERE g.id = e.id AND g.finished_at IS NULL
            RETURNING g.id, g.cost_micros""";

    /** They are over; answers what all calls of each to providers cost, in this order. */
    public List<Long> finish(Tx tx, List<Finish> all) {
        return Columns.portions(all, Finish::length).stream()
                .flatMap(some -> finishSome(tx, some).stream())
                .toList();
    }

    private static List<Long> finishSome(Tx tx, List<Finish> all) {
        Map<UUID, Long> costs = Columns.of(all)
                .uuids("ids", Finish::id)
                .texts("statuses", one -> one.ending().status().code())
                .texts("texts", one -> one.ending().text())
                .texts(
                        "errors",
                        one -> one.ending().error() == null
                                ? null
                                : Json.write(one.ending().error()))
                .texts("receipts", one -> Json.write(Generation.Bill.of(one.receipt())))
                .longs("charged", one -> one.receipt().chargedMicros())
                .texts("percents", one -> one.ending().percent().toPlainString())
                .bind(tx.query(FINISH))
                .mapTo(Cost.class)
                .stream()
                .collect(Collectors.toMap(Cost::id, Cost::costMicros));
        return all.stream()
                .map(one -> Optional.ofNullable(costs.get(one.id()))
                        .orElseThrow(() -> new IllegalStateException("generation " + one.id() + " was over already")))
                .toList();
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

    /**
     * A generation that begins.
     *
     * @param job what makes it; null when it has to wait for its turn
     */
    public record Birth(
            UUID id, UUID account, Draft draft, @Nullable UUID job) {
        private Order.Wish wish() {
            return draft.wish();
        }
    }

    /** The same with its chat as the table has it: that may be long, and is written as text once. */
    private record Written(Birth birth, @Nullable String chat) {
        static Written of(Birth birth) {
            return new Written(
                    birth,
                    birth.wish().chat() == null ? null : Json.write(birth.wish().chat()));
        }

        int length() {
            return birth.wish().prompt().length()
                    + (chat == null ? 0 : chat.length())
                    + birth.wish().messages().stream()
                            .mapToInt(message -> message.content().length())
                            .sum();
        }
    }

    /** A generation that ends, and what was charged for it. */
    public record Finish(UUID id, Ending ending, Receipt receipt) {
        private int length() {
            String text = ending.text();
            return text == null ? 0 : text.length();
        }
    }

    private record Born(UUID id, Instant createdAt) {}

    private record Cost(UUID id, long costMicros) {}

    /** Which generations to list; null means any. */
    public record Filter(@Nullable String kind, @Nullable String status) {}

    /**
     * Where a generation stands.
     *
     * @param job absent while it waits for its turn, and when it is over
     * @param begun whether a provider was called for it
     */
    public record Place(String status, @Nullable UUID job, boolean begun) {
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
