package dev.millrace.analytics;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.sql.Db;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refusals, as facts. What is refused has no transaction that it could be told in, and whoever is refused may come back a thousand
 * times a second: so the like are counted, and written down together, once a second and at the end. A killed server forgets those of
 * its last second.
 */
public final class Refusals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    /** More sorts than this within a second, or while Postgres is away, are not told apart any more: they are left out. */
    private static final int MOST_SORTS = 10_000;

    private final Db db;
    private final Map<Sort, Sum> counted = new ConcurrentHashMap<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;

    private Refusals(Db db) {
        this.db = db;
        this.thread = Thread.ofPlatform().daemon().name("analytics-refusals").unstarted(this::keepWriting);
    }

    public static Refusals open(Db db) {
        var refusals = new Refusals(db);
        refusals.thread.start();
        return refusals;
    }

    /** A window was full. */
    public void limitHit(UUID account, Fact.Limit limit) {
        count(new Sort(account, limit, null, null), Sum.ONE);
    }

    /**
     * Credits did not suffice.
     *
     * @param apiKey with which they were to be spent
     * @param reason that of the refusal
     */
    public void creditsRefused(UUID account, @Nullable UUID apiKey, String reason, long missingMicros) {
        count(new Sort(account, null, apiKey, reason), new Sum(1, missingMicros));
    }

    /** Writes what is not written yet and stops. */
    @Override
    public void close() {
        end.countDown();
        try {
            thread.join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void count(Sort sort, Sum more) {
        if (counted.size() < MOST_SORTS || counted.containsKey(sort)) {
            counted.merge(sort, more, Sum::and);
        }
    }

    private void keepWriting() {
        boolean over = false;
        while (!over) {
            try {
                over = end.await(EVERY.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException stray) {
                over = end.getCount() == 0;
            }
            write();
        }
    }

    private void write() {
        var taken = new ArrayList<Map.Entry<Sort, Sum>>();
        for (Sort sort : List.copyOf(counted.keySet())) {
            Sum sum = counted.remove(sort);
            if (sum != null) {
                taken.add(Map.entry(sort, sum));
            }
        }
        if (taken.isEmpty()) {
            return;
        }
        try {
            db.run(tx -> taken.forEach(one -> Analytics.record(tx, one.getKey().fact(one.getValue()))));
        } catch (Problem away) {
            LOG.debug("refusals are written down later: {}", away.getMessage());
            taken.forEach(one -> count(one.getKey(), one.getValue()));
        }
    }

    /** What is alike: a window of {@code limit}, or else credits that did not suffice. */
    private record Sort(
            UUID account,
            Fact.@Nullable Limit limit,
            @Nullable UUID apiKey,
            @Nullable String reason) {
        Fact fact(Sum sum) {
            return limit != null
                    ? new Fact.LimitHit(account, limit, sum.times())
                    : new Fact.CreditsRefused(account, apiKey, String.valueOf(reason), sum.mostMicros(), sum.times());
        }
    }

    private record Sum(long times, long mostMicros) {
        static final Sum ONE = new Sum(1, 0);

        Sum and(Sum other) {
            return new Sum(times + other.times, Math.max(mostMicros, other.mostMicros));
        }
    }
}
