package dev.millrace.generation.events;

import dev.millrace.platform.sql.Tx;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tells again what the log keeps the name of only: an asset, or a whole generation, as it is now. */
@FunctionalInterface
public interface Retelling {
    /**
     * The event's data as one line of JSON; null when what it is about is gone, and what was kept has to do.
     *
     * @param kept what the log kept of it, as JSON
     */
    @Nullable
    String data(Tx tx, UUID generation, String event, String kept);
}
