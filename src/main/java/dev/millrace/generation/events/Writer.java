package dev.millrace.generation.events;

import dev.millrace.platform.KillPoint;
import dev.millrace.platform.sql.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a node that stores what was told already: the text, progress and previews of all its generations, in one
 * statement and one commit every few hundredths of a second, on a connection of its own.
 *
 * <p>While Postgres is away it tries the same batch again; those who tell go on until their room is full.
 */
final class Writer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);

    /** What comes within it is stored together. */
    private static final Duration WINDOW = Duration.ofMillis(40);

    private static final Duration AGAIN = Duration.ofMillis(250);
    private static final Duration IDLE = Duration.ofMillis(500);
    private static final int MOST_ROWS = 4_000;

    private final Line line;
    private final Relay relay;
    private final LinkedBlockingQueue<Recording> listed = new LinkedBlockingQueue<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    Writer(Line line, Relay relay) {
        this.line = line;
        this.relay = relay;
        this.thread = Thread.ofPlatform().name("event-writer").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** This recording has something to store; each is listed once until it is taken. */
    void add(Recording recording) {
        listed.add(recording);
    }

    /** Stores what is listed and ends; what cannot be stored now is lost with this process, as in a crash. */
    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        line.close();
    }

    private void run() {
        Set<Recording> due = new LinkedHashSet<>();
        try {
            while (!closes(Duration.ZERO)) {
                gather(due);
                if (store(due)) {
                    due.clear();
                } else {
                    closes(AGAIN);
                }
            }
            listed.drainTo(due);
            store(due);
        } catch (InterruptedException nobodyDoesThat) {
            LOG.error("the event writer was interrupted and has ended");
        }
    }

    /** Waits for the first, and then until the window is over. */
    private void gather(Set<Recording> due) throws InterruptedException {
        if (due.isEmpty()) {
            Recording first = listed.poll(IDLE.toMillis(), TimeUnit.MILLISECONDS);
            if (first == null) {
                return;
            }
            due.add(first);
            closes(WINDOW);
        }
        listed.drainTo(due);
    }

    /** Waits that long for the end. */
    private boolean closes(Duration time) throws InterruptedException {
        return closing.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    private boolean store(Collection<Recording> due) {
        var batch = new ArrayList<Taken>();
        int rows = 0;
        for (Recording recording : due) {
            List<LogRow> taken = recording.take();
            if (!taken.isEmpty()) {
                batch.add(new Taken(recording, taken));
                rows += taken.size();
            }
            if (rows >= MOST_ROWS) {
                if (!commit(batch)) {
                    return false;
                }
                batch.clear();
                rows = 0;
            }
        }
        return commit(batch);
    }

    private boolean commit(List<Taken> batch) {
        if (batch.isEmpty()) {
            return true;
        }
        var generations = new ArrayList<UUID>();
        var rows = new ArrayList<LogRow>();
        for (Taken taken : batch) {
            for (LogRow row : taken.rows()) {
                generations.add(taken.recording().generation());
                rows.add(row);
            }
        }
        try {
            line.run(tx -> {
                EventRows.store(tx, generations, rows);
                KillPoint.reach("inside-delta-batch");
            });
        } catch (RuntimeException failure) {
            LOG.warn("{} events are not stored yet: {}", rows.size(), failure.getMessage());
            return false;
        }
        tell(batch);
        return true;
    }

    private void tell(List<Taken> batch) {
        Map<News, List<UUID>> news = new HashMap<>();
        for (Taken taken : batch) {
            News fresh = taken.recording().stored(taken.rows());
            List<UUID> nodes = taken.recording().wantedBy();
            if (!nodes.isEmpty()) {
                news.put(fresh, nodes);
            }
        }
        relay.tell(news);
    }

    private record Taken(Recording recording, List<LogRow> rows) {}
}
