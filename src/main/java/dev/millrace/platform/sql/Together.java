package dev.millrace.platform.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

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
 * <p>Questions to {@link Many} come before the closures, all that ask the same in one step. They are why more fit into a batch than
 * there are savepoints.
 *
 * <p>What one closure meets is its own affair: it is undone to its savepoint, and the others go on. One that waits too long for a
 * lock, or is a deadlock's victim, is run again in a transaction of its own, so that a row somebody sits on does not hold up everybody.
 */
final class Together implements AutoCloseable {
    /** Closures. Postgres keeps 64 subtransactions of a backend where every snapshot can see them; beyond that all snapshots get slow. */
    private static final int MOST = 60;

    private static final int MOST_IN_ALL = 200;
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

    /** Whether this thread leads: it must not wait for itself. */
    boolean leads() {
        return Thread.currentThread() == leader;
    }

    /** How many wait for the next batch. */
    int inLine() {
        return waiting.size();
    }

    /** Returns when it is over, one way or another. */
    <T extends Task<?>> T join(T task) {
        waiting.add(task);
        boolean interrupted = false;
        while (!task.over()) {
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
                gather(batch);
            } catch (InterruptedException nobodyDoesThat) {
                continue;
            }
            ending = batch.remove(end);
            if (!batch.isEmpty()) {
                together(batch);
            }
            batch.clear();
        }
    }

    private void gather(List<Task<?>> batch) throws InterruptedException {
        int closures = 0;
        Task<?> next = waiting.take();
        while (next != null) {
            batch.add(next);
            closures += next instanceof Ask ? 0 : 1;
            next = closures == MOST || batch.size() == MOST_IN_ALL ? null : waiting.poll();
        }
    }

    private void together(List<Task<?>> batch) {
        try {
            turn.accept(batch);
        } catch (Throwable failure) {
            batch.forEach(task -> task.fail(failure));
        }
        batch.forEach(Task::beforeTelling);
        batch.forEach(Task::tell);
    }

    /** Runs a batch on a connection: every task has an answer, a failure, or is to be run alone when this returns. */
    static void run(Handle handle, List<Task<?>> batch) {
        handle.begin();
        var steps = new Steps(handle, batch.size() > 1);
        var asks = new ArrayList<Ask<?, ?>>();
        var others = new ArrayList<Task<?>>();
        for (Task<?> task : batch) {
            if (task instanceof Ask<?, ?> ask) {
                asks.add(ask);
            } else {
                others.add(task);
            }
        }
        try {
            Ask.attemptAll(steps, asks);
            others.forEach(task -> task.attempt(steps));
        } catch (Steps.Lost lost) {
            batch.forEach(Task::undone);
            rollBack(handle);
            return;
        }
        commit(handle, batch);
    }

    private static void commit(Handle handle, List<Task<?>> batch) {
        try {
            handle.commit();
            batch.forEach(Task::committed);
        } catch (RuntimeException failure) {
            // a connection that broke may have committed; any other refusal is a rollback
            boolean unknown = Failures.connection(failure);
            batch.forEach(task -> {
                if (unknown) {
                    task.unknown(failure);
                } else {
                    task.undone();
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
}
