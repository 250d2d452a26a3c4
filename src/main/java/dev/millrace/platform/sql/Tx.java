package dev.millrace.platform.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Batch;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;

/**
 * One open transaction. Whoever takes it as first argument joins it.
 *
 * <p>Parameters are named ({@code :id}). Records map by their constructor: column {@code created_at} fills component {@code
 * createdAt}; a record of one component maps from a single column.
 */
public final class Tx {
    private final Handle handle;
    private final List<Runnable> afterCommit = new ArrayList<>();
    private final List<Consumer<Fate>> unlessCommitted = new ArrayList<>(0);

    Tx(Handle handle) {
        this.handle = handle;
    }

    /** A statement that answers rows, a data-changing one with RETURNING included. */
    public Query query(String sql) {
        return handle.createQuery(sql);
    }

    /** A statement that answers how many rows it changed. */
    public Update update(String sql) {
        return handle.createUpdate(sql);
    }

    /** The same statement for many rows in one round trip. */
    public PreparedBatch batch(String sql) {
        return handle.prepareBatch(sql);
    }

    /** Runs statements without parameters or rows. */
    public void execute(String sql) {
        try (Batch batch = handle.createBatch()) {
            batch.add(sql).execute();
        }
    }

    /**
     * Says what to do once this transaction is durable: wake somebody, publish an event. Runs on the committing thread, in the
     * order said, and not at all when the transaction is rolled back or tried again.
     */
    public void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    /**
     * Says what to do when this transaction comes to nothing: free what was set aside for it. Runs on the transaction's thread;
     * must be quick and throw nothing.
     */
    public void unlessCommitted(Consumer<Fate> action) {
        unlessCommitted.add(action);
    }

    List<Runnable> afterCommit() {
        return afterCommit;
    }

    void failed(Fate fate) {
        unlessCommitted.forEach(action -> action.accept(fate));
    }

    /** What became of a transaction that was not seen to commit. */
    public enum Fate {
        /** It was rolled back: nothing of it happened. */
        UNDONE,
        /** The commit was sent and no good answer came: it may have happened all the same. */
        UNKNOWN
    }
}
