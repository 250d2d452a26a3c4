package dev.millrace.platform.jobs;

import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** The statements on the table {@code job} in the life of one job. What concerns many at once is the {@link Keeper}'s. */
final class Rows {
    /** The version of payloads this program writes; newer ones are left to programs that know them. */
    private static final int VERSION = 1;

    private Rows() {}

    /**
     * The row of the node is locked against whoever declares this node dead, so that no job can be born to a node whose jobs have
     * been collected. A node that is dead already, or leaving, gets nothing: then the job is ready for anybody.
     */
    private static final String INSERT_BORN_CLAIMED = """
            WITH place AS (
                SELECT id FROM node
                WHERE id = :node AND lease_until > clock_timestamp() AND NOT draining
                FOR KEY SHARE)
            INSERT INTO job (id, account, kind, lane, prio, max_attempts, key, payload, payload_version,
                             state, attempt, claim, node)
            SELECT f.id, f.account, f.kind, f.lane, f.prio, f.max_attempts, f.key, f.payload, :version,
                   CASE WHEN place.id IS NULL THEN 'ready' ELSE 'running' END,
                   CASE WHEN place.id IS NULL THEN 0 ELSE 1 END,
                   CASE WHEN place.id IS NULL THEN 0 ELSE 1 END,
                   place.id
            FROM unnest(CAST(:ids AS uuid[]), CAST(:accounts AS uuid[]), CAST(:kinds AS text[]), CAST(:lanes AS text[]),
                        CAST(:prios AS smallint[]), CAST(:maxAttempts AS smallint[]), CAST(:keys AS text[]), CAST(:payloads AS text[]))
                AS f (id, account, kind, lane, prio, max_attempts, key, payload)
            LEFT JOIN place ON TRUE
            ON CONFLICT (key) WHERE key IS NOT NULL AND state <> 'dead'
            DO UPDATE SET vt = job.vt
            RETURNING id, key, node""";

    /** Updating the row that is in the way, to what it is already, makes RETURNING answer it. */
    private static final String INSERT = """
            INSERT INTO job (id, account, kind, lane, prio, max_attempts, key, payload, payload_version, state, run_at)
            SELECT id, account, kind, lane, prio, max_attempts, key, payload, :version,
                   CASE WHEN delay > 0 THEN 'scheduled' ELSE 'ready' END,
                   CASE WHEN delay > 0 THEN now() + make_interval(secs => delay) END
            FROM unnest(CAST(:ids AS uuid[]), CAST(:accounts AS uuid[]), CAST(:kinds AS text[]), CAST(:lanes AS text[]),
                        CAST(:prios AS smallint[]), CAST(:maxAttempts AS smallint[]), CAST(:keys AS text[]), CAST(:payloads AS text[]),
                        CAST(:delays AS double precision[]))
                AS f (id, account, kind, lane, prio, max_attempts, key, payload, delay)
            ON CONFLICT (key) WHERE key IS NOT NULL AND state <> 'dead'
            DO UPDATE SET vt = job.vt
            RETURNING id, key, node""";

    /** What lies in the table for each of them, by the id it was given here. */
    static Map<UUID, Born> insert(Tx tx, List<Fresh> all, @Nullable Long node) {
        Columns<Fresh> columns = Columns.of(all)
                .uuids("ids", Fresh::id)
                .uuids("accounts", Fresh::account)
                .texts("kinds", fresh -> fresh.worker().kind())
                .texts("lanes", fresh -> column(fresh.lane()))
                .ints("prios", fresh -> fresh.how().prio())
                .ints("maxAttempts", fresh -> fresh.worker().maxAttempts())
                .texts("keys", fresh -> fresh.how().key())
                .texts("payloads", Fresh::payload);
        Query query = node == null
                ? columns.doubles("delays", fresh -> seconds(fresh.how().delay()))
                        .bind(tx.query(INSERT))
                : columns.bind(tx.query(INSERT_BORN_CLAIMED)).bind("node", node);
        var byId = new HashMap<UUID, Born>();
        var byKey = new HashMap<String, Born>();
        for (Born born : query.bind("version", VERSION).mapTo(Born.class)) {
            byId.put(born.id(), born);
            if (born.key() != null) {
                byKey.put(born.key(), born);
            }
        }
        all.forEach(fresh ->
                byId.computeIfAbsent(fresh.id(), absent -> byKey.get(fresh.how().key())));
        return byId;
    }

    /** Without the sort and the full scan, which a plan made while the table was empty would keep when it is full. */
    private static final String PIN_PLAN =
            "SELECT set_config('enable_seqscan', 'off', TRUE) || set_config('enable_sort', 'off', TRUE)";

    private static final String CLAIM = """
            WITH place AS (
                SELECT id FROM node
                WHERE id = :node AND lease_until > clock_timestamp() AND NOT draining
                FOR KEY SHARE),
            pick AS (
                SELECT id FROM job
                WHERE lane = :lane AND state = 'ready' AND kind = ANY(:kinds) AND payload_version <= :version
                  AND EXISTS (SELECT FROM place)
                ORDER BY prio, vt, id
                LIMIT :most
                FOR UPDATE SKIP LOCKED)
            UPDATE job
            SET state = 'running', attempt = attempt + 1, claim = claim + 1, node = :node
            FROM pick
            WHERE job.id = pick.id
            RETURNING job.id, job.account, job.kind, job.payload, job.claim, job.attempt, job.max_attempts,
                      job.cancel_at IS NOT NULL AS canceled""";

    static List<Claimed> claim(Tx tx, long node, Lane lane, Collection<String> kinds, int most) {
        tx.query(PIN_PLAN).mapTo(String.class).one();
        return tx.query(CLAIM)
                .bind("node", node)
                .bind("lane", column(lane))
                .bindArray("kinds", String.class, kinds)
                .bind("version", VERSION)
                .bind("most", most)
                .mapTo(Claimed.class)
                .list();
    }

    private static final String FENCE = """
            SELECT id FROM job
            WHERE id = :id AND node = :node AND claim = :claim
            FOR NO KEY UPDATE""";

    static boolean fence(Tx tx, Claim claim) {
        return claim.bind(tx.query(FENCE)).mapTo(UUID.class).findOne().isPresent();
    }

    private static final String FENCE_ALL = """
            SELECT job.id AS job, job.node, job.claim AS number
            FROM job
            JOIN unnest(:jobs, :nodes, :numbers) AS mine (id, node, claim)
                ON job.id = mine.id AND job.node = mine.node AND job.claim = mine.claim
            ORDER BY job.id
            FOR NO KEY UPDATE OF job""";

    /** The same for many at once; answers which of them are still ours. */
    static Set<Claim> fence(Tx tx, List<Claim> claims) {
        if (claims.size() == 1) {
            return fence(tx, claims.getFirst()) ? Set.copyOf(claims) : Set.of();
        }
        return ours(tx, FENCE_ALL, claims);
    }

    /** Says nothing of the state on purpose: then no partial index fits, and the plan stays on the primary key. */
    private static final String COMPLETE = """
            WITH gone AS (
                DELETE FROM job
                WHERE id = :id AND node = :node AND claim = :claim
                RETURNING id, account, kind, attempt, created_at)
            INSERT INTO job_done (id, account, kind, attempt, outcome, created_at)
            SELECT id, account, kind, attempt, 'done', created_at FROM gone""";

    static boolean complete(Tx tx, Claim claim) {
        return claim.bind(tx.update(COMPLETE)).execute() == 1;
    }

    /** Joined by lookups whatever the planner thinks of an empty table. */
    private static final String PIN_JOIN =
            "SELECT set_config('enable_hashjoin', 'off', TRUE) || set_config('enable_mergejoin', 'off', TRUE)";

    private static final String COMPLETE_ALL = """
            WITH gone AS (
                DELETE FROM job
                USING unnest(:jobs, :nodes, :numbers) AS mine (id, node, claim)
                WHERE job.id = mine.id AND job.node = mine.node AND job.claim = mine.claim
                RETURNING job.id, job.account, job.kind, job.attempt, job.created_at, job.node, job.claim),
            done AS (
                INSERT INTO job_done (id, account, kind, attempt, outcome, created_at)
                SELECT id, account, kind, attempt, 'done', created_at FROM gone)
            SELECT id AS job, node, claim AS number FROM gone""";

    /** Completes many at once and answers which of them were still ours. */
    static Set<Claim> complete(Tx tx, List<Claim> claims) {
        if (claims.size() == 1) {
            return complete(tx, claims.getFirst()) ? Set.copyOf(claims) : Set.of();
        }
        return ours(tx, COMPLETE_ALL, claims);
    }

    private static Set<Claim> ours(Tx tx, String statement, List<Claim> claims) {
        tx.query(PIN_JOIN).mapTo(String.class).one();
        return Columns.of(claims)
                .uuids("jobs", Claim::job)
                .longs("nodes", Claim::node)
                .longs("numbers", Claim::number)
                .bind(tx.query(statement))
                .mapTo(Claim.class)
                .set();
    }

    /** Full jitter: anything up to the longest wait, so that jobs which failed together do not come back together. */
    private static final String FAIL = """
            UPDATE job
            SET state = 'scheduled', node = NULL, last_error = :error,
                run_at = now() + CASE WHEN cancel_at IS NULL
                                      THEN random() * make_interval(secs => least(:most, :base * 2 ^ (attempt - 1)))
                                      ELSE interval '0' END
            WHERE id = :id AND node = :node AND claim = :claim""";

    static boolean fail(Tx tx, Claim claim, String error, JobsConfig.Backoff backoff) {
        return claim.bind(tx.update(FAIL))
                        .bind("error", error)
                        .bind("base", seconds(backoff.base()))
                        .bind("most", seconds(backoff.most()))
                        .execute()
                == 1;
    }

    private static final String SNOOZE = """
            UPDATE job
            SET state = 'scheduled', node = NULL, attempt = attempt - 1,
                run_at = now() + CASE WHEN cancel_at IS NULL THEN make_interval(secs => :delay) ELSE interval '0' END
            WHERE id = :id AND node = :node AND claim = :claim""";

    static boolean snooze(Tx tx, Claim claim, Duration delay) {
        return claim.bind(tx.update(SNOOZE)).bind("delay", seconds(delay)).execute() == 1;
    }

    private static final String BURY = """
            UPDATE job
            SET state = 'dead', node = NULL, last_error = :error, attempt = least(attempt, max_attempts)
            WHERE id = :id AND node = :node AND claim = :claim""";

    static boolean bury(Tx tx, Claim claim, String error) {
        return claim.bind(tx.update(BURY)).bind("error", error).execute() == 1;
    }

    private static final String GIVE_BACK = """
            UPDATE job
            SET state = 'ready', node = NULL, attempt = attempt - 1
            WHERE id = :id AND node = :node AND claim = :claim""";

    static boolean giveBack(Tx tx, Claim claim) {
        return claim.bind(tx.update(GIVE_BACK)).execute() == 1;
    }

    private static final String LOCK = """
            SELECT state, node FROM job
            WHERE id = :id
            FOR NO KEY UPDATE""";

    static @Nullable Standing lock(Tx tx, UUID job) {
        return tx.query(LOCK).bind("id", job).mapTo(Standing.class).findOne().orElse(null);
    }

    private static final String ASK_TO_CANCEL = """
            UPDATE job
            SET cancel_at = coalesce(cancel_at, now())
            WHERE id = :id""";

    static void askToCancel(Tx tx, UUID job) {
        tx.update(ASK_TO_CANCEL).bind("id", job).execute();
    }

    private static final String READY_NOW = """
            UPDATE job
            SET state = 'ready', run_at = NULL
            WHERE id = :id AND node IS NULL""";

    static void readyNow(Tx tx, UUID job) {
        tx.update(READY_NOW).bind("id", job).execute();
    }

    private static final String REMOVE = """
            WITH gone AS (
                DELETE FROM job
                WHERE id = :id
                RETURNING id, account, kind, attempt, created_at)
            INSERT INTO job_done (id, account, kind, attempt, outcome, created_at)
            SELECT id, account, kind, attempt, 'canceled', created_at FROM gone""";

    static void remove(Tx tx, UUID job) {
        tx.update(REMOVE).bind("id", job).execute();
    }

    private static final String REVIVE = """
            UPDATE job
            SET state = 'ready', attempt = 0, last_error = NULL, cancel_at = NULL
            WHERE id = :id AND state = 'dead'""";

    static boolean revive(Tx tx, UUID job) {
        return tx.update(REVIVE).bind("id", job).execute() == 1;
    }

    static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    static String column(Lane lane) {
        return switch (lane) {
            case IO -> "io";
            case ERRAND -> "errand";
            case MEDIA -> "media";
            case SHORT -> "short";
        };
    }

    /** A job about to be put into the table. */
    record Fresh(UUID id, UUID account, Worker<?> worker, String payload, Enqueue how) {
        Lane lane() {
            return worker.lane();
        }

        /** Whether it is for later. */
        boolean waits() {
            return !how.delay().isZero();
        }
    }

    /** What lies in the table under the id or the key: ours, or the one that was there before. */
    record Born(UUID id, @Nullable String key, @Nullable Long node) {}

    /** A row this node has just made its own. */
    record Claimed(
            UUID id,
            UUID account,
            String kind,
            String payload,
            long claim,
            int attempt,
            int maxAttempts,
            boolean canceled) {}

    /** Where a job stands now. */
    record Standing(String state, @Nullable Long node) {}

    /** The fence: who may write. */
    record Claim(UUID job, long node, long number) {
        <S extends SqlStatement<S>> S bind(S statement) {
            return statement.bind("id", job).bind("node", node).bind("claim", number);
        }
    }
}
