package dev.millrace.credits;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Credits to be given.
 *
 * @param requestId names the giving: granting again under the same name does nothing
 * @param expiresAt when what is left of them dies; never, when absent
 * @param description a few words the owner reads in the ledger
 */
public record Grant(Purse purse, long micros, @Nullable Instant expiresAt, String requestId, String description) {
    public Grant {
        if (micros < 0) {
            throw new IllegalArgumentException("a grant gives, it does not take");
        }
    }
}
