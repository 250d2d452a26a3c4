package dev.millrace.generation.work;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.analytics.Analytics;
import dev.millrace.analytics.Fact;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Tx;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code provider_call}: what was asked of providers, so that nobody asks twice. */
final class Calls {
    private static final TypeReference<Map<String, BigDecimal>> USAGE = new TypeReference<>() {};
    private static final TypeReference<Set<String>> UNITS = new TypeReference<>() {};

    private Calls() {}

    private static final String OPEN = """
            INSERT INTO provider_call (generation, attempt, provider, model)
            SELECT generation, attempt, provider, model
            FROM unnest(CAST(:generations AS uuid[]), CAST(:attempts AS integer[]), CAST(:providers AS text[]), CAST(:models AS text[]))
                AS c (generation, attempt, provider, model)
            ON CONFLICT (generation, attempt) DO NOTHING""";

    /** Calls are about to be made. */
    static void open(Tx tx, List<Starts.Start> all) {
        if (all.isEmpty()) {
            return;
        }
        Columns.of(all)
                .uuids("generations", Starts.Start::generation)
                .ints("attempts", Starts.Start::number)
                .texts("providers", Starts.Start::provider)
                .texts("models", Starts.Start::model)
                .bind(tx.update(OPEN))
                .execute();
    }

    private static final String INTEND = """
            UPDATE provider_call
            SET intended_at = coalesce(intended_at, now())
            WHERE generation = :generation AND attempt = :attempt""";

    /** The create of a job is about to leave. */
    static void intend(Tx tx, UUID generation, int attempt) {
        tx.update(INTEND)
                .bind("generation", generation)
                .bind("attempt", attempt)
                .execute();
    }

    private static final String UNRESOLVED = """
            UPDATE provider_call
            SET unresolved_since = coalesce(unresolved_since, :since), next_probe_at = :next
            WHERE generation = :generation AND attempt = :attempt AND state = 'open'""";

    /** Nobody knows how it stands at the vendor, who is asked again then: what {@code admin.unresolved} shows. */
    static void unresolved(Tx tx, UUID generation, int attempt, Instant since, Instant next) {
        tx.update(UNRESOLVED)
                .bind("generation", generation)
                .bind("attempt", attempt)
                .bind("since", since)
                .bind("next", next)
                .execute();
    }

    private static final String RESOLVED = """
            UPDATE provider_call
            SET unresolved_since = NULL, next_probe_at = NULL
            WHERE generation = :generation AND state = 'open' AND unresolved_since IS NOT NULL""";

    /** The vendor was heard of again. */
    static void resolved(Tx tx, UUID generation) {
        tx.update(RESOLVED).bind("generation", generation).execute();
    }

    private static final String HOLDER = """
            SELECT generation, attempt FROM provider_call
            WHERE provider = :provider AND external_id = :externalId""";

    private static final String ACCEPT = """
            UPDATE provider_call
            SET external_id = :externalId, accepted_at = now(), intended_at = coalesce(intended_at, now())
            WHERE generation = :generation AND attempt = :attempt""";

    /**
     * The vendor's job is that of this attempt; false when another has it, be it an earlier one of the same generation. Two that ask
     * at once meet in the unique index, and the second one's transaction fails with a {@code Duplicate}.
     */
    static boolean accept(Tx tx, UUID generation, int attempt, String provider, String externalId) {
        Holder holder = tx.query(HOLDER)
                .bind("provider", provider)
                .bind("externalId", externalId)
                .mapTo(Holder.class)
                .findOne()
                .orElse(null);
        if (holder != null) {
            return holder.equals(new Holder(generation, attempt));
        }
        tx.update(ACCEPT)
                .bind("generation", generation)
                .bind("attempt", attempt)
                .bind("externalId", externalId)
                .execute();
        return true;
    }

    private static final String CLOSE = """
            UPDATE provider_call c
            SET state = e.state, error = e.error, usage = CAST(e.usage AS jsonb), counted = CAST(e.counted AS jsonb),
                cost_micros = e.cost, finish = e.finish,
                finished_at = now(), unresolved_since = NULL, next_probe_at = NULL,
                possible_micros = CASE WHEN e.state = 'unknown' THEN (
                    SELECT g.maximum_micros FROM generation g WHERE g.id = e.generation) END
            FROM unnest(CAST(:generations AS uuid[]), CAST(:attempts AS integer[]), CAST(:states AS text[]), CAST(:errors AS text[]),
                        CAST(:usages AS text[]), CAST(:counted AS text[]), CAST(:costs AS bigint[]), CAST(:finishes AS text[]))
                AS e (generation, attempt, state, error, usage, counted, cost, finish)
            WHERE c.generation = e.generation AND c.attempt = e.attempt AND c.state = 'open'""";

    /** Calls are over. */
    static void close(Tx tx, List<End> ends) {
        if (ends.isEmpty()) {
            return;
        }
        Columns.of(ends)
                .uuids("generations", End::generation)
                .ints("attempts", End::attempt)
                .texts("states", End::state)
                .texts("errors", End::error)
                .texts("usages", end -> Json.write(end.usage().quantities()))
                .texts("counted", end -> Json.write(end.usage().counted()))
                .longs("costs", end -> end.fact().costMicros())
                .texts("finishes", End::finish)
                .bind(tx.update(CLOSE))
                .execute();
        Analytics.record(tx, ends.stream().map(End::fact).toList());
    }

    private static final String ABANDON = """
            UPDATE provider_call
            SET state = 'abandoned', error = 'its server was lost', finished_at = now(), cost_micros = :cost
            WHERE generation = :generation AND state = 'open'""";

    /** Whoever made the open calls is gone, and nothing can be learnt of them; false when there are none. */
    static boolean abandon(Tx tx, UUID generation) {
        return abandon(tx, generation, null);
    }

    /** The same for calls that are known to have cost something. */
    static boolean abandon(Tx tx, UUID generation, @Nullable Long costMicros) {
        return tx.update(ABANDON)
                        .bind("generation", generation)
                        .bind("cost", costMicros)
                        .execute()
                > 0;
    }

    private static final String COSTS = """
            SELECT generation, provider, CAST(sum(cost_micros) AS bigint) AS micros
            FROM provider_call
            WHERE generation = ANY(:generations) AND provider = ANY(:providers) AND cost_micros > 0
            GROUP BY generation, provider""";

    /** What the calls of some providers have cost, where anything is known of that. */
    static List<Paid> costs(Tx tx, Collection<UUID> generations, Collection<String> providers) {
        return tx.query(COSTS)
                .bindArray("generations", UUID.class, generations)
                .bindArray("providers", String.class, providers)
                .mapTo(Paid.class)
                .list();
    }

    private static final String LAST = """
            SELECT attempt, provider, model, state, external_id, intended_at, unresolved_since, started_at, usage::text AS usage,
                   counted::text AS counted, finish
            FROM provider_call
            WHERE generation = :generation
            ORDER BY attempt DESC
            LIMIT 1""";

    /** The last call; null when there was none. */
    static @Nullable Last last(Tx tx, UUID generation) {
        return tx.query(LAST)
                .bind("generation", generation)
                .mapTo(Last.class)
                .findOne()
                .orElse(null);
    }

    /** What a provider's calls for a generation came to, at the list prices of their models. */
    record Paid(UUID generation, String provider, long micros) {}

    private record Holder(UUID generation, int attempt) {}

    /**
     * How a call ended.
     *
     * @param state a word of the table's, {@code unknown} when it was never learnt how
     * @param usage what will be charged when its result is kept
     * @param fact for the books, with what the call cost by itself
     */
    record End(
            UUID generation,
            int attempt,
            String state,
            Usage usage,
            @Nullable String finish,
            Fact.AttemptFinished fact) {
        @Nullable
        String error() {
            return fact.attempt().error();
        }
    }

    /** A call as it stands. */
    record Last(
            int attempt,
            String provider,
            String model,
            String state,
            @Nullable String externalId,
            @Nullable Instant intendedAt,
            @Nullable Instant unresolvedSince,
            Instant startedAt,
            String usage,
            String counted,
            @Nullable String finish) {
        boolean isOpen() {
            return state.equals("open");
        }

        /** What an asynchronous provider can go on from. */
        Foothold foothold() {
            if (externalId != null) {
                return new Foothold.Accepted(externalId, intendedAt);
            }
            return intendedAt == null ? new Foothold.None() : new Foothold.Intended(intendedAt);
        }

        Usage consumed() {
            try {
                return new Usage(Json.MAPPER.readValue(usage, USAGE), Json.MAPPER.readValue(counted, UNITS));
            } catch (JsonProcessingException defect) {
                throw new UncheckedIOException(defect);
            }
        }
    }
}
