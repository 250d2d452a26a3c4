package dev.millrace.generation.provider.catalogue;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of the table {@code model}, read again when the copy is three seconds old.
 *
 * <p>Reading opens a transaction of its own: ask before you open yours, and keep the {@link Model} you were given.
 */
public final class Catalogue {
    private static final Logger LOG = LoggerFactory.getLogger(Catalogue.class);
    private static final long FRESH_NANOS = Duration.ofSeconds(3).toNanos();
    private static final String ANY = "/*";
    private static final TypeReference<Map<String, OptionRange>> RANGES = new TypeReference<>() {};
    private static final TypeReference<List<PriceLine>> LINES = new TypeReference<>() {};

    private final Db db;
    private final ReentrantLock reading = new ReentrantLock();
    private final Map<String, String> faults = new HashMap<>();
    private volatile @Nullable Copy copy;

    public Catalogue(Db db) {
        this.db = db;
    }

    /** Every model, wildcards left out: what {@code GET /v1/models} lists. */
    public Collection<Model> all() {
        return rows().values().stream()
                .filter(model -> !model.id().endsWith(ANY))
                .toList();
    }

    /**
     * The model of that id. An id without a row of its own gets that of its maker's wildcard ({@code openai/*}).
     *
     * @throws Problem {@code invalid_request} that points at {@code /model}
     */
    public Model find(String id) {
        Model model = known(id);
        if (model == null) {
            throw Problem.of(ProblemType.INVALID_REQUEST, "There is no such model; GET /v1/models lists them.")
                    .at("/model", "unknown_model", "there is no such model");
        }
        return model;
    }

    /** The same; null when there is none. */
    public @Nullable Model known(String id) {
        Copy now = copy();
        Model model = id.endsWith(ANY) ? null : now.models().get(id);
        if (model == null
                && id.indexOf('/') > 0
                && id.length() <= 128
                && !now.unread().contains(id)) {
            Model any = now.models().get(id.substring(0, id.indexOf('/')) + ANY);
            model = any == null || id.endsWith("/") || id.endsWith(ANY) ? null : any.named(id);
        }
        return model;
    }

    /** The model used when a request names none. */
    public Model standard(GenerationKind kind) {
        return rows().values().stream()
                .filter(model -> model.kind() == kind && !model.id().endsWith(ANY))
                .findFirst()
                .orElseThrow(() -> Problem.of(ProblemType.INVALID_REQUEST, "There is no model for " + kind.code() + ".")
                        .at("/kind", "unknown_model", "no model makes this"));
    }

    private static final String ADOPT = """
            INSERT INTO model (id, kind, provider, options, price, cancel_policy, thinking, expected_seconds, deadline_seconds,
                               inputs_minimum, inputs_maximum, input_kinds, input_name)
            SELECT :id, kind, :provider, options, price, coalesce(:cancel, cancel_policy), thinking, expected_seconds, deadline_seconds,
                   inputs_minimum, inputs_maximum, input_kinds, input_name
            FROM model
            WHERE provider = :maker AND kind = :kind
            ORDER BY id = :maker || '/*' DESC, default_rank NULLS LAST, id
            LIMIT 1
            ON CONFLICT (id) DO NOTHING
            """;

    private static final String KNOWN = "SELECT count(*) FROM model WHERE id = :id";

    /**
     * Gives a row to each model that a provider offers and that has none, at the price of its protocol's own; from then on the row
     * is what counts, and an operator changes it by SQL.
     */
    public void adopt(ProviderConfig provider) {
        db.run(tx -> provider.terms().offers().forEach(offer -> {
            String id = provider.name() + "/" + offer.model();
            CancelPolicy cancel = provider.terms().cancel();
            tx.update(ADOPT)
                    .bind("id", id)
                    .bind("provider", provider.name())
                    .bind("cancel", cancel == null ? null : cancel.code())
                    .bind("maker", provider.protocol().code())
                    .bind("kind", offer.kind().code())
                    .execute();
            if (tx.query(KNOWN).bind("id", id).mapTo(Long.class).one() == 0) {
                LOG.warn(
                        "The catalogue has no {} model of {} to go by: give {} a row of its own",
                        offer.kind().code(),
                        provider.protocol().code(),
                        id);
            }
        }));
        copy = null;
    }

    /** How many calls to it may run at once, as it stands now. */
    public Caps caps(Model model) {
        Copy known = copy();
        Caps caps = known.caps().get(model.id());
        return caps == null ? known.caps().getOrDefault(model.provider() + ANY, Caps.NONE) : caps;
    }

    private Map<String, Model> rows() {
        return copy().models();
    }

    private Copy copy() {
        db.refuseInside();
        Copy known = copy;
        if (known != null && System.nanoTime() - known.readAt() < FRESH_NANOS) {
            return known;
        }
        reading.lock();
        try {
            known = copy;
            if (known == null || System.nanoTime() - known.readAt() >= FRESH_NANOS) {
                long now = System.nanoTime();
                known = read(now);
                copy = known;
            }
            return known;
        } finally {
            reading.unlock();
        }
    }

    private static final String ALL = """
            SELECT m.id, m.kind, m.provider, m.options::text AS options, m.price::text AS price, m.cancel_policy, m.fallbacks,
                   m.thinking, m.expected_seconds, m.deadline_seconds, m.first_byte_seconds, m.idle_seconds, m.inputs_minimum,
                   m.inputs_maximum, m.input_kinds, m.input_name, m.concurrency, p.concurrency AS provider_concurrency
            FROM model m
            LEFT JOIN provider p ON p.name = m.provider
            ORDER BY m.default_rank NULLS LAST, m.id
            """;

    private Copy read(long now) {
        List<Row> rows = db.read(tx -> tx.query(ALL).mapTo(Row.class).list());
        var models = new LinkedHashMap<String, Model>();
        var caps = new HashMap<String, Caps>();
        var unread = new HashSet<String>();
        rows.forEach(row -> {
            try {
                models.put(row.id(), row.model());
                caps.put(row.id(), new Caps(row.providerConcurrency(), row.concurrency()));
            } catch (IOException | RuntimeException wrong) {
                // one row mistyped by an operator must not take the other models away, nor be sold as what a wildcard
                // says
                models.remove(row.id());
                unread.add(row.id());
                complain(row.id(), wrong);
            }
        });
        return new Copy(now, models, caps, unread);
    }

    /** Once for each fault, not every three seconds. */
    private void complain(String id, Exception wrong) {
        String fault = String.valueOf(wrong.getMessage());
        if (!fault.equals(faults.put(id, fault))) {
            LOG.error("The row of model {} is not understood and left out: {}", id, fault);
        }
    }

    /** @param unread rows that are not understood */
    private record Copy(long readAt, Map<String, Model> models, Map<String, Caps> caps, Set<String> unread) {}

    private record Row(
            String id,
            String kind,
            String provider,
            String options,
            String price,
            String cancelPolicy,
            List<String> fallbacks,
            boolean thinking,
            int expectedSeconds,
            int deadlineSeconds,
            @Nullable Integer firstByteSeconds,
            @Nullable Integer idleSeconds,
            int inputsMinimum,
            int inputsMaximum,
            List<String> inputKinds,
            @Nullable String inputName,
            @Nullable Integer concurrency,
            @Nullable Integer providerConcurrency) {
        Model model() throws IOException {
            return new Model(
                    id,
                    GenerationKind.valueOf(kind.toUpperCase(Locale.ROOT)),
                    provider,
                    Json.MAPPER.readValue(options, RANGES),
                    new Price(Json.MAPPER.readValue(price, LINES)),
                    new Model.Conduct(
                            CancelPolicy.valueOf(cancelPolicy.toUpperCase(Locale.ROOT)),
                            fallbacks,
                            thinking,
                            expectedSeconds,
                            deadlineSeconds,
                            new Model.Silence(firstByteSeconds, idleSeconds)),
                    new Model.Inputs(inputsMinimum, inputsMaximum, inputKinds, inputName));
        }
    }
}
