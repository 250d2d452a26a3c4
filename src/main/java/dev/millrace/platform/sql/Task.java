package dev.millrace.platform.sql;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One caller's work in a batch, and what became of it. Written by the leader, read by the caller once it is over. */
sealed class Task<T extends @Nullable Object> permits Ask {
    private static final long PATIENCE_MILLIS = 100;

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

    Function<Tx, T> work() {
        return work;
    }

    boolean over() {
        return over;
    }

    /** Whether it has to be run again in a transaction of its own. */
    boolean alone() {
        return alone;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    @SuppressWarnings("NullAway") // without a failure there is an answer, which is null where T allows it
    T answer() {
        return answer;
    }

    /** What the caller is to do now that it is durable. */
    List<Runnable> afterwards() {
        Tx done = tx;
        return done == null ? List.of() : done.afterCommit();
    }

    /** Does it in a step of its own. */
    final void attempt(Steps steps) {
        steps.begin(PATIENCE_MILLIS);
        var fresh = new Tx(steps.handle());
        try {
            T what = work.apply(fresh);
            tx = fresh;
            answered(what);
        } catch (Throwable thrown) {
            fresh.failed(Tx.Fate.UNDONE);
            failed(thrown);
            steps.undo(thrown);
        }
    }

    final void answered(T what) {
        answer = what;
    }

    /** It was undone, or came to nothing by itself. */
    final void failed(Throwable thrown) {
        failure = thrown;
        alone = Failures.passing(thrown);
    }

    final void committed() {
        durable = true;
    }

    /** Does what has to be done before anybody is told. */
    void beforeTelling() {}

    /** Nothing of it happened, through no fault of its own: it is run again alone. */
    final void undone() {
        forget(Tx.Fate.UNDONE);
        failure = null;
        alone = true;
    }

    final void unknown(Throwable why) {
        forget(Tx.Fate.UNKNOWN);
        failure = why;
        alone = false;
    }

    /** The batch did not come about, or broke where it should not; what was committed before stays so. */
    final void fail(Throwable why) {
        if (durable) {
            return;
        }
        if (failure == null && !alone) {
            unknown(why);
        } else {
            forget(Tx.Fate.UNKNOWN);
        }
    }

    final void tell() {
        over = true;
        LockSupport.unpark(caller);
    }

    void forget(Tx.Fate fate) {
        Tx begun = tx;
        tx = null;
        if (begun != null) {
            begun.failed(fate);
        }
    }
}
