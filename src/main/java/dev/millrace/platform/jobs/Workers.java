package dev.millrace.platform.jobs;

import dev.millrace.platform.sql.Db;
import java.time.Duration;
import java.util.List;

/** A node of the queue: it keeps a lease, claims jobs, runs them, and watches over the other nodes. */
public final class Workers implements AutoCloseable {
    private Workers() {}

    /** As {@link #start(Db, Jobs, JobsConfig, List, Lineage)}, without a past. */
    public static Workers start(Db db, Jobs jobs, JobsConfig config, List<Worker<?>> workers) {
        return start(db, jobs, config, workers, Lineage.NONE);
    }

    /** Registers a new incarnation, ends the previous one, and begins to work. */
    public static Workers start(Db db, Jobs jobs, JobsConfig config, List<Worker<?>> workers, Lineage lineage) {
        return new Workers();
    }

    /** Takes no more jobs, waits for those that run, and gives the rest back so that no attempt is lost. */
    public void drain(Duration grace) {}

    /** Drains without waiting; does nothing after a drain. */
    @Override
    public void close() {}
}
