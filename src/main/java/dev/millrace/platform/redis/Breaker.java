package dev.millrace.platform.redis;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers that the server is away, so that only the first call pays for finding out.
 *
 * <p>One thread looks for it, at once and then every so often; no caller is ever the one who tries. What broke the call may be a
 * single stale connection: then the first look finds the server and the breaker was open for a moment only.
 */
final class Breaker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Breaker.class);

    private final Duration every;
    private final BooleanSupplier back;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread prober;
    private volatile boolean open;
    private boolean closed;

    /**
     * Begins open: the first look decides.
     *
     * @param back looks for the server and makes ready for calls when it is there
     */
    Breaker(Duration every, BooleanSupplier back) {
        this.every = every;
        this.back = back;
        this.prober = Thread.ofPlatform().daemon().name("redis-probe").unstarted(this::probe);
    }

    void start() {
        open = !back.getAsBoolean();
        if (open) {
            LOG.warn("Redis does not answer; going on without it");
        }
        prober.start();
    }

    /** Throws when the server is known to be away. */
    void pass() {
        if (open) {
            throw new RedisAway("Redis is away");
        }
    }

    boolean isOpen() {
        return open;
    }

    void trip(Throwable why) {
        lock.lock();
        try {
            if (!open) {
                LOG.warn("Redis does not answer; going on without it: {}", why.getMessage());
                open = true;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            open = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void probe() {
        while (awaitOpen()) {
            if (back.getAsBoolean()) {
                heal();
            } else {
                rest();
            }
        }
    }

    private boolean awaitOpen() {
        lock.lock();
        try {
            while (!open && !closed) {
                changed.awaitUninterruptibly();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void heal() {
        lock.lock();
        try {
            if (!closed) {
                open = false;
                LOG.info("Redis answers again");
            }
        } finally {
            lock.unlock();
        }
    }

    private void rest() {
        lock.lock();
        try {
            long left = every.toNanos();
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException stray) {
            LOG.debug("the probe was interrupted and goes on", stray);
        } finally {
            lock.unlock();
        }
    }
}
