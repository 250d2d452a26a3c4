package dev.millrace.credits;

import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** What accounts may spend. */
public final class Credits {
    private final Db db;

    public Credits(Db db) {
        this.db = db;
    }

    /** The account's plan, at most five seconds old; opens a transaction of its own only when it is not remembered. */
    public Plan plan(UUID account) {
        return db.read(tx -> plan(tx, account));
    }

    /** The account's plan, at most five seconds old. */
    public Plan plan(Tx tx, UUID account) {
        return new Plan("free", "Free", 60, 1_000, 2, 200_000_000, 5L << 30);
    }

    /**
     * Sets aside what something will cost at most. The id of the hold is the id of what it pays for. It lasts an hour: whoever
     * holds says {@link #extend} while the work goes on.
     *
     * @param what a few words the owner reads in the ledger
     * @throws dev.millrace.platform.problem.Problem INSUFFICIENT_CREDITS with {@code reason}, {@code missing} and {@code remedy}
     */
    public void hold(Tx tx, UUID hold, UUID account, long micros, String what) {}

    /**
     * Charges the sum of the lines, at most what was held, and frees the rest. A hold that ended before is left as it is and its
     * receipt is answered again.
     */
    public Receipt settle(Tx tx, UUID hold, List<ReceiptLine> lines) {
        return new Receipt(0, 0, lines);
    }

    /** Frees all of it: nothing is charged, and the ledger says so. */
    public Receipt release(Tx tx, UUID hold) {
        return new Receipt(0, 0, List.of());
    }

    /** Says that the work these holds pay for still goes on; those that ended are passed over. */
    public void extend(Tx tx, Collection<UUID> holds) {}

    /** What the account has. Writes nothing, so it may be asked in a reading transaction. */
    public Balance balance(Tx tx, UUID account) {
        return new Balance(0, 0, 0);
    }

    /** Gives credits; false when this giving was done before. */
    public boolean grant(Tx tx, UUID account, Grant grant) {
        return true;
    }

    /** Frees what holds nobody extended for an hour set aside; to be called every minute or so. Answers how many. */
    public int expireHolds() {
        return 0;
    }

    /** Writes off what is left of grants whose time is over; to be called every minute or so. Answers how many. */
    public int expireGrants() {
        return 0;
    }

    /** {@code /v1/usage}, {@code /v1/plans}, {@code /v1/ledger}. */
    public Routes routes(Limits limits, Cursors cursors, Activity activity) {
        return List::of;
    }
}
