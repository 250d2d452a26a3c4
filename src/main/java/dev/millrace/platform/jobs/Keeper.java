package dev.millrace.platform.jobs;

import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Line;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after jobs nobody looks after: those of dead nodes, those whose time has come, those the table gives to us though we know
 * nothing of them. Every node does this; row locks let one of them win.
 */
final class Keeper {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final Duration TURN = Duration.ofMillis(250);
    private static final Duration COUNT = Duration.ofSeconds(10);
    private static final Duration PRUNE = Duration.ofHours(1);
    private static final int PAGE = 1_000;

    private final JobsConfig.Times times;
    private final Node node;
    private final Kinds kinds;
    private final Bell bell;
    private final Facts.Tally tally;
    private final Line line;
    private final Due rescue;
    private final Due sweep;
    private final Due count = new Due(COUNT);
    private final Due prune = new Due(PRUNE);
    private final Pulse pulse;
    private Set<Rows.Claim> strangers = Set.of();
    private volatile Map<String, Long> depth = Map.of();

    Keeper(Db db, JobsConfig.Times times, Node node, Kinds kinds, Bell bell, Facts.Tally tally) {
        this.times = times;
        this.node = node;
        this.kinds = kinds;
        this.bell = bell;
        this.tally = tally;
        this.line = db.line("millrace-keeper");
        this.rescue = new Due(times.heartbeat());
        this.sweep = new Due(times.sweep());
        this.pulse = new Pulse("jobs-keeper", times.heartbeat(), this::turn);
    }

    Map<String, Long> depth() {
        return depth;
    }

    void stop() {
        pulse.end();
        pulse.join(Duration.ofSeconds(6));
        line.close();
    }

    private Duration turn() {
        promote();
        if (rescue.now()) {
            rescue();
            boolean all = sweep.now();
            if (all) {
                sweep();
                relane();
            }
            if (all || node.doubted() || !strangers.isEmpty()) {
                disown();
            }
        }
        if (count.now()) {
            count();
        }
        if (prune.now()) {
            prune();
        }
        return TURN;
    }

    private static final String PROMOTE = """
            WITH due AS (
                SELECT id FROM job
                WHERE state = 'scheduled' AND run_at <= now()
                ORDER BY run_at
                LIMIT :page
                FOR UPDATE SKIP LOCKED)
            UPDATE job
            SET state = 'ready', run_at = NULL
            FROM due
            WHERE job.id = due.id""";

    private void promote() {
        int moved;
        do {
            moved = line.transact(tx -> tx.update(PROMOTE).bind("page", PAGE).execute());
            announce(moved);
        } while (moved == PAGE);
    }

    /** A second later than the lease says, so that a heartbeat under way is not overtaken. */
    private static final String DEAD = """
            SELECT id FROM node
            WHERE lease_until < now() - make_interval(secs => :slack)
            ORDER BY lease_until
            LIMIT 1
            FOR UPDATE SKIP LOCKED""";

    private void rescue() {
        boolean more = true;
        while (more) {
            more = line.transact(this::rescueOne);
        }
    }

    private boolean rescueOne(Tx tx) {
        Long dead = tx.query(DEAD)
                .bind("slack", Rows.seconds(times.lease()) / 10)
                .mapTo(Long.class)
                .findOne()
                .orElse(null);
        if (dead == null) {
            return false;
        }
        int freed = Heart.collect(tx, dead);
        tx.afterCommit(() -> {
            LOG.warn("node {} is dead; {} of its jobs are free again", dead, freed);
            tally.rescued.add(freed);
            announce(freed);
        });
        return true;
    }

    /** What a node claimed in a commit that came after its own funeral. */
    private static final String SWEEP = """
            UPDATE job
            SET state = 'ready', node = NULL, last_error = coalesce(last_error, 'its node died')
            WHERE state = 'running' AND NOT EXISTS (SELECT FROM node WHERE node.id = job.node)""";

    private void sweep() {
        int freed = line.transact(tx -> tx.update(SWEEP).execute());
        tally.rescued.add(freed);
        announce(freed);
    }

    private static final String RELANE = """
            UPDATE job
            SET lane = :lane
            WHERE kind = ANY(:kinds) AND lane <> :lane""";

    /** A kind that has another lane than in the program of before takes its jobs along, or nobody would look for them there. */
    private void relane() {
        for (Lane lane : Lane.values()) {
            announce(line.transact(tx -> tx.update(RELANE)
                    .bind("lane", Rows.column(lane))
                    .bindArray("kinds", String.class, kinds.in(lane))
                    .execute()));
        }
    }

    private static final String OURS = "SELECT id, claim FROM job WHERE node = :node";

    /**
     * Gives back what the table says is ours though it does not run here: its commit was answered by a broken connection. Only
     * what was seen so in two looks: in between, the thread that committed has handed it over.
     */
    private void disown() {
        long self = node.lease().node();
        List<Owned> ours = line.transact(
                tx -> tx.query(OURS).bind("node", self).mapTo(Owned.class).list());
        Set<Rows.Claim> now = ours.stream()
                .filter(row -> !node.runs(row.id(), row.claim()))
                .map(row -> new Rows.Claim(row.id(), self, row.claim()))
                .collect(Collectors.toCollection(HashSet::new));
        Set<Rows.Claim> before = strangers;
        strangers = now;
        for (Rows.Claim claim : now) {
            if (before.contains(claim) && line.transact(tx -> Rows.giveBack(tx, claim))) {
                LOG.warn("job {} was ours without our knowing; it is ready again", claim.job());
                tally.returned.increment();
                announce(1);
            }
        }
    }

    private static final String COUNT_STATES = "SELECT state, count(*) AS jobs FROM job GROUP BY state";

    private void count() {
        var counted = new HashMap<String, Long>();
        line.<List<Depth>>transact(
                        tx -> tx.query(COUNT_STATES).mapTo(Depth.class).list())
                .forEach(row -> counted.put(row.state(), row.jobs()));
        depth = Map.copyOf(counted);
    }

    private static final String FORGET = """
            DELETE FROM job_done
            WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM job_done
                WHERE day < (now() AT TIME ZONE 'UTC')::date - :days
                LIMIT :page))""";

    private void prune() {
        int days = (int) times.history().toDays();
        int gone;
        do {
            gone = line.transact(tx ->
                    tx.update(FORGET).bind("days", days).bind("page", PAGE).execute());
        } while (gone == PAGE);
    }

    private void announce(int jobs) {
        if (jobs > 0) {
            node.mayWait();
            bell.ring();
        }
    }

    private record Owned(UUID id, long claim) {}

    private record Depth(String state, long jobs) {}

    /** Something that is done every so often; the first time at once. */
    private static final class Due {
        private final long every;
        private long next = System.nanoTime();

        Due(Duration every) {
            this.every = every.toNanos();
        }

        boolean now() {
            long now = System.nanoTime();
            if (now - next < 0) {
                return false;
            }
            next = now + every;
            return true;
        }
    }
}
