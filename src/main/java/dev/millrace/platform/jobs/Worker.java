package dev.millrace.platform.jobs;

import dev.millrace.platform.sql.Tx;
import java.time.Duration;

/**
 * Handles one kind of job. It may run more than once for the same job, also while an earlier run has not noticed yet that it
 * lost the job, so whatever it writes goes through {@link Attempt#fence} or {@link Attempt#complete}.
 */
public interface Worker<J extends Job> {
    /** The kind's name in the table; it never changes, or jobs of the old name find no worker. */
    String kind();

    Class<J> type();

    Lane lane();

    Outcome work(J job, Attempt attempt) throws Exception;

    /** After so many failed attempts, lost ones included, the job is buried. */
    default int maxAttempts() {
        return 5;
    }

    /** A run that takes longer is told to stop, counts as failed, and loses the job. */
    default Duration timeout() {
        return Duration.ofHours(1);
    }

    /**
     * Says what else must be true once the job is dead: mark what it was for as failed, give money back. Runs in the transaction
     * that buries it, for every way of dying: the last attempt failed, {@link Outcome.GiveUp}, or its process died too often.
     */
    default void bury(Tx tx, J job, String reason) {}
}
