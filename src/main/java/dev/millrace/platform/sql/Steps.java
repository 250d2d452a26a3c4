package dev.millrace.platform.sql;

import org.jdbi.v3.core.Handle;

/** The steps of a batch, each in a savepoint of its own. A batch of one step needs none: its transaction will do. */
final class Steps {
    /**
     * What is done together is short and goes by keys. So its statements are planned once for a connection, and not anew for every
     * array, which took a third of their time; and rows are looked up, for such a plan is kept while the tables grow.
     */
    private static final String PLANS =
            "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";

    private static final String FIRST = PLANS + "; SAVEPOINT mine";
    private static final String NEXT = "RELEASE SAVEPOINT mine; SAVEPOINT mine";
    private static final String UNDO = "ROLLBACK TO SAVEPOINT mine";

    private final Handle handle;
    private final boolean several;
    private long patience;
    private boolean begun;

    Steps(Handle handle, boolean several) {
        this.handle = handle;
        this.several = several;
    }

    Handle handle() {
        return handle;
    }

    /**
     * Begins the next step; each of its statements waits so long for a lock.
     *
     * @throws Lost when the connection does not take even that
     */
    void begin(long millis) {
        if (!several) {
            return;
        }
        String savepoint = begun ? NEXT : FIRST;
        try {
            handle.execute(millis == patience ? savepoint : savepoint + "; SET LOCAL lock_timeout = " + millis);
        } catch (RuntimeException broken) {
            throw new Lost(broken); // often enough the connection had been dead before: nothing was done on it
        }
        begun = true;
        patience = millis;
    }

    /** Undoes the step. */
    void undo(Throwable why) {
        try {
            if (several) {
                handle.execute(UNDO);
                patience = 0; // a setting goes back as well
            } else {
                handle.rollback();
                handle.begin();
            }
        } catch (RuntimeException broken) {
            broken.addSuppressed(why);
            throw new Lost(broken);
        }
    }

    /** The connection does not even go back to a savepoint. */
    @SuppressWarnings("serial") // never leaves this package
    static final class Lost extends RuntimeException {
        Lost(Throwable cause) {
            super(cause);
        }
    }
}
