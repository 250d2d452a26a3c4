package dev.millrace.generation.work;

import dev.millrace.generation.store.Status;
import dev.millrace.platform.sql.Tx;
import java.util.UUID;

/** Hears that a generation is over, in the transaction that ends it. */
@FunctionalInterface
public interface EndNews {
    /** For where nobody listens. */
    EndNews NOBODY = (tx, account, generation, status) -> {};

    void ended(Tx tx, UUID account, UUID generation, Status status);
}
