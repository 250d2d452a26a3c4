package dev.millrace.platform.jobs;

import dev.millrace.platform.sql.Tx;
import java.util.Collection;
import java.util.UUID;

/** The queue, as those see it who put work into it. */
public final class Jobs {
    /** Makes kinds known: a job can be enqueued when the worker of its type is. {@link Workers#start} does it for its own. */
    public void register(Collection<? extends Worker<?>> workers) {}

    /** As {@link #enqueue(Tx, UUID, Job, Enqueue)}, at once and without a key. */
    public UUID enqueue(Tx tx, UUID account, Job job) {
        return enqueue(tx, account, job, Enqueue.NOW);
    }

    /**
     * Puts a job into the queue when the transaction commits, and not otherwise. When this node has room it runs here the moment
     * the transaction is durable.
     */
    public UUID enqueue(Tx tx, UUID account, Job job, Enqueue how) {
        throw new IllegalStateException("not running");
    }

    /** Cancels a job, in any state and on any node. */
    public Canceled cancel(Tx tx, UUID job) {
        return Canceled.ABSENT;
    }

    /** Gives a dead job a new life with all its attempts; false when it is not dead. */
    public boolean revive(Tx tx, UUID job) {
        return false;
    }

    /** How many nodes are alive, this one included; at least one. */
    public int liveNodes() {
        return 1;
    }
}
