package dev.millrace.generation.live;

import dev.millrace.accounts.Accounts;
import dev.millrace.generation.events.EventId;
import dev.millrace.generation.events.EventLog;
import dev.millrace.generation.store.Archive;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.sql.Db;
import java.time.Duration;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where live connections take what they tell, and whom they ask.
 *
 * @param gauges the limits of an account as one line of JSON
 */
public record Sources(Db db, Archive archive, EventLog log, Overviews overviews, Accounts accounts, Gauges gauges) {
    Entry entry(Caller caller, UUID generation, @Nullable EventId after) {
        return Entry.of(db, archive, caller.account(), generation, after);
    }

    BooleanSupplier admitted(Caller caller) {
        return () -> accounts.admits(caller);
    }

    Function<Duration, @Nullable String> limits(Caller caller) {
        return oldest -> gauges.read(caller.account(), oldest);
    }

    /** How much an account may still do. */
    @FunctionalInterface
    public interface Gauges {
        /** One line of JSON, at most so old; null when nothing can be known at present. */
        @Nullable
        String read(UUID account, Duration oldest);
    }
}
