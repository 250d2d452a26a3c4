package dev.millrace.platform.jobs;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.sql.Db;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node of the queue: it keeps a lease, claims jobs, runs them, and watches over the other nodes.
 *
 * <p>Its threads are platform threads with connections of their own where they need one, so that neither a full pool nor a
 * crowd of virtual threads can make it look dead.
 */
public final class Workers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final Duration WATCH = Duration.ofMillis(100);

    private final Db db;
    private final Jobs jobs;
    private final Facts.Tally tally = new Facts.Tally();
    private final Bell bell = new Bell();
    private final AtomicBoolean drained = new AtomicBoolean();
    private final Node node;
    private final Heart heart;
    private final Finisher finisher;
    private final Keeper keeper;
    private final Claimer claimer;
    private final Pulse watch;

    private Workers(Db db, Jobs jobs, JobsConfig config, Lineage lineage) {
        this.db = db;
        this.jobs = jobs;
        this.heart = new Heart(db, config.times(), lineage.born());
        var lease = heart.register(lineage.previous());
        this.finisher = new Finisher(db);
        this.node = new Node(config, new Runner(db, config.backoff(), tally, finisher), tally, bell, lease);
        heart.start(node);
        this.watch = new Pulse("jobs-watch", WATCH, this::look);
        this.keeper = new Keeper(db, config.times(), node, jobs.kinds(), bell, tally);
        this.claimer = new Claimer(db, node, jobs.kinds(), bell, config.times().poll());
    }

    /** As {@link #start(Db, Jobs, JobsConfig, List, Lineage)}, without a past. */
    public static Workers start(Db db, Jobs jobs, JobsConfig config, List<Worker<?>> workers) {
        return start(db, jobs, config, workers, Lineage.NONE);
    }

    /** Registers a new incarnation, ends the previous one, and begins to work. */
    public static Workers start(Db db, Jobs jobs, JobsConfig config, List<Worker<?>> workers, Lineage lineage) {
        jobs.register(workers);
        var started = new Workers(db, jobs, config, lineage);
        jobs.attach(started.node);
        return started;
    }

    public Facts facts() {
        var running = new EnumMap<Lane, Integer>(Lane.class);
        var slots = new EnumMap<Lane, Integer>(Lane.class);
        for (Lane lane : Lane.values()) {
            running.put(lane, node.running(lane));
            slots.put(lane, node.slots().size(lane));
        }
        return new Facts(keeper.depth(), running, slots, node.nodes(), tally.since());
    }

    /** Takes no more jobs, waits for those that run, and gives the rest back so that no attempt is lost. */
    public void drain(Duration grace) {
        if (!drained.compareAndSet(false, true)) {
            return;
        }
        node.leave();
        attempt(
                "say that it leaves",
                () -> db.run(tx -> Heart.drain(tx, node.lease().node())));
        awaitIdle(grace);
        claimer.stop();
        keeper.stop();
        heart.stop();
        Lease lease = node.lease();
        node.lose(lease);
        finisher.stop();
        watch.end();
        attempt("give its jobs back", () -> release(lease));
        jobs.attach(null);
    }

    /** Drains without waiting; does nothing after a drain. */
    @Override
    public void close() {
        drain(Duration.ZERO);
    }

    Node node() {
        return node;
    }

    Heart heart() {
        return heart;
    }

    private Duration look() {
        node.watch();
        return WATCH;
    }

    private void awaitIdle(Duration grace) {
        try {
            node.slots().awaitIdle(grace);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void release(Lease lease) {
        db.run(tx -> {
            int freed = Heart.release(tx, lease.node());
            if (freed > 0) {
                Claimer.tellOthers(tx);
            }
            LOG.info("node {} has left; it gave {} jobs back", lease.node(), freed);
        });
    }

    /** Leaving goes on without what the database does not let us say: the lease runs out by itself. */
    private void attempt(String what, Runnable step) {
        try {
            step.run();
        } catch (Problem away) {
            LOG.warn("node {} could not {}: {}", node.lease().node(), what, away.getMessage());
        }
    }
}
