package dev.millrace.generation.live;

import dev.millrace.generation.events.Outlet.Parting;
import dev.millrace.generation.events.Retelling;
import dev.millrace.platform.Ids;
import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Line;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts that are watched on this node. One thread reads what happened in all of them, on a connection of its own: once a
 * second whatever else happens, and at once for those whose bell rang.
 */
public final class Overviews implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Overviews.class);
    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int WISH_EVERY_BEATS = 4;

    /** Accounts in one reading. */
    private static final int MOST = 500;

    private final Line line;
    private final Retelling retelling;
    private final Bells bells;
    private final Map<UUID, Overview> overviews = new ConcurrentHashMap<>();
    private final Set<Onlooker> onlookers = ConcurrentHashMap.newKeySet();
    private final Set<UUID> rung = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private final Thread thread;
    private volatile boolean draining;
    private boolean closing;
    private long beatAt = System.nanoTime();
    private int beats;

    private Overviews(Line line, Retelling retelling, Bells bells) {
        this.line = line;
        this.retelling = retelling;
        this.bells = bells;
        this.thread = Thread.ofPlatform().name("account-beat").daemon().unstarted(this::run);
    }

    public static Overviews open(Db db, Redis redis, Retelling retelling) {
        var overviews = new Overviews(db.line("millrace-account-beat"), retelling, new Bells(redis, Ids.next()));
        overviews.bells.listen(overviews::heard, overviews::doubt);
        overviews.thread.start();
        return overviews;
    }

    /** Something in this account changed durably: whoever watches it is told, here and elsewhere. */
    public void ring(UUID account) {
        heard(account);
        bells.ring(account);
    }

    /** Sends every onlooker to another node. */
    public void drain() {
        draining = true;
        onlookers.forEach(onlooker -> onlooker.part(Parting.DRAIN));
    }

    @Override
    public void close() {
        drain();
        bells.close();
        lock.lock();
        try {
            closing = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        line.close();
    }

    /** Somebody who watches no account, and is told only when he has to part. */
    Onlooker attend(BooleanSupplier admitted) {
        var onlooker = new Onlooker(admitted);
        onlookers.add(onlooker);
        if (draining) {
            onlooker.part(Parting.DRAIN);
        }
        return onlooker;
    }

    /** Somebody who is told how the generations of an account stand, and from then on every change. */
    Onlooker join(UUID account, BooleanSupplier admitted) {
        Onlooker onlooker = attend(admitted);
        overviews.compute(account, (id, present) -> {
            Overview overview = present == null ? new Overview(id) : present;
            overview.join(onlooker);
            return overview;
        });
        heard(account);
        return onlooker;
    }

    void leave(UUID account, Onlooker onlooker) {
        leave(onlooker);
        overviews.computeIfPresent(account, (id, present) -> present.leave(onlooker) ? present : null);
    }

    void leave(Onlooker onlooker) {
        onlookers.remove(onlooker);
    }

    private void heard(UUID account) {
        if (overviews.containsKey(account) && rung.add(account)) {
            wake();
        }
    }

    /** Rings may have been missed. */
    private void doubt() {
        rung.addAll(overviews.keySet());
        wake();
    }

    private void wake() {
        lock.lock();
        try {
            wake.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        while (await()) {
            boolean beat = System.nanoTime() - beatAt >= BEAT_NANOS;
            Collection<UUID> due = beat ? overviews.keySet() : List.copyOf(rung);
            due.forEach(rung::remove);
            var reading = new ArrayList<Overview>(due.size());
            for (UUID account : due) {
                Overview overview = overviews.get(account);
                if (overview != null) {
                    reading.add(overview);
                }
            }
            try {
                if (beat) {
                    beat();
                }
                read(reading);
            } catch (RuntimeException failure) {
                LOG.warn("what happens in accounts is told late: {}", failure.getMessage());
                reading.forEach(Overview::away);
            }
        }
    }

    /** Waits for the next beat or a bell; answers false when it is time to end. */
    private boolean await() {
        lock.lock();
        try {
            long left = BEAT_NANOS - (System.nanoTime() - beatAt);
            while (left > 0 && rung.isEmpty() && !closing) {
                left = wake.awaitNanos(left);
            }
            return !closing;
        } catch (InterruptedException end) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void beat() {
        beatAt = System.nanoTime();
        for (Onlooker onlooker : onlookers) {
            if (!onlooker.admitted()) {
                onlooker.part(Parting.REVOKED);
            }
        }
        if (beats++ % WISH_EVERY_BEATS == 0) {
            bells.forget();
            bells.wish(overviews.keySet());
        }
    }

    private void read(List<Overview> due) {
        for (int from = 0; from < due.size(); from += MOST) {
            List<Overview> part = due.subList(from, Math.min(due.size(), from + MOST));
            bells.wish(part.stream()
                    .filter(overview -> !overview.begun())
                    .map(Overview::account)
                    .toList());
            UUID next = line.transact(tx -> new OverviewReading(tx, part, retelling).read(OverviewRows.now(tx)));
            part.forEach(overview -> overview.settle(next));
        }
    }
}
