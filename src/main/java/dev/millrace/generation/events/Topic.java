package dev.millrace.generation.events;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A generation that is read here and runs elsewhere, or nowhere yet. It is told what other nodes send, and twice a second what the
 * table says; what does not follow on what it knows, it takes from the table.
 */
final class Topic implements Source {
    /** Who was told something lately need not look for it: shorter than a beat, so that what is missed is found within a second. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(450);

    private final UUID generation;
    private final ReentrantLock lock = new ReentrantLock();
    private final Audience audience = new Audience();
    private @Nullable Reading reading;
    private long toldAt = System.nanoTime() - QUIET_NANOS;

    Topic(UUID generation) {
        this.generation = generation;
    }

    UUID generation() {
        return generation;
    }

    @Override
    public List<Frame> join(Reader reader) {
        lock.lock();
        try {
            audience.add(reader);
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void leave(Reader reader) {
        lock.lock();
        try {
            audience.remove(reader);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void disperse() {
        signal(Reader.Signal.ELSEWHERE);
    }

    @Override
    public void signal(Reader.Signal why) {
        lock.lock();
        try {
            audience.signal(why);
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return audience.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** A reader has read the table up to there. News begin behind it; those who have read further drop what they have. */
    void upTo(@Nullable EventId last) {
        lock.lock();
        try {
            EventId known = reading == null ? null : reading.last();
            if (last != null && (known == null || known.after(last))) {
                reading = new Reading(last);
            }
        } finally {
            lock.unlock();
        }
    }

    /** From where the table is to be looked into; null when there is no need now. */
    @Nullable
    EventId due() {
        lock.lock();
        try {
            boolean quiet = System.nanoTime() - toldAt < QUIET_NANOS;
            return reading == null || quiet || audience.isEmpty() ? null : reading.last();
        } finally {
            lock.unlock();
        }
    }

    /** Messages may have been missed: look as soon as possible. */
    void doubt() {
        lock.lock();
        try {
            toldAt = System.nanoTime() - QUIET_NANOS;
        } finally {
            lock.unlock();
        }
    }

    /** What another node sent; left alone unless it follows exactly on what is known. */
    void hear(News news) {
        lock.lock();
        try {
            EventId known = reading == null ? null : reading.last();
            if (known == null) {
                return;
            }
            if (known.epoch() == news.last().epoch() && known.seq() == news.before()) {
                toldAt = System.nanoTime();
                tell(news.rows());
            } else if (news.last().after(known)) {
                doubt();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * What the table says. The end, and assets, are told from rows of their own: for these each reader looks himself, which also
     * shows him a log whose deltas were merged.
     */
    void read(List<LogRow> rows) {
        lock.lock();
        try {
            if (rows.stream().anyMatch(row -> GenerationEvent.toldAnew(row.event()))) {
                reading = null;
                audience.signal(Reader.Signal.ELSEWHERE);
            } else {
                tell(rows);
            }
        } finally {
            lock.unlock();
        }
    }

    private void tell(List<LogRow> rows) {
        Reading mine = reading;
        if (mine == null) {
            return;
        }
        try {
            for (LogRow row : rows) {
                Frame frame = mine.next(row.frame());
                if (frame != null) {
                    audience.tell(frame);
                }
            }
        } catch (Reading.Gap gap) {
            reading = null;
            audience.signal(Reader.Signal.ELSEWHERE);
        }
    }
}
