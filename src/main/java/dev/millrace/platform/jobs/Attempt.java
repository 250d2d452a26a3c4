package dev.millrace.platform.jobs;

import dev.millrace.platform.sql.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of one job: who it is, whether it should stop, and the pen with which it writes. */
public final class Attempt {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    private final Rows.Claimed row;
    private final Lease lease;
    private final Facts.Tally tally;
    private final Signal canceled = new Signal();
    private final Signal gone = new Signal();
    private final long startedNanos = System.nanoTime();
    private volatile boolean completed;

    Attempt(Rows.Claimed row, Lease lease, Facts.Tally tally) {
        this.row = row;
        this.lease = lease;
        this.tally = tally;
        if (row.canceled()) {
            canceled.raise();
        }
    }

    public UUID job() {
        return row.id();
    }

    public UUID account() {
        return row.account();
    }

    /** Grows with every claim of the job and never falls: the fence, and the epoch of whatever the job writes. */
    public long claim() {
        return row.claim();
    }

    /** The how-manyth attempt this is, from 1. */
    public int number() {
        return row.attempt();
    }

    /** Whether a failure now buries the job. */
    public boolean last() {
        return row.attempt() >= row.maxAttempts();
    }

    /** Somebody asked to cancel: stop soon, settle, and complete. True from the start when it was asked before this run. */
    public boolean cancelRequested() {
        return canceled.raised();
    }

    /** Runs once when cancelling is asked for, or now when it was. Must be quick and must not use the database. */
    public void onCancel(Runnable action) {
        canceled.on(action);
    }

    /**
     * The job is no longer ours: the lease ran out, the node gave it back, it took too long. Stop now, cause no effects outside,
     * write nothing.
     */
    public boolean lost() {
        return gone.raised() || !lease.held();
    }

    /** Runs once when the job is lost, or now when it is. Must be quick and must not use the database. */
    public void onLost(Runnable action) {
        gone.on(action);
    }

    /** Throws {@link Fenced} unless the job is still ours, and keeps it so until the transaction ends. */
    public void fence(Tx tx) {
        if (lost() || !Rows.fence(tx, fenced())) {
            throw refused();
        }
    }

    /** The same of many, in one statement. Answers for each, in this order, null or why it must write nothing. */
    public static List<@Nullable Fenced> fence(Tx tx, List<Attempt> all) {
        return shown(all, Rows.fence(tx, claims(all)));
    }

    /** Ends the job in the caller's transaction: its row goes, a line of history stays. Throws {@link Fenced}. */
    public void complete(Tx tx) {
        if (lost() || !Rows.complete(tx, fenced())) {
            throw refused();
        }
        tx.afterCommit(this::completedNow);
    }

    /**
     * Ends the jobs of many in the caller's transaction, in one statement. Answers for each, in this order, null or why it must write
     * nothing.
     */
    public static List<@Nullable Fenced> complete(Tx tx, List<Attempt> all) {
        List<@Nullable Fenced> refusals = shown(all, Rows.complete(tx, claims(all)));
        for (int i = 0; i < all.size(); i++) {
            if (refusals.get(i) == null) {
                tx.afterCommit(all.get(i)::completedNow);
            }
        }
        return refusals;
    }

    private static List<Rows.Claim> claims(List<Attempt> all) {
        return all.stream()
                .filter(attempt -> !attempt.lost())
                .map(Attempt::fenced)
                .toList();
    }

    private static List<@Nullable Fenced> shown(List<Attempt> all, Set<Rows.Claim> ours) {
        var refusals = new ArrayList<@Nullable Fenced>();
        for (Attempt attempt : all) {
            refusals.add(ours.contains(attempt.fenced()) ? null : attempt.refused());
        }
        return refusals;
    }

    Rows.Claim fenced() {
        return new Rows.Claim(row.id(), lease.node(), row.claim());
    }

    boolean completed() {
        return completed;
    }

    void completedNow() {
        completed = true;
        tally.completed.increment();
    }

    /** More attempts were begun than are allowed: the last ones ended with their process. */
    boolean exhausted() {
        return row.attempt() > row.maxAttempts();
    }

    boolean under(Lease other) {
        return lease == other;
    }

    /** Whether there is time enough on the lease to begin. */
    boolean mayStart() {
        return lease.mayStart();
    }

    /** Whether the lease would still let us write, the job being lost or not. */
    boolean leased() {
        return lease.held();
    }

    long runningNanos() {
        return System.nanoTime() - startedNanos;
    }

    void cancel() {
        canceled.raise();
    }

    /** True for the one who made it so. */
    boolean lose() {
        return gone.raise();
    }

    /** The refusal of a write, counted; from now on the attempt knows. */
    Fenced refused() {
        tally.fenced.increment();
        lose();
        return new Fenced(row.id(), row.claim());
    }

    /** Something that happens at most once, and who wants to be told. */
    private static final class Signal {
        private final ReentrantLock lock = new ReentrantLock();
        private List<Runnable> waiting = List.of();
        private volatile boolean raised;

        boolean raised() {
            return raised;
        }

        /** Runs the action when it happens, on that thread; now, on this one, when it has. */
        void on(Runnable action) {
            lock.lock();
            try {
                if (!raised) {
                    waiting = waiting.isEmpty() ? new ArrayList<>(2) : waiting;
                    waiting.add(action);
                    return;
                }
            } finally {
                lock.unlock();
            }
            run(action);
        }

        /** It happens; false when it had before. */
        boolean raise() {
            List<Runnable> told;
            lock.lock();
            try {
                if (raised) {
                    return false;
                }
                raised = true;
                told = waiting;
                waiting = List.of();
            } finally {
                lock.unlock();
            }
            told.forEach(Signal::run);
            return true;
        }

        private static void run(Runnable action) {
            try {
                action.run();
            } catch (RuntimeException defect) {
                LOG.error("an action that was to run when a job stops failed", defect); // the others must still be told
            }
        }
    }
}
