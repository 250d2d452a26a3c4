package dev.millrace.generation.work;

import dev.millrace.generation.store.Status;
import dev.millrace.platform.sql.Tx;
import java.util.List;
import java.util.UUID;

/** Hears that generations are over, in the transaction that ends them. */
@FunctionalInterface
public interface EndNews {
    /** For where nobody listens. */
    EndNews NOBODY = (tx, all) -> {};

    void ended(Tx tx, List<Ended> all);

    /** One that is over, and how. */
    record Ended(UUID account, UUID generation, Status status) {}
}
