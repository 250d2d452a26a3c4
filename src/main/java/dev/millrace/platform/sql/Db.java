package dev.millrace.platform.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database: transactions on a pool whose connections are handed out in the order of asking.
 *
 * <p>A fair semaphore as large as the pool stands in front of it, because the pool itself lets late comers pass those who have
 * waited. Who waits longer than two and a half seconds is told {@code unavailable}. A thread that opens a transaction inside a transaction
 * would take two connections and, under load, wait for itself; that is refused at once.
 */
public final class Db implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Db.class);
    private static final int ATTEMPTS = 4;
    private static final long WAIT_MILLIS = 2_500;
    private static final long WARM_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final SqlConfig config;
    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final Semaphore turns;
    private final ThreadLocal<Boolean> inside = new ThreadLocal<>();
    private final Together together = Together.start(this::batch);

    private Db(SqlConfig config, HikariDataSource pool) {
        this.config = config;
        this.pool = pool;
        this.jdbi = Jdbis.over(pool);
        this.turns = new Semaphore(config.pool(), true);
    }

    /** Connects, brings the schema up to date, and fails with a clear message when it cannot. */
    public static Db open(SqlConfig config) {
        Migrations.run(config, Migrations.WAITS);
        var pool = new HikariDataSource(pooled(config));
        return new Db(config, pool);
    }

    /**
     * Runs the work in one transaction and answers what it answers. Everything is undone when it throws. The work runs again when others
     * stood in its way, or its connection broke before the commit was sent.
     */
    public <T extends @Nullable Object> T transact(Function<Tx, T> work) {
        return committed(withTurn(() -> retrying(work, false)));
    }

    /** As {@link #transact}, for work that answers nothing. */
    public void run(Consumer<Tx> work) {
        transact(tx -> {
            work.accept(tx);
            return Boolean.TRUE;
        });
    }

    /**
     * As {@link #transact}, for work that many callers do at once: all that waits is done in one commit, so that neither the disk nor a
     * row they share is the limit. Each closure is as if alone: it sees what those before it wrote, is undone alone when it throws, and
     * its caller is told only when all is durable. It may run twice, as in {@link #transact}, and should be short, for others wait.
     */
    public <T extends @Nullable Object> T together(Function<Tx, T> work) {
        refuseInside();
        return joined(new Task<>(work));
    }

    /**
     * The same for a question that many ask at once: whoever waits and asks the same object is answered in the same statements.
     *
     * @throws RuntimeException the refusal that was told
     */
    public <Q, A extends @Nullable Object> A together(Many<Q, A> many, Q question) {
        refuseInside();
        return joined(new Ask<>(many, question));
    }

    private <T extends @Nullable Object> T joined(Task<T> task) {
        if (together.leads() || together.join(task).alone()) {
            return transact(task.work());
        }
        Throwable failure = task.failure();
        if (failure instanceof Error defect) {
            throw defect;
        }
        if (failure instanceof RuntimeException thrown) {
            throw Failures.translated(thrown);
        }
        task.afterwards().forEach(Runnable::run);
        return task.answer();
    }

    /** Reads in one snapshot-per-statement, read-only transaction. */
    public <T extends @Nullable Object> T read(Function<Tx, T> work) {
        return committed(withTurn(() -> retrying(work, true)));
    }

    /** A connection outside the pool for one who may not wait: heartbeats, the event writer, LISTEN. */
    public Line line(String name) {
        return new Line(config, name);
    }

    /** The same for one whose statements may take that long. */
    public Line line(String name, Duration patience) {
        return new Line(config.patient(patience), name);
    }

    /**
     * Waits a moment for the connections that are still being made, so that many who come at once to a server that has just started
     * find one each. What is not there by then comes later.
     */
    public void warm() {
        long until = System.nanoTime() + WARM_NANOS;
        while (pool.getHikariPoolMXBean().getTotalConnections() < config.pool() && System.nanoTime() < until) {
            pause(1);
        }
    }

    public Load load() {
        return new Load(config.pool() - turns.availablePermits(), turns.getQueueLength(), together.inLine());
    }

    @Override
    public void close() {
        together.close();
        pool.close();
    }

    /** What was said for after the commit is done without the connection, so that it may open a transaction of its own. */
    private static <T extends @Nullable Object> T committed(Committed<T> done) {
        done.afterwards().forEach(Runnable::run);
        return done.answer();
    }

    /**
     * Refuses to go on in an open transaction of this thread: said by whoever may open one of his own, so that it shows at once and not
     * only when he has to.
     */
    public void refuseInside() {
        if (inside.get() != null) {
            throw new IllegalStateException("a transaction was opened inside a transaction; pass the Tx instead");
        }
    }

    private void batch(List<Task<?>> tasks) {
        withTurn(() -> {
            try (Handle handle = jdbi.open()) {
                handle.setReadOnly(false);
                Together.run(handle, tasks);
            }
            return Boolean.TRUE;
        });
    }

    private <T extends @Nullable Object> T withTurn(Supplier<T> work) {
        refuseInside();
        takeTurn();
        inside.set(Boolean.TRUE);
        try {
            return work.get();
        } finally {
            inside.remove();
            turns.release();
        }
    }

    private void takeTurn() {
        boolean taken = false;
        try {
            taken = turns.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        if (!taken) {
            throw Failures.away(new IllegalStateException("no database connection became free in time"));
        }
    }

    private <T extends @Nullable Object> Committed<T> retrying(Function<Tx, T> work, boolean readOnly) {
        for (int attempt = 1; ; attempt++) {
            var fate = new AtomicReference<>(Tx.Fate.UNKNOWN);
            try {
                return once(work, readOnly, fate);
            } catch (RuntimeException failure) {
                boolean undone = readOnly || fate.get() == Tx.Fate.UNDONE;
                if (attempt == ATTEMPTS || !(Failures.retryable(failure) || undone && Failures.broke(failure))) {
                    throw Failures.translated(failure);
                }
                LOG.debug("transaction is tried again: {}", failure.getMessage());
                pause(attempt);
            }
        }
    }

    /** {@code fate} is what becomes of it when this throws. */
    private <T extends @Nullable Object> Committed<T> once(
            Function<Tx, T> work, boolean readOnly, AtomicReference<Tx.Fate> fate) {
        try (Handle handle = jdbi.open()) {
            fate.set(Tx.Fate.UNDONE);
            handle.setReadOnly(readOnly);
            handle.begin();
            var tx = new Tx(handle);
            try {
                T answer = work.apply(tx);
                fate.set(Tx.Fate.UNKNOWN);
                handle.commit();
                return new Committed<>(answer, tx.afterCommit());
            } catch (Throwable failure) {
                undo(handle, failure);
                tx.failed(fate.get());
                throw failure;
            }
        }
    }

    private static void undo(Handle handle, Throwable failure) {
        try {
            handle.rollback();
        } catch (RuntimeException second) {
            failure.addSuppressed(second);
        }
    }

    /** Full jitter up to 10, 20, 40 ms, so that two transactions that met once do not meet again. */
    private static void pause(int attempt) {
        try {
            TimeUnit.MICROSECONDS.sleep(ThreadLocalRandom.current().nextLong(10_000L << (attempt - 1)));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static HikariConfig pooled(SqlConfig config) {
        var hikari = new HikariConfig();
        hikari.setPoolName("millrace");
        hikari.setJdbcUrl(config.url());
        hikari.setUsername(config.user());
        hikari.setPassword(config.password().reveal());
        hikari.setMaximumPoolSize(config.pool());
        // all of them all the time: whoever finds one missing waits for those before him to be made, one after the
        // other
        hikari.setMinimumIdle(config.pool());
        hikari.setConnectionTimeout(1_000);
        hikari.setValidationTimeout(1_000);
        hikari.setMaxLifetime(30 * 60_000L);
        hikari.setKeepaliveTime(60_000);
        hikari.setAutoCommit(true);
        hikari.setConnectionInitSql(Connections.UTC);
        Connections.properties(config, "millrace")
                .forEach((name, value) -> hikari.addDataSourceProperty(String.valueOf(name), value));
        return hikari;
    }

    private record Committed<T extends @Nullable Object>(T answer, List<Runnable> afterwards) {}

    /**
     * How busy the database is.
     *
     * @param busy connections in use
     * @param waiting callers who wait for one
     * @param inLine callers who wait for a common commit
     */
    public record Load(int busy, int waiting, int inLine) {}
}
