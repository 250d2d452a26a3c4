package dev.millrace.platform.limits;

import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.redis.RedisAway;
import dev.millrace.platform.sql.Db;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How often somebody may do something: exact sliding windows, shared by all nodes. */
public final class Limits implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Limits.class);

    /** As a limit: there is none. */
    public static final long NONE = -1;

    private final SharedWindows shared;
    private final LocalWindows local;
    private final Guards guards;
    private final IntSupplier liveNodes;
    private final LongAdder degraded = new LongAdder();
    private final LongAdder refused = new LongAdder();

    private Limits(SharedWindows shared, LocalWindows local, Guards guards, IntSupplier liveNodes) {
        this.shared = shared;
        this.local = local;
        this.guards = guards;
        this.liveNodes = liveNodes;
    }

    /**
     * Reads the guards and keeps reading them.
     *
     * @param liveNodes how many nodes share a limit while Redis is away
     */
    public static Limits open(Redis redis, Db db, IntSupplier liveNodes) {
        var limits =
                new Limits(new SharedWindows(redis), new LocalWindows(System::nanoTime), new Guards(db), liveNodes);
        limits.guards.start();
        return limits;
    }

    /** Takes a place in the minute and in the day of {@code key}, or neither; {@link #NONE} for a window that is not there. */
    public Admission take(String key, long perMinute, long perDay) {
        return take(key, new Pair(Window.minute(perMinute), Window.day(perDay)));
    }

    /** Gives the place back, because a later step refused the call. Doing it twice does nothing more. */
    public void giveBack(Admission admission) {
        if (admission.ticket() == 0) {
            return;
        }
        if (admission.degraded()) {
            local.giveBack(admission.key(), admission.ticket());
            return;
        }
        try {
            shared.giveBack(admission.key(), admission.ticket());
        } catch (RedisAway away) {
            LOG.debug("a place in the window of {} is not given back: {}", admission.key(), away.getMessage());
        }
    }

    /** How the windows stand; takes nothing. */
    public Usage look(String key, long perMinute, long perDay) {
        var windows = new Pair(Window.minute(perMinute), Window.day(perDay));
        if (!windows.limited()) {
            return new Usage(Gauge.NONE, Gauge.NONE, false);
        }
        try {
            Take now = shared.look(key, windows);
            return new Usage(now.brief(), now.wide(), false);
        } catch (RedisAway away) {
            Take now = local.look(key, share(windows));
            return new Usage(now.brief(), now.wide(), true);
        }
    }

    /** Counts a call against a guard and refuses with {@code rate_limited} when there were too many. */
    public void guard(Guard guard, String key) {
        take(guard.row() + ":" + key, new Pair(guards.of(guard), Window.day(NONE)))
                .require();
    }

    /** How many calls were decided without Redis, and how many were refused, since the start. */
    public Counts counts() {
        return new Counts(degraded.sum(), refused.sum());
    }

    @Override
    public void close() {
        guards.close();
    }

    Admission take(String key, Pair windows) {
        if (!windows.limited()) {
            return new Admission(true, Gauge.NONE, Gauge.NONE, false, key, 0);
        }
        Admission admission = decided(key, windows);
        if (!admission.allowed()) {
            refused.increment();
        }
        return admission;
    }

    private Admission decided(String key, Pair windows) {
        try {
            Take answer = shared.take(key, windows);
            local.heard(key, answer);
            return admission(key, answer, false);
        } catch (RedisAway away) {
            degraded.increment();
            return admission(key, local.take(key, share(windows)), true);
        }
    }

    private Pair share(Pair windows) {
        return windows.share(Math.max(1, liveNodes.getAsInt()));
    }

    private static Admission admission(String key, Take take, boolean alone) {
        return new Admission(take.allowed(), take.brief(), take.wide(), alone, key, take.ticket());
    }

    /** For metrics. */
    public record Counts(long degraded, long refused) {}
}
