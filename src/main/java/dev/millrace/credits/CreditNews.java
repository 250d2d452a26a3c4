package dev.millrace.credits;

import dev.millrace.platform.sql.Tx;
import java.util.UUID;

/**
 * Hears that an account has less available, or was given credits, in the transaction that makes it so. What a hold sets free at its
 * end is not told: the next change says what there was before it.
 */
@FunctionalInterface
public interface CreditNews {
    /** For where nobody listens. */
    CreditNews NOBODY = (tx, account, before, after) -> {};

    /** {@code before} and {@code after} are the same when time took what was available. */
    void changed(Tx tx, UUID account, Balance before, Balance after);
}
