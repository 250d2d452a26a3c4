package dev.millrace.generation.work;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Tx;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code provider_call}: what was asked of providers, so that nobody asks twice. */
final class Calls {
    private static final TypeReference<Map<String, BigDecimal>> USAGE = new TypeReference<>() {};

    private Calls() {}

    private static final String OPEN = """
            INSERT INTO provider_call (generation, attempt, provider, model)
            VALUES (:generation, :attempt, :provider, :model)
            ON CONFLICT (generation, attempt) DO NOTHING""";

    /** A call is about to be made. */
    static void open(Tx tx, UUID generation, int attempt, String provider, String model) {
        tx.update(OPEN)
                .bind("generation", generation)
                .bind("attempt", attempt)
                .bind("provider", provider)
                .bind("model", model)
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
            SET unresolved_since = :since, next_probe_at = :next
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
            SELECT generation FROM provider_call
            WHERE provider = :provider AND external_id = :externalId""";

    private static final String ACCEPT = """
            UPDATE provider_call
            SET external_id = :externalId, accepted_at = now(), intended_at = coalesce(intended_at, now())
            WHERE generation = :generation AND attempt = :attempt""";

    /**
     * The vendor's job is this generation's; false when another one has it. Two that ask at once meet in the unique index, and the
     * second one's transaction fails with a {@code Duplicate}.
     */
    static boolean accept(Tx tx, UUID generation, int attempt, String provider, String externalId) {
        UUID holder = tx.query(HOLDER)
                .bind("provider", provider)
                .bind("externalId", externalId)
                .mapTo(UUID.class)
                .findOne()
                .orElse(null);
        if (holder != null) {
            return holder.equals(generation);
        }
        tx.update(ACCEPT)
                .bind("generation", generation)
                .bind("attempt", attempt)
                .bind("externalId", externalId)
                .execute();
        return true;
    }

    private static final String CLOSE = """
            UPDATE provider_call
            SET state = :state, error = :error, usage = CAST(:usage AS jsonb), finish = :finish, finished_at = now(),
                unresolved_since = NULL, next_probe_at = NULL, possible_micros = CASE WHEN :state = 'unknown' THEN (
                    SELECT g.maximum_micros FROM generation g WHERE g.id = :generation) END
            WHERE generation = :generation AND attempt = :attempt AND state = 'open'""";

    /** The call is over: {@code finished}, {@code failed}, {@code canceled}, or {@code unknown} when it was never learnt how. */
    static void close(Tx tx, UUID generation, int attempt, End end) {
        tx.update(CLOSE)
                .bind("generation", generation)
                .bind("attempt", attempt)
                .bind("state", end.state())
                .bind("error", end.error())
                .bind("usage", Json.write(end.usage()))
                .bind("finish", end.finish())
                .execute();
    }

    private static final String ABANDON = """
            UPDATE provider_call
            SET state = 'abandoned', error = 'its server was lost', finished_at = now()
            WHERE generation = :generation AND state = 'open'""";

    /** Whoever made the open calls is gone, and nothing can be learnt of them. */
    static void abandon(Tx tx, UUID generation) {
        tx.update(ABANDON).bind("generation", generation).execute();
    }

    private static final String LAST = """
            SELECT attempt, provider, model, state, external_id, intended_at, started_at, usage::text AS usage, finish
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

    /** How a call ended; the usage is what will be charged when its result is kept. */
    record End(
            String state,
            @Nullable String error,
            Map<String, BigDecimal> usage,
            @Nullable String finish) {}

    /** A call as it stands. */
    record Last(
            int attempt,
            String provider,
            String model,
            String state,
            @Nullable String externalId,
            @Nullable Instant intendedAt,
            Instant startedAt,
            String usage,
            @Nullable String finish) {
        boolean isOpen() {
            return state.equals("open");
        }

        /** What an asynchronous provider can go on from. */
        Foothold foothold() {
            if (externalId != null) {
                return new Foothold.Accepted(externalId);
            }
            return intendedAt == null ? new Foothold.None() : new Foothold.Intended(intendedAt);
        }

        Map<String, BigDecimal> quantities() {
            try {
                return Json.MAPPER.readValue(usage, USAGE);
            } catch (JsonProcessingException defect) {
                throw new UncheckedIOException(defect);
            }
        }
    }
}
