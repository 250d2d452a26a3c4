package dev.millrace.generation.events;

import dev.millrace.platform.sql.Line;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slow beat behind all hints: twice a second it looks into the table for what other nodes did not get through to us, sends away
 * readers who may not read any more, and tells the readers of a run that was lost.
 */
final class Beat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Beat.class);
    private static final long EVERY_MILLIS = 500;

    /** Beats from one word of what is read here to the next. */
    private static final int WISH_EVERY = 8;

    /** Generations looked up in one statement. */
    private static final int MOST = 500;

    private final Hub hub;
    private final Relay relay;
    private final Wanted wanted;
    private final Line line;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private final Thread thread;
    private boolean hurry;
    private boolean closing;
    private int beats;

    Beat(Hub hub, Relay relay, Wanted wanted, Line line) {
        this.hub = hub;
        this.relay = relay;
        this.wanted = wanted;
        this.line = line;
        this.thread = Thread.ofPlatform().name("event-beat").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Something may have been missed: do not wait for the next beat. */
    void hurry() {
        lock.lock();
        try {
            hurry = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
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

    private void run() {
        while (await()) {
            try {
                beat();
            } catch (RuntimeException failure) {
                LOG.warn("the events of other nodes are late: {}", failure.getMessage());
            }
        }
    }

    /** Answers false when it is time to end. */
    private boolean await() {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);
            while (left > 0 && !hurry && !closing) {
                left = wake.awaitNanos(left);
            }
            hurry = false;
            return !closing;
        } catch (InterruptedException end) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void beat() {
        beats++;
        for (Reader reader : hub.readers()) {
            if (!reader.admitted()) {
                reader.signal(Reader.Signal.REVOKED);
            }
        }
        var topics = new ArrayList<Topic>();
        for (Source source : hub.sources()) {
            switch (source) {
                case Topic topic -> topics.add(topic);
                case Recording recording -> {
                    if (recording.lost()) {
                        recording.close();
                    }
                }
            }
        }
        if (beats % WISH_EVERY == 1) {
            relay.wish(topics.stream().map(Topic::generation).toList());
            wanted.forget();
        }
        look(topics);
    }

    private void look(List<Topic> topics) {
        Map<UUID, Topic> byId = new HashMap<>();
        Map<UUID, EventId> since = new HashMap<>();
        for (Topic topic : topics) {
            EventId from = topic.due();
            if (from != null) {
                byId.put(topic.generation(), topic);
                since.put(topic.generation(), from);
            }
            if (since.size() == MOST) {
                read(byId, since);
                since.clear();
            }
        }
        read(byId, since);
    }

    private void read(Map<UUID, Topic> topics, Map<UUID, EventId> since) {
        if (since.isEmpty()) {
            return;
        }
        Map<UUID, List<LogRow>> news = line.transact(tx -> EventRows.news(tx, since));
        news.forEach((generation, rows) -> tell(topics.get(generation), rows));
    }

    private static void tell(@Nullable Topic topic, List<LogRow> rows) {
        if (topic != null) {
            topic.read(rows);
        }
    }
}
