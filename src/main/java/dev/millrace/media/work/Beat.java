package dev.millrace.media.work;

import dev.millrace.media.ffmpeg.Overseer;
import dev.millrace.platform.KillPoint;
import dev.millrace.platform.jobs.Attempt;
import dev.millrace.platform.problem.Problem;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the runs of one attempt: stops them when the job is lost or canceled, and says how far the long one is, at once on this
 * node and once a second in the table.
 */
final class Beat implements Overseer {
    private static final Logger LOG = LoggerFactory.getLogger(Beat.class);
    private static final long WRITE_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

    private final Attempt attempt;
    private final Consumer<Position> table;
    private final DoubleConsumer watchers;
    private long written = System.nanoTime() - WRITE_EVERY_NANOS;

    Beat(Attempt attempt, Consumer<Position> table, DoubleConsumer watchers) {
        this.attempt = attempt;
        this.table = table;
        this.watchers = watchers;
    }

    @Override
    public boolean stop() {
        return attempt.lost() || attempt.cancelRequested();
    }

    @Override
    public void progress(double fraction, @Nullable Duration left) {
        KillPoint.reach("mid-transcode");
        var position = new Position(fraction * 100, left);
        watchers.accept(position.percent());
        long now = System.nanoTime();
        if (now - written < WRITE_EVERY_NANOS) {
            return;
        }
        written = now;
        try {
            table.accept(position);
        } catch (Problem away) {
            LOG.debug("progress of job {} is not written: {}", attempt.job(), away.detail());
        }
    }

    /** How far a run is. */
    record Position(double percent, @Nullable Duration left) {}
}
