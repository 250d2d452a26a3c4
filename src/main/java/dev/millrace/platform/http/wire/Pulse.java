package dev.millrace.platform.http.wire;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a connection is doing and how long it may, written by its own thread and read by the watchdog.
 *
 * <p>The plain fields are published by the write of the state. The state also decides who has the word: only the one who moves it
 * out of {@code READING} goes on, so that an answer to a request that came after all and the watchdog's last word never mix.
 */
final class Pulse {
    private static final long QUIET_NANOS = Duration.ofMillis(100).toNanos();
    private static final long LINGER_NANOS = Duration.ofSeconds(2).toNanos();
    private static final int PIECE = 64 * 1024;

    private final HttpLimits limits;
    private final AtomicReference<State> state = new AtomicReference<>(State.WORKING);

    private Phase phase = Phase.WAITING;
    private long phaseBegan;
    private long readBegan;
    private long credit;
    private long deadline;
    private long silence;
    private volatile long end = Long.MAX_VALUE;

    private enum State {
        WORKING,
        READING,
        WRITING,
        CUT,
        BROKEN
    }

    private enum Phase {
        WAITING,
        HEAD,
        BODY,
        LINGER,
        TALK
    }

    /** What the watchdog finds. */
    enum Verdict {
        FINE,
        /** Its request is still arriving and has been for a while. */
        ARRIVING,
        /** Too slow with its request: it is told so and closed. */
        TOO_SLOW,
        /** Idle or stuck for too long: it is closed without a word. */
        OVERDUE
    }

    Pulse(HttpLimits limits) {
        this.limits = limits;
    }

    /** A blocking read begins; {@code begun} when bytes of the next request are already here. */
    void reading(boolean begun) {
        long now = System.nanoTime();
        if (phase == Phase.WAITING && begun) {
            enter(Phase.HEAD, now);
        }
        readBegan = now;
        deadline = switch (phase) {
            case WAITING -> now + limits.idle().toNanos();
            case HEAD -> phaseBegan + limits.headers().toNanos();
            case BODY -> now + credit;
            case LINGER -> Math.min(now + QUIET_NANOS, phaseBegan + LINGER_NANOS);
            case TALK -> now + silence;
        };
        state.compareAndSet(State.WORKING, State.READING);
    }

    /** The read returned that many bytes, less than none at the end of input; false when the watchdog was faster. */
    boolean read(int bytes) {
        if (!state.compareAndSet(State.READING, State.WORKING)) {
            return false;
        }
        long now = System.nanoTime();
        if (phase == Phase.WAITING && bytes > 0) {
            enter(Phase.HEAD, now);
        } else if (phase == Phase.BODY) {
            long earned =
                    bytes * Duration.ofSeconds(1).toNanos() / limits.pace().bytesPerSecond();
            credit = Math.min(limits.pace().grace().toNanos(), credit - (now - readBegan) + earned);
        }
        return true;
    }

    /** The head is complete; what is read from now on is the body. */
    void body() {
        enter(Phase.BODY, System.nanoTime());
        credit = limits.pace().grace().toNanos();
    }

    /** The request is answered; what is read from now on is the next one. */
    void waiting() {
        enter(Phase.WAITING, System.nanoTime());
    }

    /** What is read from now on is thrown away. */
    void lingering() {
        enter(Phase.LINGER, System.nanoTime());
    }

    /** What is read from now on is no HTTP and may come at any time; but who is silent for so long is gone. */
    void talking(Duration longestSilence) {
        silence = longestSilence.toNanos();
        enter(Phase.TALK, System.nanoTime());
    }

    /** Whatever is being read must be there within this time. May be called from any thread. */
    void endWithin(Duration time) {
        end = System.nanoTime() + time.toNanos();
    }

    /** An end of input is in order only between requests and after the last answer. */
    boolean mayEnd() {
        return phase == Phase.WAITING || phase == Phase.LINGER;
    }

    /** A blocking write begins; a long one gets time in proportion. */
    void writing(int bytes) {
        deadline = System.nanoTime() + limits.write().toNanos() * (1 + bytes / PIECE);
        state.compareAndSet(State.WORKING, State.WRITING);
    }

    void wrote() {
        state.compareAndSet(State.WRITING, State.WORKING);
    }

    void broke() {
        state.set(State.BROKEN);
    }

    boolean broken() {
        State now = state.get();
        return now == State.CUT || now == State.BROKEN;
    }

    /** The watchdog has the word. */
    boolean cutOff() {
        return state.get() == State.CUT;
    }

    /** The watchdog looks. */
    Verdict look(long now) {
        return switch (state.get()) {
            case READING -> {
                boolean arriving = phase == Phase.HEAD || phase == Phase.BODY;
                if (now - deadline > 0 || (end != Long.MAX_VALUE && now - end > 0)) {
                    yield arriving ? Verdict.TOO_SLOW : Verdict.OVERDUE;
                }
                yield arriving && age(now) > limits.pace().arriving().toNanos() ? Verdict.ARRIVING : Verdict.FINE;
            }
            case WRITING -> now - deadline > 0 ? Verdict.OVERDUE : Verdict.FINE;
            case WORKING, CUT, BROKEN -> Verdict.FINE;
        };
    }

    /** How long the present phase has lasted, in nanoseconds. */
    long age(long now) {
        return now - phaseBegan;
    }

    /** The watchdog takes the word; false when the connection's own thread went on just now. */
    boolean cut() {
        return state.compareAndSet(State.READING, State.CUT) || state.compareAndSet(State.WRITING, State.CUT);
    }

    private void enter(Phase next, long now) {
        phase = next;
        phaseBegan = now;
    }
}
