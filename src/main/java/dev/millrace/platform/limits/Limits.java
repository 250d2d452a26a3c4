package dev.millrace.platform.limits;

import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.sql.Db;
import java.util.function.IntSupplier;

/** How often somebody may do something: exact sliding windows, shared by all nodes. */
public final class Limits implements AutoCloseable {
    /** As a limit: there is none. */
    public static final long NONE = -1;

    private Limits() {}

    /**
     * Reads the guards and keeps reading them.
     *
     * @param liveNodes how many nodes share a limit while Redis is away
     */
    public static Limits open(Redis redis, Db db, IntSupplier liveNodes) {
        return new Limits();
    }

    /** Takes a place in the minute and in the day of {@code key}, or neither; {@link #NONE} for a window that is not there. */
    public Admission take(String key, long perMinute, long perDay) {
        return new Admission(true, Gauge.NONE, Gauge.NONE, false, key, 0);
    }

    /** Gives the place back, because a later step refused the call. Doing it twice does nothing more. */
    public void giveBack(Admission admission) {}

    /** How the windows stand; takes nothing. */
    public Usage look(String key, long perMinute, long perDay) {
        return new Usage(Gauge.NONE, Gauge.NONE, false);
    }

    /** Counts a call against a guard and refuses with {@code rate_limited} when there were too many. */
    public void guard(Guard guard, String key) {}

    @Override
    public void close() {}
}
