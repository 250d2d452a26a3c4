package dev.millrace.platform.jobs;

import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Line;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node alive in the table {@code node}, on a thread and a connection that nothing else can hold up.
 *
 * <p>A lease that ran out is never renewed, whoever noticed first: the database or our own clock. The node then goes on as a new
 * incarnation, and frees the jobs of the old one itself instead of waiting to be found.
 */
final class Heart {
    private static final Logger LOG = LoggerFactory.getLogger(Heart.class);

    private final JobsConfig.Times times;
    private final LongConsumer born;
    private final Line line;
    private @Nullable Pulse pulse;

    Heart(Db db, JobsConfig.Times times, LongConsumer born) {
        this.times = times;
        this.born = born;
        this.line = db.line("millrace-heart");
    }

    /** A new incarnation, in place of one that is known to be dead; null when none is. */
    Lease register(@Nullable Long dead) {
        var lease = new Lease(times.lease(), System.nanoTime());
        born.accept(lease.node());
        line.run(tx -> {
            if (dead != null) {
                int freed = collect(tx, dead);
                LOG.info("the incarnation before this one is over; {} of its jobs are free again", freed);
            }
            insert(tx, lease.node());
        });
        return lease;
    }

    void start(Node node) {
        pulse = new Pulse("jobs-heart", Duration.ofMillis(250), () -> beat(node));
    }

    void stop() {
        if (pulse != null) {
            pulse.end();
            pulse.join(Duration.ofSeconds(2));
        }
        line.close();
    }

    private Duration beat(Node node) {
        long sent = System.nanoTime();
        Lease lease = node.lease();
        Beat answer = lease.held() ? line.transact(tx -> renew(tx, lease.node())) : null;
        if (answer == null) {
            LOG.warn(
                    "the lease of node {} is over: its jobs are lost, and it goes on as a new incarnation",
                    lease.node());
            node.lose(lease);
            node.reborn(register(lease.node()));
        } else {
            lease.renewed(sent);
            node.told(answer.draining(), answer.alive());
            answer.cancel().forEach(node::cancel);
        }
        return times.heartbeat().minusNanos(System.nanoTime() - sent);
    }

    private static final String RENEW = """
            UPDATE node
            SET lease_until = clock_timestamp() + make_interval(secs => :lease)
            WHERE id = :node AND lease_until > clock_timestamp()
            RETURNING draining, (SELECT count(*) FROM node n WHERE n.lease_until > clock_timestamp()) AS alive""";

    private static final String TO_CANCEL = "SELECT id FROM job WHERE node = :node AND cancel_at IS NOT NULL";

    private @Nullable Beat renew(Tx tx, long node) {
        tx.execute("SET LOCAL statement_timeout = " + times.heartbeat().toMillis());
        Renewed renewed = tx.query(RENEW)
                .bind("node", node)
                .bind("lease", Rows.seconds(times.lease()))
                .mapTo(Renewed.class)
                .findOne()
                .orElse(null);
        if (renewed == null) {
            return null;
        }
        var cancel = tx.query(TO_CANCEL).bind("node", node).mapTo(UUID.class).list();
        return new Beat(renewed.draining(), (int) renewed.alive(), cancel);
    }

    private static final String INSERT = """
            INSERT INTO node (id, lease_until)
            VALUES (:node, clock_timestamp() + make_interval(secs => :lease))""";

    private void insert(Tx tx, long node) {
        tx.update(INSERT)
                .bind("node", node)
                .bind("lease", Rows.seconds(times.lease()))
                .execute();
    }

    private static final String DRAIN = "UPDATE node SET draining = TRUE WHERE id = :node";

    /** Lets everybody see that this node leaves. */
    static void drain(Tx tx, long node) {
        tx.update(DRAIN).bind("node", node).execute();
    }

    /** Waits for those who are about to bear a job to this node, and lets nobody do it any more. */
    private static final String LOCK = "SELECT id FROM node WHERE id = :node FOR UPDATE";

    private static final String COLLECT = """
            UPDATE job
            SET state = 'ready', node = NULL, last_error = coalesce(last_error, 'its node died')
            WHERE node = :node""";

    private static final String RELEASE = """
            UPDATE job
            SET state = 'ready', node = NULL, attempt = attempt - 1
            WHERE node = :node""";

    private static final String DELETE = "DELETE FROM node WHERE id = :node";

    /**
     * Ends a dead node: its jobs are ready again, the attempt counts. Those that have none left are ready too, so that one who
     * knows their kind buries them.
     */
    static int collect(Tx tx, long node) {
        return end(tx, node, COLLECT);
    }

    /** Ends a node that leaves in peace: its jobs are ready again as if they had not been tried. */
    static int release(Tx tx, long node) {
        return end(tx, node, RELEASE);
    }

    private static int end(Tx tx, long node, String jobs) {
        tx.query(LOCK).bind("node", node).mapTo(Long.class).list();
        int freed = tx.update(jobs).bind("node", node).execute();
        tx.update(DELETE).bind("node", node).execute();
        return freed;
    }

    private record Renewed(boolean draining, long alive) {}

    private record Beat(boolean draining, int alive, List<UUID> cancel) {}
}
