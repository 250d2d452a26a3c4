package dev.millrace.webhooks;

import dev.millrace.platform.jobs.Attempt;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** How long a courier goes on, and the calls that are cut when his job is somebody else's. */
final class Shift {
    private final Attempt attempt;
    private final long until;
    private final BooleanSupplier leaving;
    private final Set<Runnable> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean ended;

    /** {@code leaving}: whether this node is about to stop. */
    Shift(Attempt attempt, Duration length, BooleanSupplier leaving) {
        this.attempt = attempt;
        this.leaving = leaving;
        this.until = System.nanoTime() + length.toNanos();
        attempt.onLost(() -> calls.forEach(Runnable::run));
    }

    Attempt attempt() {
        return attempt;
    }

    /** Nothing new is begun. */
    boolean over() {
        return ended || leaving.getAsBoolean() || attempt.lost() || System.nanoTime() - until > 0;
    }

    /** Ends it: the endpoint is not to be called for now. */
    void end() {
        ended = true;
    }

    /** A call that can be cut. */
    Call call() {
        return new Call();
    }

    /** Registers how to cut a call, for as long as it goes on. */
    final class Call implements AutoCloseable {
        private volatile @Nullable Runnable stop;

        void begins(Runnable how) {
            stop = how;
            calls.add(how);
            if (attempt.lost()) {
                how.run();
            }
        }

        @Override
        public void close() {
            Runnable known = stop;
            if (known != null) {
                calls.remove(known);
            }
        }
    }
}
