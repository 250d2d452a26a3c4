package dev.millrace.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Follows one generation to its end on a thread of its own, over as many connections and servers as it takes: whenever a
 * stream ends without a terminal event it comes again with the last id it saw, at the address the server has then.
 */
public final class Reader {
    private final String generation;
    private final StreamCheck check = new StreamCheck();
    private final List<SseReader.Event> heard = new ArrayList<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final AtomicReference<Api> api;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private int connections;

    private Reader(Api api, String generation) {
        this.api = new AtomicReference<>(api);
        this.generation = generation;
    }

    /** Starts to follow from the beginning. */
    public static Reader follow(Api api, String generation) {
        var reader = new Reader(api, generation);
        Thread.ofVirtual().start(reader::run);
        return reader;
    }

    /** Tells where the server is now. */
    public void movedTo(Api elsewhere) {
        api.set(elsewhere);
    }

    /** Waits until so many events were seen, or the end. */
    public void await(int events, Duration limit) {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (check.events() < events && !check.ended()) {
                left = more.awaitNanos(left);
                if (left <= 0) {
                    throw new AssertionError("only " + check.events() + " of " + events + " events of " + generation
                            + " within " + limit);
                }
            }
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end and compares with the row; empty when all is well. */
    public List<String> verdict(Duration limit) {
        try {
            done.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            return List.of("no end within " + limit + " after " + check.events() + " events, last " + check.lastId());
        } catch (ExecutionException | InterruptedException failure) {
            return List.of("the reader failed: " + failure);
        }
        return check.compare(
                api.get().get("/v1/generations/" + generation).expect(200).json());
    }

    public @Nullable String lastId() {
        lock.lock();
        try {
            return check.lastId();
        } finally {
            lock.unlock();
        }
    }

    /** All that it heard so far, over all its connections. */
    public List<SseReader.Event> heard() {
        lock.lock();
        try {
            return List.copyOf(heard);
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has heard the end. */
    public boolean ended() {
        lock.lock();
        try {
            return check.ended();
        } finally {
            lock.unlock();
        }
    }

    public String generation() {
        return generation;
    }

    public int connections() {
        return connections;
    }

    private void run() {
        try {
            while (!check.ended()) {
                connections++;
                if (!once()) {
                    // the server is being started again: nothing to wait for but itself
                    Waiting.until("a server", Duration.ofSeconds(60), this::reachable);
                }
            }
            done.complete(null);
        } catch (Throwable failure) {
            done.completeExceptionally(failure);
        }
    }

    private boolean reachable() {
        try {
            return api.get().get("/health/ready").status() == 200;
        } catch (RuntimeException away) {
            return false;
        }
    }

    /** One connection; false when there was nobody to connect to. */
    private boolean once() {
        try (var stream = api.get().events(generation, check.lastId())) {
            if (stream.status() == 204) {
                return true;
            }
            if (stream.status() != 200) {
                throw new AssertionError("events answered " + stream.status());
            }
            for (var event = stream.events().next();
                    event != null;
                    event = stream.events().next()) {
                take(event);
            }
            return true;
        } catch (RuntimeException away) {
            return false;
        }
    }

    private void take(SseReader.Event event) {
        lock.lock();
        try {
            check.saw(event);
            heard.add(event);
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
