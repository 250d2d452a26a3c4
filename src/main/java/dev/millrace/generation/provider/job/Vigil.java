package dev.millrace.generation.provider.job;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.job.Sighting.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a call waits for news of its job. Of sightings the last one counts; events are handed over in their order.
 *
 * <p>Those who tell may be many: whoever looks, on any server, and whatever the vendor tells by itself.
 */
public final class Vigil implements AutoCloseable {
    private static final int MOST_EVENTS = 256;

    private final String id;
    private final Turns turns;
    private final Consumer<Vigil> ending;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<ProviderEvent> events = new ArrayDeque<>();
    private @Nullable Sighting sighting;
    private volatile boolean over;
    private boolean woken;
    private volatile boolean attended;
    private volatile boolean closed;

    Vigil(String id, Turns turns, Consumer<Vigil> ending) {
        this.id = id;
        this.turns = turns;
        this.ending = ending;
    }

    public String id() {
        return id;
    }

    /** Where the job stands. What is over stays over, whatever an older look says. */
    public void tell(Sighting seen) {
        lock.lock();
        try {
            if (!over) {
                sighting = seen;
                over = seen.state() == State.OVER;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** An event for the call's own thread; one that may be lost is, when the call does not keep up. */
    public void show(ProviderEvent event) {
        lock.lock();
        try {
            if (events.size() < MOST_EVENTS) {
                events.add(event);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** An event that may not be lost: waits until there is room, and drops it only when nobody waits for it any more. */
    public void deliver(ProviderEvent event) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (events.size() >= MOST_EVENTS && !closed) {
                changed.await();
            }
            if (!closed) {
                events.add(event);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether the vendor tells by itself at present, so that few looks are enough. */
    public void attended(boolean now) {
        attended = now;
    }

    /**
     * Waits until the vendor may be asked one thing more about the job. Those who look at its jobs and those who ask for themselves wait
     * in one line.
     *
     * @return false when it is over before that
     */
    public boolean turn(Cancellation over) throws InterruptedException {
        return turns.await(over);
    }

    /** The vendor did not answer what it was asked: when it wants a pause, all keep it. */
    public void refused(ProviderFailure said) {
        if (said.kind() == Kind.RATE_LIMITED) {
            turns.hold(said);
        }
    }

    /** It is not over, whatever was told. */
    void goesOn() {
        over = false;
    }

    /** Whether it was told that the job is over. */
    boolean isOver() {
        return over;
    }

    boolean isAttended() {
        return attended;
    }

    /** Ends the wait at once. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The next event, else the next sighting; null when it was woken, or nothing came in that time. */
    @Nullable
    News await(Duration time) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = time.toNanos();
            while (events.isEmpty() && sighting == null && !woken && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (!events.isEmpty() && !woken) {
                ProviderEvent event = events.remove();
                changed.signalAll();
                return new News.Told(event);
            }
            Sighting seen = sighting;
            sighting = null;
            return seen == null || woken ? null : new News.Seen(seen);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        ending.accept(this);
    }

    /** What a call is waiting for. */
    sealed interface News {
        /** It is passed on as it is. */
        record Told(ProviderEvent event) implements News {}

        record Seen(Sighting sighting) implements News {}
    }
}
