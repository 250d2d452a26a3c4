package dev.millrace.generation;

import dev.millrace.platform.sql.Db;
import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Keeps the line for the common commit from moving until it is closed: who stands in it then is one batch. */
final class CommonLine implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Db db;
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final Future<?> sitter;

    CommonLine(Db db, ExecutorService callers) throws InterruptedException {
        this.db = db;
        sitter = callers.submit(() -> db.together(tx -> {
            held.countDown();
            try {
                return go.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
        }));
        held.await();
    }

    /** Waits until so many stand in line. */
    void await(int many) {
        Waiting.until("callers in line", LIMIT, () -> db.load().inLine() >= many);
    }

    @Override
    public void close() {
        go.countDown();
        try {
            sitter.get();
        } catch (ExecutionException failure) {
            throw new AssertionError(failure.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
