package dev.millrace.platform.jobs;

import dev.millrace.platform.sql.Tx;
import java.util.UUID;

/** One run of one job: who it is, whether it should stop, and the pen with which it writes. */
public final class Attempt {
    private final UUID job;
    private final UUID account;
    private final long claim;
    private final int number;
    private final boolean last;

    Attempt(UUID job, UUID account, long claim, int number, boolean last) {
        this.job = job;
        this.account = account;
        this.claim = claim;
        this.number = number;
        this.last = last;
    }

    public UUID job() {
        return job;
    }

    public UUID account() {
        return account;
    }

    /** Grows with every claim of the job and never falls: the fence, and the epoch of whatever the job writes. */
    public long claim() {
        return claim;
    }

    /** The how-manyth attempt this is, from 1. */
    public int number() {
        return number;
    }

    /** Whether a failure now buries the job. */
    public boolean last() {
        return last;
    }

    /** Somebody asked to cancel: stop soon, settle, and complete. True from the start when it was asked before this run. */
    public boolean cancelRequested() {
        return false;
    }

    /** Runs once when cancelling is asked for, or now when it was. Must be quick and must not use the database. */
    public void onCancel(Runnable action) {}

    /**
     * The job is no longer ours: the lease ran out, the node gave it back, it took too long. Stop now, cause no effects outside,
     * write nothing.
     */
    public boolean lost() {
        return false;
    }

    /** Runs once when the job is lost, or now when it is. Must be quick and must not use the database. */
    public void onLost(Runnable action) {}

    /** Throws {@link Fenced} unless the job is still ours, and keeps it so until the transaction ends. */
    public void fence(Tx tx) {}

    /** Ends the job in the caller's transaction: its row goes, a line of history stays. Throws {@link Fenced}. */
    public void complete(Tx tx) {}
}
