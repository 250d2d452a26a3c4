package dev.millrace.generation.provider.job;

import dev.millrace.generation.provider.job.Sighting.State;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** The table {@code external_job}. */
final class ExternalJobs {
    /** So many looks in a row may tell nothing; then contact is lost. */
    private static final int PATIENCE = 5;

    private ExternalJobs() {}

    private static final String WATCH = """
            INSERT INTO external_job (provider, external_id, until)
            VALUES (:provider, :id, :until)
            ON CONFLICT (provider, external_id) DO UPDATE
            SET next_look_at = least(external_job.next_look_at, now()), until = excluded.until, misses = 0""";

    /** Somebody waits for the job; it is due at once. */
    static void watch(Tx tx, String provider, String id, Instant until) {
        tx.update(WATCH)
                .bind("provider", provider)
                .bind("id", id)
                .bind("until", until)
                .execute();
    }

    private static final String KEEP = """
            INSERT INTO external_job (provider, external_id, until)
            VALUES (:provider, :id, :until)
            ON CONFLICT (provider, external_id) DO NOTHING""";

    /** Puts rows back that one who waited for the same job elsewhere took for over. */
    static void keep(Tx tx, String provider, Collection<Wait> waits) {
        PreparedBatch batch = tx.batch(KEEP);
        waits.forEach(wait -> batch.bind("provider", provider)
                .bind("id", wait.id())
                .bind("until", wait.until())
                .add());
        batch.execute();
    }

    private static final String FORGET = """
            DELETE FROM external_job
            WHERE provider = :provider AND external_id = :id""";

    /** Nobody needs to look at it any more. */
    static void forget(Tx tx, String provider, Collection<String> ids) {
        PreparedBatch batch = tx.batch(FORGET);
        ids.forEach(id -> batch.bind("provider", provider).bind("id", id).add());
        batch.execute();
    }

    private static final String EXPIRE = """
            DELETE FROM external_job
            WHERE provider = :provider AND until < now()""";

    /** Rows whose waiters were lost and never came back. */
    static void expire(Tx tx, String provider) {
        tx.update(EXPIRE).bind("provider", provider).execute();
    }

    private static final String HASTEN = """
            UPDATE external_job
            SET next_look_at = now()
            WHERE provider = :provider AND external_id = :id AND next_look_at > now() AND state <> 'over'""";

    /** A look at it is due at once. */
    static void hasten(Tx tx, String provider, String id) {
        tx.update(HASTEN).bind("provider", provider).bind("id", id).execute();
    }

    private static final String COUNT = """
            SELECT count(*) FROM external_job WHERE provider = :provider""";

    static long count(Tx tx, String provider) {
        return tx.query(COUNT).bind("provider", provider).mapTo(Long.class).one();
    }

    private static final String CLAIM = """
            WITH due AS MATERIALIZED (
                SELECT provider, external_id, next_look_at FROM external_job
                WHERE provider = :provider AND next_look_at <= now() + make_interval(secs => :ahead)
                ORDER BY next_look_at
                LIMIT :most
                FOR UPDATE SKIP LOCKED),
            taken AS (
                UPDATE external_job job
                SET next_look_at = now() + make_interval(secs => :lease)
                FROM due
                WHERE job.provider = due.provider AND job.external_id = due.external_id
                RETURNING job.external_id, due.next_look_at AS due_at)
            SELECT external_id FROM taken
            ORDER BY due_at""";

    /**
     * Takes jobs that are due, so that nobody else looks at them meanwhile, and answers them in the order of their turns; when the
     * looker is lost, they are due again after the lease.
     *
     * @param ahead those that are due within that time too
     */
    static List<String> claim(Tx tx, String provider, int most, Duration ahead, Duration lease) {
        return tx.query(CLAIM)
                .bind("provider", provider)
                .bind("most", most)
                .bind("ahead", seconds(ahead))
                .bind("lease", seconds(lease))
                .mapTo(String.class)
                .list();
    }

    private static final String RETURN = """
            UPDATE external_job
            SET next_look_at = now()
            WHERE provider = :provider AND external_id = :id""";

    /** Jobs that were taken and not looked at are due again. */
    static void giveBack(Tx tx, String provider, Collection<String> ids) {
        PreparedBatch batch = tx.batch(RETURN);
        ids.forEach(id -> batch.bind("provider", provider).bind("id", id).add());
        batch.execute();
    }

    private static final String RECORD = """
            UPDATE external_job
            SET next_look_at = now() + make_interval(secs => :pause),
                misses = 0,
                state = :state,
                fraction = CAST(:fraction AS real),
                position = CAST(:position AS integer),
                seen_by = :seenBy,
                changed_at = CASE
                    WHEN state = :state AND fraction IS NOT DISTINCT FROM CAST(:fraction AS real)
                        AND position IS NOT DISTINCT FROM CAST(:position AS integer)
                    THEN changed_at ELSE now() END
            WHERE provider = :provider AND external_id = :id""";

    private static final String MISS = """
            UPDATE external_job
            SET next_look_at = now() + make_interval(secs => :pause),
                misses = misses + :weight,
                state = CASE WHEN misses + :weight >= :patience THEN 'lost' ELSE state END,
                seen_by = :seenBy,
                changed_at = CASE WHEN misses + :weight >= :patience THEN now() ELSE changed_at END
            WHERE provider = :provider AND external_id = :id
            RETURNING misses""";

    /** Writes down what looks have told. */
    static void record(Tx tx, String provider, UUID by, Collection<Look> looks) {
        PreparedBatch batch = tx.batch(RECORD);
        for (Look look : looks) {
            Sighting sighting = look.sighting();
            batch.bind("provider", provider)
                    .bind("id", look.id())
                    .bind("pause", seconds(look.left()))
                    .bind("state", sighting.state().name().toLowerCase(Locale.ROOT))
                    .bind("fraction", sighting.fraction())
                    .bind("position", sighting.position())
                    .bind("seenBy", by)
                    .add();
        }
        batch.execute();
    }

    /** A look told nothing; answers whether it was one too many. */
    static boolean miss(Tx tx, String provider, UUID by, Miss miss) {
        return tx.query(MISS)
                .bind("provider", provider)
                .bind("id", miss.id())
                .bind("pause", seconds(miss.pause()))
                .bind("weight", miss.counts() ? 1 : 0)
                .bind("patience", PATIENCE)
                .bind("seenBy", by)
                .mapTo(Integer.class)
                .findOne()
                .map(misses -> misses >= PATIENCE)
                .orElse(false);
    }

    private static final String HOLD = """
            UPDATE external_job
            SET next_look_at = greatest(next_look_at, now() + make_interval(secs => :pause))
            WHERE provider = :provider""";

    /** The vendor asked for a pause: all servers keep it. */
    static void hold(Tx tx, String provider, Duration pause) {
        tx.update(HOLD).bind("provider", provider).bind("pause", seconds(pause)).execute();
    }

    private static final String NEWS = """
            SELECT external_id AS id, state, fraction, position
            FROM external_job
            WHERE provider = :provider AND seen_by <> :me AND changed_at > now() - make_interval(secs => :span)""";

    /** What other servers have seen change in the last seconds. */
    static List<Seen> news(Tx tx, String provider, UUID me, Duration span) {
        return tx.query(NEWS)
                .bind("provider", provider)
                .bind("me", me)
                .bind("span", seconds(span))
                .mapTo(Seen.class)
                .list();
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    /** A job somebody waits for. */
    record Wait(String id, Instant until) {}

    /**
     * What one look told.
     *
     * @param nextNanos when the next one is due, on this machine's clock of nanoseconds: what was told is written down a while later
     */
    record Look(String id, Sighting sighting, long nextNanos) {
        Duration left() {
            return Duration.ofNanos(Math.max(0, nextNanos - System.nanoTime()));
        }
    }

    /**
     * A look that told nothing.
     *
     * @param counts not when the vendor merely asked us to come later
     */
    record Miss(String id, Duration pause, boolean counts) {}

    /** A row. */
    record Seen(
            String id,
            String state,
            @Nullable Double fraction,
            @Nullable Integer position) {
        Sighting sighting() {
            return new Sighting(State.valueOf(state.toUpperCase(Locale.ROOT)), fraction, position);
        }
    }
}
