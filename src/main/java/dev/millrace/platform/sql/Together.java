package dev.millrace.platform.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Many callers' work in one commit: the same closures, one after another on one connection, each in a savepoint of its own.
 *
 * <p>Nobody waits for company: whoever comes while no batch is under way is run at once, and those who come meanwhile are the next
 * batch. Nobody is told anything before the common commit, refusals included, for a refusal may rest on what another closure of the
 * batch has written.
 *
 * <p>One platform thread runs all batches: it waits for the database where it is, while a virtual thread would be taken off its
 * processor and brought back for every statement.
 *
 * <p>What one closure meets is its own affair: it is undone to its savepoint, and the others go on. One that waits too long for a
 * lock, or is a deadlock's victim, is run again in a transaction of its own, so that a row somebody sits on does not hold up everybody.
 */
final class Together implements AutoCloseable {
    /** Postgres keeps 64 subtransactions of a backend where every snapshot can see them; beyond that all snapshots get slow. */
    private static final int MOST = 60;

    private static final String PATIENCE = "SET LOCAL lock_timeout = '100ms'";
    private static final String FIRST = "SAVEPOINT mine";
    private static final String NEXT = "RELEASE SAVEPOINT mine; SAVEPOINT mine";
    private static final String UNDO = "ROLLBACK TO SAVEPOINT mine";
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Consumer<List<Task<?>>> turn;
    private final LinkedBlockingQueue<Task<?>> waiting = new LinkedBlockingQueue<>();
    private final Task<Boolean> end = new Task<>(tx -> true);
    private final Thread leader =
            Thread.ofPlatform().name("db-together").daemon().unstarted(this::lead);

    private Together(Consumer<List<Task<?>>> turn) {
        this.turn = turn;
    }

    /** {@code turn} runs a batch, by {@link #run}, on a connection that it provides. */
    static Together start(Consumer<List<Task<?>>> turn) {
        var together = new Together(turn);
        together.leader.start();
        return together;
    }

    /** Returns when it is over, one way or another. */
    <T extends @Nullable Object> Task<T> join(Function<Tx, T> work) {
        var task = new Task<>(work);
        waiting.add(task);
        boolean interrupted = false;
        while (!task.over) {
            LockSupport.parkNanos(this, LOOK_NANOS);
            interrupted |= Thread.interrupted(); // the commit comes all the same, and its answer must be known
            if (!leader.isAlive() && waiting.remove(task)) {
                task.fail(new IllegalStateException("the database is closed"));
                task.tell();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return task;
    }

    /** What is under way is brought to its end; who comes later is refused. */
    @Override
    public void close() {
        waiting.add(end);
        try {
            leader.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void lead() {
        var batch = new ArrayList<Task<?>>();
        boolean ending = false;
        while (!ending) {
            try {
                batch.add(waiting.take());
            } catch (InterruptedException nobodyDoesThat) {
                continue;
            }
            waiting.drainTo(batch, MOST - 1);
            ending = batch.remove(end);
            if (!batch.isEmpty()) {
                together(batch);
            }
            batch.clear();
        }
    }

    private void together(List<Task<?>> batch) {
        try {
            turn.accept(batch);
        } catch (Throwable failure) {
            batch.forEach(task -> task.fail(failure));
        }
        batch.forEach(Task::tell);
    }

    /** Runs a batch on a connection: every task has an answer, a failure, or is to be run alone when this returns. */
    static void run(Handle handle, List<Task<?>> batch) {
        handle.begin();
        boolean several = batch.size() > 1;
        try {
            for (Task<?> task : batch) {
                if (several) {
                    handle.execute(task == batch.getFirst() ? PATIENCE + "; " + FIRST : NEXT);
                }
                task.attempt(handle, several ? UNDO : null);
            }
        } catch (Lost lost) {
            batch.forEach(task -> task.undone(true));
            rollBack(handle);
            return;
        }
        commit(handle, batch);
    }

    private static void commit(Handle handle, List<Task<?>> batch) {
        try {
            handle.commit();
            batch.forEach(task -> task.durable = true);
        } catch (RuntimeException failure) {
            // a connection that broke may have committed; any other refusal is a rollback
            boolean unknown = Failures.connection(failure);
            batch.forEach(task -> {
                if (unknown) {
                    task.unknown(failure);
                } else {
                    task.undone(true);
                }
            });
            rollBack(handle);
        }
    }

    private static void rollBack(Handle handle) {
        try {
            handle.rollback();
        } catch (RuntimeException gone) {
            // the connection is broken, and with it the transaction
        }
    }

    /** The connection does not even go back to a savepoint. */
    @SuppressWarnings("serial") // never leaves this class
    private static final class Lost extends RuntimeException {
        Lost(Throwable cause) {
            super(cause);
        }
    }

    /** One caller's work, and what became of it. Written by the leader, read by the caller once {@code over} is seen. */
    static final class Task<T extends @Nullable Object> {
        private final Function<Tx, T> work;
        private final Thread caller = Thread.currentThread();
        private @Nullable Tx tx;
        private @Nullable T answer;
        private @Nullable Throwable failure;
        private boolean alone;
        private boolean durable;
        private volatile boolean over;

        Task(Function<Tx, T> work) {
            this.work = work;
        }

        /** Whether it has to be run again in a transaction of its own. */
        boolean alone() {
            return alone;
        }

        @Nullable
        Throwable failure() {
            return failure;
        }

        @SuppressWarnings("NullAway") // without a failure the closure has answered, with null where T allows it
        T answer() {
            return answer;
        }

        List<Runnable> afterwards() {
            Tx done = tx;
            return done == null ? List.of() : done.afterCommit();
        }

        private void attempt(Handle handle, @Nullable String undo) {
            var fresh = new Tx(handle);
            tx = fresh;
            try {
                answer = work.apply(fresh);
            } catch (Throwable thrown) {
                tx = null;
                failure = thrown;
                alone = Failures.retryable(thrown) || Failures.lockTimeout(thrown);
                fresh.failed(Tx.Fate.UNDONE);
                back(handle, undo, thrown);
            }
        }

        private static void back(Handle handle, @Nullable String undo, Throwable thrown) {
            try {
                if (undo == null) {
                    handle.rollback();
                    handle.begin();
                } else {
                    handle.execute(undo);
                }
            } catch (RuntimeException broken) {
                broken.addSuppressed(thrown);
                throw new Lost(broken);
            }
        }

        /** Nothing of it happened, through no fault of its own. */
        private void undone(boolean again) {
            Tx begun = tx;
            tx = null;
            if (begun != null) {
                begun.failed(Tx.Fate.UNDONE);
            }
            failure = null;
            alone = again;
        }

        private void unknown(Throwable why) {
            Tx begun = tx;
            tx = null;
            if (begun != null) {
                begun.failed(Tx.Fate.UNKNOWN);
            }
            failure = why;
            alone = false;
        }

        /** The batch did not come about, or broke where it should not; what was committed before stays so. */
        private void fail(Throwable why) {
            if (!durable && failure == null && !alone) {
                unknown(why);
            }
        }

        private void tell() {
            over = true;
            LockSupport.unpark(caller);
        }
    }
}
