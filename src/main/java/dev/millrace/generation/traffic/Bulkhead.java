package dev.millrace.generation.traffic;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.catalogue.Caps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * The permits of one provider: so many calls at once, and so many of each model.
 *
 * <p>Who finds no room stands in line. First come, first served, save that somebody whose model is full does not hold up those
 * behind who want another. Both permits are given in one step, so that nobody holds the one while waiting for the other.
 */
final class Bulkhead {
    /** How often those in line look whether a cap was changed, and whether there is something to tell of where they stand. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Who stands so near hears of every step. */
    private static final int NEAR = 20;

    /** Who stands further back hears of a step at the latest after so long. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> running = new HashMap<>();
    private final List<Waiter> line = new ArrayList<>();
    private int all;

    /**
     * Waits for a permit.
     *
     * @param caps asked again while it waits
     * @param place told where in the line it stands, 1 is next, first when it has to wait and then as it moves up: of each step when it is near, else of
     *     each tenth of the way
     * @throws ProviderFailure {@code CANCELED}
     */
    void enter(String model, Supplier<Caps> caps, IntConsumer place, Cancellation cancellation)
            throws ProviderFailure, InterruptedException {
        // asked outside the lock: the answer may have to be read from the database
        var waiter = new Waiter(model, caps.get(), lock.newCondition());
        lock.lock();
        try {
            line.add(waiter);
            admit();
            if (waiter.admitted) {
                return;
            }
        } finally {
            lock.unlock();
        }
        Cancellation.Hook hook = cancellation.onCancel(() -> wake(waiter));
        boolean entered = false;
        try {
            wait(waiter, caps, place, cancellation);
            entered = true;
        } finally {
            hook.close();
            if (!entered) {
                giveUp(waiter);
            }
        }
    }

    /** A call that runs already, whatever the caps say. */
    void resume(String model) {
        lock.lock();
        try {
            take(model);
        } finally {
            lock.unlock();
        }
    }

    void leave(String model) {
        lock.lock();
        try {
            all--;
            running.computeIfPresent(model, (name, count) -> count == 1 ? null : count - 1);
            admit();
        } finally {
            lock.unlock();
        }
    }

    int running() {
        lock.lock();
        try {
            return all;
        } finally {
            lock.unlock();
        }
    }

    int waiting() {
        lock.lock();
        try {
            return line.size();
        } finally {
            lock.unlock();
        }
    }

    private void wait(Waiter waiter, Supplier<Caps> caps, IntConsumer place, Cancellation cancellation)
            throws ProviderFailure, InterruptedException {
        int told = 0;
        long toldAt = System.nanoTime();
        while (true) {
            Caps present = caps.get();
            int at;
            lock.lock();
            try {
                waiter.caps = present;
                admit();
                if (waiter.admitted) {
                    return;
                }
                at = line.indexOf(waiter) + 1;
            } finally {
                lock.unlock();
            }
            long now = System.nanoTime();
            if (tells(told, at, now - toldAt)) {
                told = at;
                toldAt = now;
                place.accept(at);
            }
            lock.lock();
            try {
                if (!waiter.admitted && !cancellation.requested()) {
                    waiter.turn.awaitNanos(LOOK_NANOS);
                }
                if (!waiter.admitted && cancellation.requested()) {
                    throw Cancellation.canceled();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Whether it is worth telling, and keeping: in a line of thousands each step of each of them would be thousands of events a
     * second.
     *
     * @param told the place that was told last, 0 when none was
     */
    static boolean tells(int told, int at, long silentNanos) {
        return at != told && (told == 0 || at <= NEAR || told - at >= told / 10 || silentNanos >= SILENT_NANOS);
    }

    private void wake(Waiter waiter) {
        lock.lock();
        try {
            waiter.turn.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Those behind move up; a permit that was given in the meantime goes to the next. */
    private void giveUp(Waiter waiter) {
        lock.lock();
        try {
            if (line.remove(waiter)) {
                admit();
            } else {
                leave(waiter.model);
            }
        } finally {
            lock.unlock();
        }
    }

    private void admit() {
        for (var waiters = line.iterator(); waiters.hasNext(); ) {
            Waiter next = waiters.next();
            if (!next.caps.roomAtProvider(all)) {
                return;
            }
            if (next.caps.roomForModel(running.getOrDefault(next.model, 0))) {
                waiters.remove();
                take(next.model);
                next.admitted = true;
                next.turn.signal();
            }
        }
    }

    private void take(String model) {
        all++;
        running.merge(model, 1, Integer::sum);
    }

    private static final class Waiter {
        private final String model;
        private final Condition turn;
        private Caps caps;
        private boolean admitted;

        Waiter(String model, Caps caps, Condition turn) {
            this.model = model;
            this.caps = caps;
            this.turn = turn;
        }
    }
}
