package dev.millrace.credits;

import dev.millrace.platform.sql.Tx;
import java.util.List;
import java.util.UUID;

/**
 * Hears that accounts have less available, or were given credits, in the transaction that makes it so. What a hold sets free at its
 * end is not told: the next change says what there was before it.
 */
@FunctionalInterface
public interface CreditNews {
    /** For where nobody listens. */
    CreditNews NOBODY = (tx, changes) -> {};

    /** The changes, one after another. */
    void changed(Tx tx, List<Change> changes);

    /** {@code before} and {@code after} are the same when time took what was available. */
    record Change(UUID account, Balance before, Balance after) {}
}
