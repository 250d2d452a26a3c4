package dev.millrace.bench;

import dev.millrace.platform.embedded.DataFolder;
import dev.millrace.platform.embedded.Embedded;
import dev.millrace.platform.embedded.Service;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.limits.Quota;
import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.redis.RedisConfig;
import dev.millrace.platform.redis.Script;
import dev.millrace.platform.sql.Db;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/**
 * How many calls a second are admitted or refused, and how long each waits: the exact windows of a minute and a day, the same with an
 * API key's beside them, and as the peer a plain counter of the minute (INCR, EXPIRE) over the same connections, which lets through
 * twice its limit around the turn of a minute.
 */
public final class LimitsBench {
    private static final Script COUNTER = new Script("""
            local n = redis.call('INCR', KEYS[1])
            if n == 1 then redis.call('EXPIRE', KEYS[1], 60) end
            return n""");

    private LimitsBench() {}

    public static void main(String[] args) throws Exception {
        Duration each = Duration.ofSeconds(args.length > 0 ? Integer.parseInt(args[0]) : 5);
        try (var folder = DataFolder.open(Files.createTempDirectory("millrace-bench"));
                var embedded = Embedded.start(folder, EnumSet.of(Service.POSTGRES, Service.REDIS), 20);
                var db = Db.open(embedded.sql(4));
                var redis = Redis.open(RedisConfig.of(embedded.redisUrl(), "bench:"));
                var limits = Limits.open(redis, db, () -> 1)) {
            System.out.printf("%-34s %8s %8s %12s %9s %9s%n", "", "callers", "users", "a second", "p50 ms", "p99 ms");
            for (int users : new int[] {1, 10_000}) {
                for (int callers : new int[] {1, 16, 64}) {
                    row(
                            "minute and day, exact",
                            callers,
                            users,
                            each,
                            user -> limits.take("{" + user + "}:a", 60, 1_000));
                    row(
                            "the same, account and key",
                            callers,
                            users,
                            each,
                            user -> limits.take(List.of(
                                    new Quota("{" + user + "}:b", "", 60, 1_000),
                                    new Quota("{" + user + "}:key", "key-", 30, 500))));
                    row(
                            "INCR of a fixed minute",
                            callers,
                            users,
                            each,
                            user -> redis.eval(COUNTER, List.of("n:" + user), List.of()));
                }
            }
            if (limits.counts().degraded() > 0) {
                System.out.println("of these were decided without Redis: "
                        + limits.counts().degraded());
            }
        }
    }

    private static void row(String what, int callers, int users, Duration each, Call call) throws Exception {
        run(callers, users, Duration.ofSeconds(1), call);
        long start = System.nanoTime();
        long[] nanos = run(callers, users, each, call);
        double seconds = (System.nanoTime() - start) / 1e9;
        Arrays.sort(nanos);
        System.out.printf(
                Locale.ROOT,
                "%-34s %8d %8d %12.0f %9.3f %9.3f%n",
                what,
                callers,
                users,
                nanos.length / seconds,
                nanos[nanos.length / 2] / 1e6,
                nanos[(int) (nanos.length * 0.99)] / 1e6);
    }

    private static long[] run(int callers, int users, Duration each, Call call) throws Exception {
        long end = System.nanoTime() + each.toNanos();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var working = new ArrayList<Future<long[]>>();
            for (int caller = 0; caller < callers; caller++) {
                var random = new Random(caller);
                working.add(threads.submit(() -> {
                    var took = LongStream.builder();
                    for (long now = System.nanoTime(); now < end; ) {
                        call.of(random.nextInt(users));
                        long after = System.nanoTime();
                        took.add(after - now);
                        now = after;
                    }
                    return took.build().toArray();
                }));
            }
            var all = LongStream.builder();
            for (Future<long[]> one : working) {
                Arrays.stream(one.get()).forEach(all::add);
            }
            return all.build().toArray();
        }
    }

    private interface Call {
        void of(int user);
    }
}
