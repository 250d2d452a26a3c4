package dev.millrace.platform.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.embedded.DataFolder;
import dev.millrace.platform.embedded.EmbeddedRedis;
import dev.millrace.testing.Stillness;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.RedisClient;

/** A Redis that is killed, frozen, full or read-only. It starts again by itself: the embedded services see to that. */
@Tag("alone")
class RedisFaultIT {
    private static final Logger LOG = LoggerFactory.getLogger(RedisFaultIT.class);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Script WRITE = new Script("return redis.call('INCR', KEYS[1])");

    @TempDir
    Path home;

    private DataFolder folder;
    private EmbeddedRedis server;
    private Redis redis;

    @BeforeEach
    void open() throws InterruptedException {
        folder = DataFolder.open(home, TestServices.programs());
        server = EmbeddedRedis.start(folder);
        redis = Redis.open(RedisConfig.of(server.url(), "t:"));
        write();
    }

    @AfterEach
    void close() {
        redis.close();
        server.close();
        folder.close();
    }

    @Test
    void aKilledServerIsUsedAtFullSpeedSoonAfterItIsBackThoughAThousandWait() throws Exception {
        var answered = new LongAdder();
        var over = new AtomicBoolean();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 1_000; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                while (!over.get()) {
                    if (tried()) {
                        answered.increment();
                    } else {
                        LockSupport.parkNanos(1_000_000); // who is refused goes on with other things, and does not spin
                    }
                }
            }));
        }
        try {
            rate(answered, Duration.ofSeconds(2)); // warm up
            long before = rate(answered, Duration.ofSeconds(2));

            long pid = server.pid();
            signal("KILL", pid);
            Waiting.until("it is back", SOON, () -> server.pid() != pid && ponged());

            long back = System.nanoTime();
            long best = 0;
            while (System.nanoTime() - back < Duration.ofSeconds(3).toNanos()) {
                best = Math.max(best, rate(answered, Duration.ofMillis(500)));
            }
            LOG.info("calls a second before the kill {}, after it {}", before, best);
            assertThat(best).isGreaterThan(before * 8 / 10);
        } finally {
            over.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    @Test
    void aFrozenServerCostsAMomentOnceAndNothingAfterIt() throws Exception {
        signal("STOP", server.pid());
        var machine = new Stillness();
        var slowest = new AtomicLong();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 200; i++) {
            threads.add(Thread.startVirtualThread(() -> slowest.accumulateAndGet(refusalNanos(), Math::max)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        long after = refusalNanos();
        Duration still = machine.longest();

        LOG.info(
                "frozen: at worst {} ms, then {} us; the machine itself stood still for {} ms",
                slowest.get() / 1_000_000,
                after / 1_000,
                still.toMillis());
        assertThat(redis.up()).isFalse();
        // 200 ms of patience; the rest is room for a busy machine
        assertThat(Duration.ofNanos(slowest.get()))
                .isLessThan(Duration.ofMillis(700).plus(still.multipliedBy(2)));
        assertThat(Duration.ofNanos(after)).isLessThan(Duration.ofMillis(50).plus(still));
        signal("CONT", server.pid());
        Waiting.until("used again", SOON, this::tried);
        assertThat(redis.up()).isTrue();
    }

    @Test
    void whoListensHearsAgainAfterALossAndIsToldThatHeMissedSomething() throws Exception {
        var live = new AtomicInteger();
        var heard = new AtomicInteger();
        redis.subscribe("a", message -> heard.incrementAndGet(), live::incrementAndGet);
        Waiting.until("listening", SOON, () -> live.get() == 1);

        long pid = server.pid();
        signal("KILL", pid);

        Waiting.until("listening again", SOON, () -> live.get() == 2);
        Waiting.until("used again", SOON, () -> redis.publish("a", new byte[] {1}));
        Waiting.until("heard", SOON, () -> heard.get() == 1);
    }

    @Test
    void aListenerNoticesThatAFrozenServerIsDeadOnlyByItsSilence() throws Exception {
        var live = new AtomicInteger();
        redis.subscribe("a", message -> {}, live::incrementAndGet);
        Waiting.until("listening", SOON, () -> live.get() == 1);

        signal("STOP", server.pid());
        Waiting.until("given up", SOON, () -> !redis.listens());
        signal("CONT", server.pid());

        Waiting.until("listening again", SOON, () -> live.get() == 2);
    }

    @Test
    @SuppressWarnings("deprecation") // the client's other ways to send a command it has no method for want its builders
    void aServerThatCannotServeIsAsGoodAsNone() {
        try (var raw = RedisClient.create(server.url().reveal())) {
            raw.configSet("maxmemory", "1");
            assertThatThrownBy(this::write).isInstanceOf(RedisAway.class).hasMessageContaining("OOM");
            raw.configSet("maxmemory", "0");
            write();
            raw.sendCommand(() -> "REPLICAOF".getBytes(StandardCharsets.US_ASCII), "127.0.0.1", "1");
            assertThatThrownBy(this::write).isInstanceOf(RedisAway.class).hasMessageContaining("READONLY");
            raw.sendCommand(() -> "REPLICAOF".getBytes(StandardCharsets.US_ASCII), "NO", "ONE");
            write();
            raw.flushAll();
            raw.scriptFlush();
            assertThat(redis.eval(WRITE, List.of("n"), List.of())).containsExactly(1L);
        }
    }

    @Test
    void aServerThatTakesNoMoreConnectionsIsAwayForWhoeverFindsNone() throws Exception {
        var strange = new AtomicInteger();
        try (var raw = RedisClient.create(server.url().reveal())) {
            raw.configSet("maxclients", "4");
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < 100; i++) {
                threads.add(Thread.startVirtualThread(() -> {
                    try {
                        tried();
                    } catch (RuntimeException unknown) {
                        LOG.error("neither answered nor away", unknown);
                        strange.incrementAndGet();
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            raw.configSet("maxclients", "1000");
        }
        assertThat(strange).hasValue(0);
        Waiting.until("used again", SOON, this::tried);
    }

    private void write() {
        redis.eval(WRITE, List.of("n"), List.of());
    }

    private boolean tried() {
        try {
            write();
            return true;
        } catch (RedisAway away) {
            return false;
        }
    }

    private long refusalNanos() {
        long start = System.nanoTime();
        assertThatThrownBy(this::write).isInstanceOf(RedisAway.class);
        return System.nanoTime() - start;
    }

    private boolean ponged() {
        try (var raw = RedisClient.create(server.url().reveal())) {
            return raw.ping().equals("PONG");
        } catch (RuntimeException away) {
            return false;
        }
    }

    /** Calls a second, counted over a while. */
    private static long rate(LongAdder calls, Duration during) {
        long before = calls.sum();
        long until = System.nanoTime() + during.toNanos();
        Waiting.until("the time is over", SOON, () -> System.nanoTime() >= until);
        return (calls.sum() - before) * 1_000 / during.toMillis();
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, String.valueOf(pid)).start().waitFor();
    }
}
