package dev.millrace.media;

import dev.millrace.media.files.Leftovers;
import dev.millrace.media.store.Assets;
import dev.millrace.platform.sql.Db;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes files that crashed runs left behind: at the start and every hour.
 *
 * <p>Between a file and its row lie milliseconds, so what has no row after an hour will not get one. A node that is alone need not
 * wait that long at its start: whatever is older than itself is left over.
 */
final class Sweeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final Duration GRACE = Duration.ofHours(1);

    private final Db db;
    private final Assets assets;
    private final Leftovers leftovers;
    private final InstantSource clock;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("media-sweeper").factory());

    Sweeper(Db db, Assets assets, Leftovers leftovers, InstantSource clock) {
        this.db = db;
        this.assets = assets;
        this.leftovers = leftovers;
        this.clock = clock;
    }

    /** {@code alone}: nobody else uses the storage. */
    void start(boolean alone) {
        Instant now = clock.instant();
        thread.execute(() -> sweep(alone ? now : now.minus(GRACE)));
        long hour = GRACE.toMillis();
        var unused = thread.scheduleWithFixedDelay(
                () -> sweep(clock.instant().minus(GRACE)), hour, hour, TimeUnit.MILLISECONDS);
    }

    /** Removes what is older than the cutoff and belongs to nothing. */
    void sweep(Instant cutoff) {
        try {
            leftovers.sweepUnfinished(clock.instant(), cutoff);
            leftovers.sweepOrphans(cutoff, ids -> db.read(tx -> assets.withFiles(tx, ids)));
        } catch (RuntimeException failure) {
            // a thrown exception would end the schedule for good
            LOG.warn("leftover files were not swept; the next try is in an hour", failure);
        }
    }

    @Override
    public void close() {
        thread.shutdown(); // a sweep under way may be talking to the database: it is not interrupted
    }
}
