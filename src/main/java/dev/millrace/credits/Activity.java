package dev.millrace.credits;

import dev.millrace.platform.sql.Tx;
import java.time.Instant;
import java.util.UUID;

/** Tells what an account does, for the page that shows usage: credits do not know what they pay for. */
@FunctionalInterface
public interface Activity {
    /** How much runs now, and how much was created since. */
    Count of(Tx tx, UUID account, Instant since);

    /**
     * What an account does.
     *
     * @param running generations that run now; those that wait do not count
     * @param created generations created since the instant asked for
     */
    record Count(long running, long created) {}
}
