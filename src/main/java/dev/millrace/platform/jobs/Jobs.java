package dev.millrace.platform.jobs;

import dev.millrace.platform.Ids;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Tx;
import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The queue, as those see it who put work into it. */
public final class Jobs {
    private final Kinds kinds = new Kinds();
    private volatile @Nullable Node here;

    /** Makes kinds known: a job can be enqueued when the worker of its type is. {@link Workers#start} does it for its own. */
    public void register(Collection<? extends Worker<?>> workers) {
        workers.forEach(kinds::add);
    }

    /** As {@link #enqueue(Tx, UUID, Job, Enqueue)}, at once and without a key. */
    public UUID enqueue(Tx tx, UUID account, Job job) {
        return enqueue(tx, account, job, Enqueue.NOW);
    }

    /**
     * Puts a job into the queue when the transaction commits, and not otherwise. When this node has room it runs here the moment
     * the transaction is durable.
     */
    public UUID enqueue(Tx tx, UUID account, Job job, Enqueue how) {
        Worker<?> worker = kinds.of(job);
        var fresh = new Rows.Fresh(Ids.next(), account, worker, Json.write(job), how);
        Node node = here;
        Lease place = node == null || !how.delay().isZero() ? null : node.place(worker.lane());
        if (node == null || place == null) {
            Rows.Born born = Rows.insert(tx, fresh, null);
            if (node != null && how.delay().isZero() && born.id().equals(fresh.id())) {
                tx.afterCommit(() -> node.ready(worker.lane()));
            }
            return born.id();
        }
        return bornClaimed(tx, fresh, node, place);
    }

    /**
     * Cancels a job, in any state and on any node. Locks its row: in a transaction that also locks what the worker writes to, do
     * this first, as the worker does.
     */
    public Canceled cancel(Tx tx, UUID job) {
        Rows.Standing standing = Rows.lock(tx, job);
        if (standing == null || standing.state().equals("dead")) {
            return Canceled.ABSENT;
        }
        if (standing.node() == null) {
            Rows.remove(tx, job);
            return Canceled.REMOVED;
        }
        Rows.askToCancel(tx, job);
        Node node = here;
        if (node != null && node.lease().node() == standing.node()) {
            tx.afterCommit(() -> node.cancel(job));
        } else {
            Claimer.tellOwner(tx, job);
        }
        return Canceled.ASKED;
    }

    /** Gives a dead job a new life with all its attempts; false when it is not dead. */
    public boolean revive(Tx tx, UUID job) {
        boolean alive = Rows.revive(tx, job);
        Node node = here;
        if (alive && node != null) {
            tx.afterCommit(node::ready);
        }
        return alive;
    }

    /** How many nodes are alive, this one included; at least one. */
    public int liveNodes() {
        Node node = here;
        return node == null ? 1 : node.nodes();
    }

    /** How many jobs of a lane this node runs at once; none when it runs nothing. */
    public int slots(Lane lane) {
        Node node = here;
        return node == null ? 0 : node.slots().size(lane);
    }

    Kinds kinds() {
        return kinds;
    }

    void attach(@Nullable Node node) {
        here = node;
    }

    private static UUID bornClaimed(Tx tx, Rows.Fresh fresh, Node node, Lease place) {
        Lane lane = fresh.worker().lane();
        Rows.Born born;
        try {
            born = Rows.insert(tx, fresh, place.node());
        } catch (RuntimeException failure) {
            node.vacate(lane, 1);
            throw failure;
        }
        if (!born.id().equals(fresh.id())) {
            node.vacate(lane, 1);
            return born.id();
        }
        if (born.node() == null) {
            node.vacate(lane, 1);
            tx.afterCommit(() -> node.ready(lane));
            return born.id();
        }
        var row = new Rows.Claimed(
                born.id(),
                fresh.account(),
                fresh.worker().kind(),
                fresh.payload(),
                1,
                1,
                fresh.worker().maxAttempts(),
                false);
        tx.afterCommit(() -> node.start(fresh.worker(), row, place));
        tx.unlessCommitted(fate -> {
            node.vacate(lane, 1);
            if (fate == Tx.Fate.UNKNOWN) {
                node.doubt();
            }
        });
        return born.id();
    }
}
