package dev.millrace.generation.provider.job;

import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.job.ExternalJobs.Look;
import dev.millrace.generation.provider.job.ExternalJobs.Miss;
import dev.millrace.generation.provider.job.ExternalJobs.Seen;
import dev.millrace.generation.provider.job.ExternalJobs.Wait;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The looks at one provider's jobs.
 *
 * <p>A round is one transaction: what was seen since the last one is written down, and what is due is claimed. Between rounds the
 * claimed jobs are looked at, each on its own thread, or all from the vendor's list.
 */
final class Patrol implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Patrol.class);
    private static final Duration ROUND = Duration.ofMillis(200);
    /** A looker that is lost is followed by another one after this time. */
    private static final Duration LEASE = Duration.ofSeconds(20);
    /** How often a job is looked at whose vendor tells by itself. */
    private static final Duration ATTENDED = Duration.ofSeconds(10);

    /** So much earlier than it is due a job may be looked at: what is due within a round need not wait for the next one. */
    private static final Duration EARLY = ROUND.dividedBy(2);
    /** How long a vendor that said that it has no list is not asked for it. */
    private static final Duration LISTLESS = Duration.ofMinutes(5);

    /** So many refusals in a row mean that there is no list: one may be the fault of a single question. */
    private static final int NO_LIST = 2;

    private static final Duration KEEPING = Duration.ofSeconds(3);
    private static final Duration NEWS_SPAN = Duration.ofSeconds(3);
    private static final int LOOKS_AT_ONCE = 128;
    private static final int MOST_SWEPT = 10_000;

    private final Db db;
    private final UUID me;
    private final JobBoard board;
    private final Turns turns;
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();
    private final Semaphore slots = new Semaphore(LOOKS_AT_ONCE);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Notes notes = new Notes();
    private boolean closed;
    private volatile boolean sweeping;
    private volatile long listlessUntil = System.nanoTime();
    /** Of one sweep after the other: {@link #sweeping} hands it on. */
    private int refusedLists;

    private long sweepAt = System.nanoTime();
    private long keepAt = System.nanoTime();

    Patrol(Db db, UUID me, JobBoard board) {
        this.db = db;
        this.me = me;
        this.board = board;
        this.turns = new Turns(board.rhythm().perSecond(), pause -> note(now -> now.hold(pause)));
    }

    void start() {
        Thread.ofVirtual().name("lookout-" + board.provider()).start(this::run);
    }

    Vigil watch(String id, Instant until) {
        var vigil = new Vigil(id, turns, this::left);
        watched.put(id, new Watched(vigil, until));
        note(now -> now.arrived(new Wait(id, until)));
        return vigil;
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
    }

    /** The row of a job that is over goes; that of one whose call was only interrupted stays for who follows it next. */
    private void left(Vigil vigil) {
        Watched rest = watched.computeIfPresent(vigil.id(), (id, present) -> present.vigil == vigil ? null : present);
        if (rest == null && vigil.isOver()) {
            note(now -> now.departed(vigil.id()));
        }
    }

    private void run() {
        try {
            while (awaitWork()) {
                round();
            }
        } catch (InterruptedException nobodyDoesThat) {
            LOG.error("the patrol of {} was interrupted and has ended", board.provider());
        }
    }

    /** Waits for the next round; for the next call when nobody waits for anything. False when it is over. */
    private boolean awaitWork() throws InterruptedException {
        lock.lock();
        try {
            long left = ROUND.toNanos();
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            while (!closed && watched.isEmpty() && notes.isEmpty()) {
                changed.await();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void round() {
        Notes taken = take();
        try {
            Claimed claimed = db.transact(tx -> {
                taken.write(tx, board.provider(), me, id -> tell(id, Sighting.LOST));
                keep(tx);
                return claim(tx);
            });
            claimed.news.forEach(seen -> tell(seen.id(), seen.sighting()));
            dispatch(claimed);
        } catch (RuntimeException failure) {
            LOG.warn("jobs at {} could not be looked at", board.provider(), failure);
            note(now -> now.putBack(taken));
        }
    }

    private void keep(Tx tx) {
        if (System.nanoTime() - keepAt >= 0 && !watched.isEmpty()) {
            tx.afterCommit(() -> keepAt = System.nanoTime() + KEEPING.toNanos());
            List<Wait> waits = watched.entrySet().stream()
                    .map(entry -> new Wait(entry.getKey(), entry.getValue().until))
                    .toList();
            ExternalJobs.expire(tx, board.provider());
            ExternalJobs.keep(tx, board.provider(), waits);
        }
    }

    private Claimed claim(Tx tx) {
        String provider = board.provider();
        Rhythm rhythm = rhythm();
        List<Seen> news = ExternalJobs.news(tx, provider, me, NEWS_SPAN);
        long count = ExternalJobs.count(tx, provider);
        boolean sweep = count > rhythm.single();
        boolean early = !turns.held().isZero() || sweep && (sweeping || System.nanoTime() - sweepAt < 0);
        // a sweep sees all jobs at the price of one look: it takes along what would be due before the next one
        int most = early ? 0 : sweep ? MOST_SWEPT : slots.availablePermits();
        Duration ahead = sweep ? rhythm.pause() : EARLY;
        List<String> ids = most == 0 ? List.of() : ExternalJobs.claim(tx, provider, most, ahead, LEASE);
        return new Claimed(ids, rhythm.pause(count), sweep, news);
    }

    private Rhythm rhythm() {
        return System.nanoTime() - listlessUntil < 0 ? board.listless() : board.rhythm();
    }

    private void dispatch(Claimed claimed) {
        Rhythm rhythm = rhythm();
        turns.pace(rhythm.perSecond());
        if (claimed.sweep && !claimed.ids.isEmpty()) {
            sweepAt = System.nanoTime() + rhythm.pause().toNanos();
            sweeping = true;
            Thread.ofVirtual().name("sweep-" + board.provider()).start(() -> sweep(claimed.ids, claimed.pause));
        } else {
            claimed.ids.forEach(id -> lookSoon(id, claimed.pause));
        }
    }

    private void sweep(List<String> ids, Duration pause) {
        long next = System.nanoTime() + board.rhythm().pause().toNanos();
        try {
            Map<String, Sighting> seen = board.sweep(new HashSet<>(ids));
            refusedLists = 0;
            for (String id : ids) {
                Sighting sighting = seen.get(id);
                if (sighting == null) {
                    lookSoon(id, pause);
                } else {
                    saw(new Look(id, sighting, next));
                }
            }
        } catch (ProviderFailure said) {
            unlisted(ids, pause, said);
        } catch (IOException | RuntimeException failure) {
            ids.forEach(id -> missed(id, failure));
        } finally {
            sweeping = false;
        }
    }

    /** A vendor may have no list after all; one that asks for a pause does not want other questions instead. */
    private void unlisted(List<String> ids, Duration pause, ProviderFailure said) {
        switch (said.kind()) {
            case RATE_LIMITED -> {
                note(now -> now.returned(ids));
                turns.hold(said);
            }
            case NOT_FOUND, INVALID -> {
                note(now -> now.returned(ids));
                refusedLists++;
                if (refusedLists >= NO_LIST) {
                    LOG.info("{} has no list of its jobs: each is asked for by itself", board.provider());
                    refusedLists = 0;
                    listlessUntil = System.nanoTime() + LISTLESS.toNanos();
                }
            }
            default -> ids.forEach(id -> lookSoon(id, pause));
        }
    }

    /** No more looks are under way than there are slots, however many jobs are due: the others are left for a later round. */
    private void lookSoon(String id, Duration pause) {
        Watched local = watched.get(id);
        if (local != null && local.vigil.isAttended() && local.lookedWithin(ATTENDED)) {
            note(now -> now.missed(new Miss(id, ATTENDED, false)));
        } else if (slots.tryAcquire()) {
            Thread.ofVirtual().name("look-" + board.provider()).start(() -> look(id, pause));
        } else {
            note(now -> now.returned(List.of(id)));
        }
    }

    private void look(String id, Duration pause) {
        try {
            turns.await();
            Duration held = turns.held();
            if (held.isZero()) {
                long next = System.nanoTime() + pause.toNanos();
                saw(new Look(id, board.look(id), next));
            } else {
                note(now -> now.missed(new Miss(id, held, false)));
            }
        } catch (IOException | ProviderFailure | RuntimeException failure) {
            missed(id, failure);
        } finally {
            slots.release();
        }
    }

    private void saw(Look look) {
        tell(look.id(), look.sighting());
        note(now -> now.saw(look));
    }

    private void missed(String id, Exception failure) {
        if (failure instanceof ProviderFailure said && said.kind() == Kind.RATE_LIMITED) {
            Duration hold = turns.hold(said);
            note(now -> now.missed(new Miss(id, hold, false)));
        } else {
            LOG.debug("no sight of job {} at {}", id, board.provider(), failure);
            note(now -> now.missed(new Miss(id, board.rhythm().pause(), true)));
        }
    }

    private void tell(String id, Sighting sighting) {
        Watched local = watched.get(id);
        if (local != null) {
            local.lookedAt = System.nanoTime();
            local.vigil.tell(sighting);
        }
    }

    private void note(Consumer<Notes> entry) {
        lock.lock();
        try {
            entry.accept(notes);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Notes take() {
        lock.lock();
        try {
            Notes taken = notes;
            notes = new Notes();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** What a round found. */
    private record Claimed(List<String> ids, Duration pause, boolean sweep, List<Seen> news) {}

    /** A job for which a call of this server waits. */
    private static final class Watched {
        private final Vigil vigil;
        private final Instant until;
        private volatile long lookedAt = System.nanoTime();

        Watched(Vigil vigil, Instant until) {
            this.vigil = vigil;
            this.until = until;
        }

        boolean lookedWithin(Duration time) {
            return System.nanoTime() - lookedAt < time.toNanos();
        }
    }
}
