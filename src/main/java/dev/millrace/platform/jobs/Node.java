package dev.millrace.platform.jobs;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the threads of this node share: its lease, its slots, the attempts that run, and whether it takes more. */
final class Node {
    private final JobsConfig config;
    private final Runner runner;
    private final Facts.Tally tally;
    private final Bell bell;
    private final Slots slots;
    private final Map<UUID, Run> runs = new ConcurrentHashMap<>();
    private final Set<Lane> waiting = ConcurrentHashMap.newKeySet();
    private volatile Lease lease;
    private volatile boolean leaving;
    private volatile boolean closed;
    private volatile boolean doubtful;
    private volatile int nodes = 1;

    Node(JobsConfig config, Runner runner, Facts.Tally tally, Bell bell, Lease lease) {
        this.config = config;
        this.runner = runner;
        this.tally = tally;
        this.bell = bell;
        this.slots = new Slots(config.slots());
        this.lease = lease;
        waiting.addAll(EnumSet.allOf(Lane.class));
    }

    Lease lease() {
        return lease;
    }

    Slots slots() {
        return slots;
    }

    int nodes() {
        return nodes;
    }

    /** Whether it may begin anything now. */
    boolean takes() {
        return config.works() && !leaving && !closed && lease.mayStart();
    }

    /** What the heartbeat brought: whether an operator closed this node, and how many are alive. */
    void told(boolean draining, int alive) {
        closed = draining;
        nodes = Math.max(1, alive);
    }

    /** Nothing begins here any more. */
    void leave() {
        leaving = true;
    }

    /**
     * A slot for a job about to be born, under the lease answered; null when it must wait in the table: there is no room, or others
     * that wait would be passed.
     */
    @Nullable
    Lease place(Lane lane) {
        if (!takes() || waiting.contains(lane) || slots.take(lane, 1) == 0) {
            return null;
        }
        return lease;
    }

    /** Runs a job this node owns in the table; the caller took a slot for it. */
    void start(Worker<?> worker, Rows.Claimed row, Lease under) {
        var run = new Run(worker, row.payload(), new Attempt(row, under, tally));
        runs.put(row.id(), run);
        tally.started.increment();
        slots.run(worker.lane(), () -> {
            try {
                runner.run(worker, row.payload(), run.attempt());
            } finally {
                runs.remove(row.id(), run);
                vacate(worker.lane(), 1);
            }
        });
    }

    /** Gives slots back and, when jobs wait for them, says so. */
    void vacate(Lane lane, int count) {
        slots.give(lane, count);
        if (count > 0 && waiting.contains(lane)) {
            bell.wake();
        }
    }

    /** Jobs of a lane may wait in the table: new ones queue up behind them until the table was found empty. */
    void mayWait(Lane lane) {
        waiting.add(lane);
    }

    void mayWait() {
        waiting.addAll(EnumSet.allOf(Lane.class));
    }

    /** A job of the lane became ready: for us, or for anybody. */
    void ready(Lane lane) {
        waiting.add(lane);
        bell.ring();
    }

    void ready() {
        mayWait();
        bell.ring();
    }

    void noneWaits(Lane lane) {
        waiting.remove(lane);
    }

    /** Passes on that a job is to be canceled; does nothing when it does not run here. */
    void cancel(UUID job) {
        Run run = runs.get(job);
        if (run != null) {
            run.attempt().cancel();
        }
    }

    boolean runs(UUID job, long claim) {
        Run run = runs.get(job);
        return run != null && run.attempt().claim() == claim;
    }

    int running(Lane lane) {
        return (int) runs.values().stream()
                .filter(run -> run.worker().lane() == lane)
                .count();
    }

    /** All jobs under a lease become lost; what still runs of them keeps its slot until it ends. */
    void lose(Lease over) {
        over.end();
        runs.values().stream()
                .map(Run::attempt)
                .filter(attempt -> attempt.under(over))
                .forEach(Attempt::lose);
    }

    /** One look at the clock: a lease that is over is given up, a run that takes too long is stopped. */
    void watch() {
        Lease present = lease;
        if (!present.held()) {
            lose(present);
        }
        runs.values().forEach(run -> {
            if (run.attempt().runningNanos() > run.worker().timeout().toNanos()) {
                runner.stop(run.worker(), run.payload(), run.attempt());
            }
        });
    }

    /** Goes on under a new incarnation. */
    void reborn(Lease fresh) {
        lease = fresh;
    }

    /** A commit came to an unknown end: the table may name us the owner of jobs we know nothing of. */
    void doubt() {
        doubtful = true;
    }

    boolean doubted() {
        boolean was = doubtful;
        doubtful = false;
        return was;
    }

    /** A worker at work. */
    private record Run(Worker<?> worker, String payload, Attempt attempt) {}
}
