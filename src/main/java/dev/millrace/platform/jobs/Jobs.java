package dev.millrace.platform.jobs;

import dev.millrace.platform.Ids;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Tx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BooleanSupplier;
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
        return enqueue(tx, List.of(new Wish(account, job, how))).getFirst();
    }

    /** Enqueues many in one statement, no two of which may have the same key; answers the id of each, in this order. */
    public List<UUID> enqueue(Tx tx, List<Wish> wishes) {
        List<Rows.Fresh> all = wishes.stream().map(this::fresh).toList();
        var placed = new ArrayList<Rows.Fresh>();
        var rest = new ArrayList<Rows.Fresh>();
        Node node = here;
        Lease lease = null;
        for (Rows.Fresh fresh : all) {
            Lease place = node == null || fresh.waits() ? null : node.place(fresh.lane());
            lease = place == null ? lease : place; // of two the later: places belong to the node, whatever its lease
            (place == null ? rest : placed).add(fresh);
        }
        var ids = new HashMap<UUID, UUID>();
        if (node != null && lease != null) {
            ids.putAll(bornClaimed(tx, placed, node, lease));
        }
        if (!rest.isEmpty()) {
            ids.putAll(bornReady(tx, rest, node));
        }
        return all.stream()
                .map(fresh -> ids.getOrDefault(fresh.id(), fresh.id()))
                .toList();
    }

    private Rows.Fresh fresh(Wish wish) {
        return new Rows.Fresh(Ids.next(), wish.account(), kinds.of(wish.job()), Json.write(wish.job()), wish.how());
    }

    /** As {@link #cancel(Tx, UUID, BooleanSupplier)}, of a job that leaves nothing to wind up. */
    public Canceled cancel(Tx tx, UUID job) {
        return cancel(tx, job, () -> false);
    }

    /**
     * Cancels a job, in any state and on any node. Locks its row: in a transaction that also locks what the worker writes to, do
     * this first, as the worker does.
     *
     * @param begun asked about a job that nobody has at present, with its row locked: whether somebody had it who left something
     *     that only its worker can wind up; then it is not removed, and whoever takes it next, at once, is told
     */
    public Canceled cancel(Tx tx, UUID job, BooleanSupplier begun) {
        Rows.Standing standing = Rows.lock(tx, job);
        if (standing == null || standing.state().equals("dead")) {
            return Canceled.ABSENT;
        }
        Node node = here;
        if (standing.node() != null) {
            Rows.askToCancel(tx, job);
            if (node != null && node.lease().node() == standing.node()) {
                tx.afterCommit(() -> node.cancel(job));
            } else {
                Claimer.tellOwner(tx, job);
            }
            return Canceled.ASKED;
        }
        if (!begun.getAsBoolean()) {
            Rows.remove(tx, job);
            return Canceled.REMOVED;
        }
        Rows.askToCancel(tx, job);
        Rows.readyNow(tx, job);
        if (node != null) {
            tx.afterCommit(node::ready);
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

    /** Answers the ids under which they lie in the table, by those we gave them. */
    private static Map<UUID, UUID> bornReady(Tx tx, List<Rows.Fresh> all, @Nullable Node node) {
        Map<UUID, Rows.Born> born = Rows.insert(tx, all, null);
        var ids = new HashMap<UUID, UUID>();
        for (Rows.Fresh fresh : all) {
            UUID id = of(born, fresh).id();
            ids.put(fresh.id(), id);
            if (node != null && !fresh.waits() && id.equals(fresh.id())) {
                tx.afterCommit(() -> node.ready(fresh.lane()));
            }
        }
        return ids;
    }

    private static Map<UUID, UUID> bornClaimed(Tx tx, List<Rows.Fresh> all, Node node, Lease place) {
        Map<UUID, Rows.Born> born;
        try {
            born = Rows.insert(tx, all, place.node());
        } catch (RuntimeException failure) {
            all.forEach(fresh -> node.vacate(fresh.lane(), 1));
            throw failure;
        }
        var ids = new HashMap<UUID, UUID>();
        for (Rows.Fresh fresh : all) {
            ids.put(fresh.id(), bornClaimed(tx, fresh, of(born, fresh), node, place));
        }
        return ids;
    }

    private static Rows.Born of(Map<UUID, Rows.Born> born, Rows.Fresh fresh) {
        return Objects.requireNonNull(born.get(fresh.id()), "an insert answers a row for each job");
    }

    private static UUID bornClaimed(Tx tx, Rows.Fresh fresh, Rows.Born born, Node node, Lease place) {
        Lane lane = fresh.lane();
        if (!born.id().equals(fresh.id())) {
            node.vacate(lane, 1);
            return born.id();
        }
        if (born.node() == null) {
            node.vacate(lane, 1);
            tx.afterCommit(() -> node.ready(lane));
            return born.id();
        }
        Worker<?> worker = fresh.worker();
        var row = new Rows.Claimed(
                born.id(), fresh.account(), worker.kind(), fresh.payload(), 1, 1, worker.maxAttempts(), false);
        tx.afterCommit(() -> node.start(worker, row, place));
        tx.unlessCommitted(fate -> {
            node.vacate(lane, 1);
            if (fate == Tx.Fate.UNKNOWN) {
                node.doubt();
            }
        });
        return born.id();
    }
}
