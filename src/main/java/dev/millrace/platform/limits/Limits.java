package dev.millrace.platform.limits;

import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.redis.RedisAway;
import dev.millrace.platform.sql.Db;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How often somebody may do something: exact sliding windows, shared by all nodes. */
public final class Limits implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Limits.class);

    /** As a limit: there is none. */
    public static final long NONE = -1;

    private final Redis redis;
    private final SharedWindows shared;
    private final LocalWindows local;
    private final Guards guards;
    private final IntSupplier liveNodes;
    private final LongAdder degraded = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private volatile boolean lastAlone;

    private Limits(Redis redis, LocalWindows local, Guards guards, IntSupplier liveNodes) {
        this.redis = redis;
        this.shared = new SharedWindows(redis);
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
        var limits = new Limits(redis, new LocalWindows(System::nanoTime), new Guards(db), liveNodes);
        limits.guards.start();
        return limits;
    }

    /** Takes a place in the minute and in the day of {@code key}, or neither; {@link #NONE} for a window that is not there. */
    public Admission take(String key, long perMinute, long perDay) {
        return take(List.of(new Quota(key, "", perMinute, perDay)));
    }

    /** Takes a place in every window of all quotas, or in none. */
    public Admission take(List<Quota> quotas) {
        return take(quotas.stream().map(Asked::of).toList(), Guard.Alone.SHARE);
    }

    /** Gives the place back, because a later step refused the call. Doing it twice does nothing more. */
    public void giveBack(Admission admission) {
        if (admission.ticket() == 0) {
            return;
        }
        if (admission.degraded()) {
            local.giveBack(admission.keys(), admission.ticket());
            return;
        }
        try {
            shared.giveBack(admission.keys(), admission.ticket());
        } catch (RedisAway away) {
            LOG.debug("a place in the windows of {} is not given back: {}", admission.keys(), away.getMessage());
        }
    }

    /** How the windows stand; takes nothing. */
    public Usage look(String key, long perMinute, long perDay) {
        var asked = List.of(Asked.of(new Quota(key, "", perMinute, perDay)));
        if (!asked.getFirst().limited()) {
            return new Usage(Gauge.NONE, Gauge.NONE, false);
        }
        try {
            Take.Gauges now = shared.look(asked).gauges().getFirst();
            return new Usage(now.brief(), now.wide(), false);
        } catch (RedisAway away) {
            Take.Gauges now = local.look(share(asked)).gauges().getFirst();
            return new Usage(now.brief(), now.wide(), true);
        }
    }

    /** Counts a call against a guard and refuses with {@code rate_limited} when there were too many. */
    public void guard(Guard guard, String key) {
        var windows = new Pair(guards.of(guard), Window.day(NONE));
        take(List.of(new Asked(guard.row() + ":" + key, "", windows)), guard.alone())
                .require();
    }

    /** Whether calls are counted together with the other nodes: the last place was taken there, and Redis was not lost since. */
    public boolean shared() {
        return !lastAlone && redis.up();
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
        return take(List.of(new Asked(key, "", windows)), Guard.Alone.SHARE);
    }

    private Admission take(List<Asked> all, Guard.Alone alone) {
        List<Asked> asked = all.stream().filter(Asked::limited).toList();
        if (asked.isEmpty()) {
            return admission(all, List.of(), new Take(true, List.of(), 0), false);
        }
        Admission admission = decided(all, asked, alone);
        if (!admission.allowed()) {
            refused.increment();
        }
        return admission;
    }

    private Admission decided(List<Asked> all, List<Asked> asked, Guard.Alone alone) {
        try {
            Take answer = shared.take(asked);
            local.heard(asked, answer);
            // who is refused writes nothing: a Redis that only reads can say no as well
            if (answer.allowed()) {
                note(false);
            }
            return admission(all, asked, answer, false);
        } catch (RedisAway away) {
            degraded.increment();
            note(true);
            List<Asked> part = alone == Guard.Alone.WHOLE ? asked : share(asked);
            return admission(all, asked, local.take(part), true);
        }
    }

    /** Written only when it changes: thousands of calls a second pass here. */
    private void note(boolean alone) {
        if (lastAlone != alone) {
            lastAlone = alone;
        }
    }

    private List<Asked> share(List<Asked> asked) {
        int nodes = Math.max(1, liveNodes.getAsInt());
        return asked.stream().map(one -> one.share(nodes)).toList();
    }

    /** Of all that were asked about only the limited ones were judged; the others let everything through. */
    private static Admission admission(List<Asked> all, List<Asked> judged, Take take, boolean alone) {
        var stands = new ArrayList<Stand>(all.size());
        for (Asked one : all) {
            int at = judged.indexOf(one);
            Take.Gauges gauges = at < 0
                    ? new Take.Gauges(Gauge.NONE, Gauge.NONE)
                    : take.gauges().get(at);
            stands.add(new Stand(one.key(), one.prefix(), gauges.brief(), gauges.wide()));
        }
        return new Admission(take.allowed(), stands, alone, take.ticket());
    }

    /** For metrics. */
    public record Counts(long degraded, long refused) {}
}
