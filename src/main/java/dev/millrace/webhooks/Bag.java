package dev.millrace.webhooks;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a courier carries: filled from the table whenever it is empty, so that a call that hangs holds up no more than itself. It is
 * done with when nothing is due and nothing is on its way.
 */
final class Bag {
    /** While something is on its way the table is looked into this often for what came meanwhile. */
    private static final long LOOK_NANOS = Duration.ofMillis(500).toNanos();

    private final Shift shift;
    private final Supplier<List<Deliveries.Due>> table;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<Deliveries.Due> waiting = new ArrayDeque<>();
    private final Set<UUID> onTheirWay = new HashSet<>();
    private boolean looking;
    private boolean done;

    /** {@code table} answers what is due, with what is on its way. */
    Bag(Shift shift, Supplier<List<Deliveries.Due>> table) {
        this.shift = shift;
        this.table = table;
    }

    /** The next one to send, after a wait if need be; null when the shift is over or all is done. */
    Deliveries.@Nullable Due next() throws InterruptedException {
        lock.lock();
        try {
            while (!done && !shift.over()) {
                Deliveries.Due due = waiting.poll();
                if (due != null) {
                    onTheirWay.add(due.id());
                    return due;
                }
                if (looking || !look()) {
                    var unused = changed.awaitNanos(LOOK_NANOS);
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** It is written down what came of it. */
    void arrived(Deliveries.Due due) {
        lock.lock();
        try {
            onTheirWay.remove(due.id());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** One lane looks for all, without the lock; true when there is something, or nothing more to wait for. */
    private boolean look() {
        looking = true;
        Set<UUID> before = Set.copyOf(onTheirWay);
        List<Deliveries.Due> found = List.of();
        lock.unlock();
        try {
            found = table.get();
        } finally {
            lock.lock();
            looking = false;
        }
        found.stream().filter(due -> !before.contains(due.id())).forEach(waiting::add);
        done = waiting.isEmpty() && onTheirWay.isEmpty();
        changed.signalAll();
        return done || !waiting.isEmpty();
    }
}
