package dev.millrace.generation.provider.job;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderFailure;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * When this server may ask one provider about one job: so often in a second, evenly, in the order of coming, and not at all while the
 * provider wants a pause.
 */
final class Turns {
    private static final Duration USUAL_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Consumer<Duration> pauses;
    private final AtomicLong last = new AtomicLong(System.nanoTime());
    private final AtomicLong heldUntil = new AtomicLong(System.nanoTime());
    private volatile long stepNanos;

    /**
     * @param pauses hears of each pause that the provider asked for
     */
    Turns(int perSecond, Consumer<Duration> pauses) {
        this.pauses = pauses;
        pace(perSecond);
    }

    /** Changes how many go by in a second from now on. */
    void pace(int perSecond) {
        stepNanos = 1_000_000_000L / perSecond;
    }

    /** Waits for one's turn. */
    void await() {
        long mine = System.nanoTime() + next();
        for (long left = mine - System.nanoTime(); left > 0; left = mine - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Waits for one's turn, pauses included; false when nobody wants it any more. */
    boolean await(Cancellation over) throws InterruptedException {
        while (true) {
            if (over.await(held()) || over.await(Duration.ofNanos(next()))) {
                return false;
            }
            if (held().isZero()) {
                return true;
            }
        }
    }

    /** The provider wants to be left alone for a while; answers for how long it is. */
    Duration hold(ProviderFailure said) {
        Duration asked = said.retryAfter() == null ? USUAL_PAUSE : said.retryAfter();
        Duration pause = asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked;
        long until = System.nanoTime() + pause.toNanos();
        heldUntil.updateAndGet(before -> Math.max(before, until));
        pauses.accept(pause);
        return pause;
    }

    /** What is left of the pause that the provider asked for. */
    Duration held() {
        long left = heldUntil.get() - System.nanoTime();
        return left > 0 ? Duration.ofNanos(left) : Duration.ZERO;
    }

    /** Takes the next turn and answers how far off it is. */
    private long next() {
        long now = System.nanoTime();
        long step = stepNanos;
        return last.updateAndGet(turn -> Math.max(turn + step, now)) - now;
    }
}
