package dev.millrace.generation.events;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One open stream's place at a source of events: a bounded queue between whoever tells and the thread that writes to the client.
 *
 * <p>A reader who does not keep up first misses progress and previews; when text alone grows too long, or lies too long, his
 * stream ends, and he comes back with his last id. Nobody waits for him.
 */
final class Reader {
    /** Bytes of events that may wait for one reader. */
    static final int ROOM = 256 * 1024;

    /** How long text may wait for a reader who takes nothing. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final BooleanSupplier admitted;
    private final long stayNanos;
    private final Room room;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private ArrayDeque<Frame> queue = new ArrayDeque<>(4);
    private int bytes;
    private long waitingSince;
    private boolean draining;
    private long leaveAt;
    private long waitsUntil;
    private @Nullable Signal signal;

    /** {@code admitted} says whether he may still read; it is asked every few seconds. */
    Reader(BooleanSupplier admitted) {
        this(admitted, Duration.ZERO);
    }

    /** {@code room} is what may wait for him and for the other readers of his client together. */
    Reader(BooleanSupplier admitted, Room room) {
        this(admitted, Duration.ZERO, room);
    }

    /**
     * @param stay how long he goes on reading after this node was told to stop: for who cannot come back elsewhere
     */
    Reader(BooleanSupplier admitted, Duration stay) {
        this(admitted, stay, new Room(ROOM));
    }

    private Reader(BooleanSupplier admitted, Duration stay, Room room) {
        this.admitted = admitted;
        this.stayNanos = stay.toNanos();
        this.room = room;
    }

    boolean admitted() {
        return admitted.getAsBoolean();
    }

    /** Why a reader stops listening where he listens. */
    enum Signal {
        /** The source has no more to say: look where the generation is now. */
        ELSEWHERE,
        /** This node wants no more streams. */
        DRAIN,
        /** He is too slow. */
        OVERLOAD,
        /** He may not read any more. */
        REVOKED,
        /** He is gone. */
        LEFT
    }

    /** Gives him an event; never blocks. */
    void offer(Frame frame) {
        lock.lock();
        try {
            if (signal != null) {
                return;
            }
            long now = System.nanoTime();
            if (queue.isEmpty()) {
                waitingSince = now;
            } else if (now - waitingSince > PATIENCE_NANOS) {
                overload();
                return;
            }
            if (!room.has(frame.wire().length) && !makeRoom(frame)) {
                return;
            }
            queue.add(frame);
            hold(bytes + frame.wire().length);
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Ends his listening; the first reason counts, but nothing is more urgent than that he may not read any more, or does not. */
    void signal(Signal why) {
        lock.lock();
        try {
            boolean urgent = why == Signal.REVOKED || why == Signal.LEFT;
            if (why == Signal.DRAIN && stayNanos > 0) {
                leaveAt = draining ? leaveAt : System.nanoTime() + stayNanos;
                draining = true;
            } else if (signal == null || urgent || (why == Signal.DRAIN && signal == Signal.ELSEWHERE)) {
                signal = why;
            }
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for events about that long and moves them to {@code into}; answers the signal once all events are taken. It is
     * {@link #tick} that ends a wait: a timer for each would be set and canceled for every event.
     */
    @Nullable
    Signal take(List<Frame> into, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long end = System.nanoTime() + nanos;
            for (long now = System.nanoTime();
                    queue.isEmpty() && signal == null && now < end;
                    now = System.nanoTime()) {
                if (draining && now >= leaveAt) {
                    signal = Signal.DRAIN;
                } else {
                    waitsUntil = draining ? Math.min(end, leaveAt) : end;
                    news.await();
                }
            }
            if (!queue.isEmpty()) {
                into.addAll(queue);
                queue.clear();
                hold(0);
            }
            return signal;
        } finally {
            lock.unlock();
        }
    }

    /** The clock's word, several times a second: who has waited long enough goes on. */
    void tick(long now) {
        lock.lock();
        try {
            if (now - waitsUntil >= 0) {
                news.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what was queued and why he was to look elsewhere: he begins anew at another source. */
    void again() {
        lock.lock();
        try {
            queue = new ArrayDeque<>(4);
            hold(0);
            if (signal == Signal.ELSEWHERE) {
                signal = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean makeRoom(Frame coming) {
        queue.removeIf(Frame::isLight);
        hold(queue.stream().mapToInt(frame -> frame.wire().length).sum());
        boolean fits = room.has(coming.wire().length) || queue.isEmpty();
        if (!fits && !coming.isLight()) {
            overload();
        }
        return fits;
    }

    /** What is queued goes: the stream ends behind the last event that was written, and resumes there. */
    private void overload() {
        queue.clear();
        hold(0);
        signal = Signal.OVERLOAD;
        news.signal();
    }

    /** So many bytes wait for him now. */
    private void hold(int now) {
        room.take(now - bytes);
        bytes = now;
    }
}
