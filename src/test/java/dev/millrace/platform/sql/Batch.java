package dev.millrace.platform.sql;

import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** A first caller keeps the line busy until all the others stand behind him: those are one batch. */
final class Batch {
    private final Db db;
    private final ExecutorService callers;
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final List<AtomicReference<Thread>> joined = new ArrayList<>();

    Batch(Db db, ExecutorService callers) {
        this.db = db;
        this.callers = callers;
        var unused = callers.submit(() -> db.together(tx -> {
            held.countDown();
            await(go);
            return 0;
        }));
        await(held);
    }

    <T> Future<T> join(Function<Tx, T> work) {
        return enter(() -> db.together(work));
    }

    <Q, A> Future<A> join(Many<Q, A> many, Q question) {
        return enter(() -> db.together(many, question));
    }

    /** Waits until so many stand in line. */
    private void joined(int many) {
        Waiting.until("callers in line", Duration.ofSeconds(20), () -> {
            synchronized (joined) {
                return joined.stream()
                                .limit(many)
                                .filter(thread ->
                                        thread.get() != null && thread.get().getState() == Thread.State.TIMED_WAITING)
                                .count()
                        == many;
            }
        });
    }

    void go() {
        go.countDown();
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody came");
            }
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    /** Breaks the connection of this batch and no other. */
    static void cut(Tx tx) {
        tx.query("SELECT pg_terminate_backend(pg_backend_pid())")
                .mapTo(Boolean.class)
                .one();
    }

    private <T> Future<T> enter(Callable<T> call) {
        var thread = new AtomicReference<Thread>();
        int many;
        synchronized (joined) {
            joined.add(thread);
            many = joined.size();
        }
        Future<T> answer = callers.submit(() -> {
            thread.set(Thread.currentThread());
            return call.call();
        });
        joined(many);
        return answer;
    }
}
