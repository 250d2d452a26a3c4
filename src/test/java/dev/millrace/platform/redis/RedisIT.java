package dev.millrace.platform.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.Secret;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** Scripts and messages on the real server. */
class RedisIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Script COUNT = new Script("return {redis.call('INCR', KEYS[1]), ARGV[1]}");

    private Redis redis;

    @BeforeEach
    void open() {
        redis = Redis.open(TestServices.redis());
    }

    @AfterEach
    void close() {
        redis.close();
    }

    @Test
    void aScriptRunsAlsoWhenTheServerHasForgottenIt() {
        try (var raw = RedisClient.create(TestServices.redisUrl())) {
            for (long n = 1; n <= 3; n++) {
                List<Object> answer = redis.eval(COUNT, List.of("n"), List.of("mill"));
                assertThat(answer.get(0)).isEqualTo(n);
                assertThat((byte[]) answer.get(1))
                        .asString(StandardCharsets.UTF_8)
                        .isEqualTo("mill");
                raw.scriptFlush("any");
            }
        }
    }

    @Test
    void housesOnOneServerDoNotMeet() {
        try (var other = Redis.open(TestServices.redis())) {
            var heard = new AtomicInteger();
            var live = new AtomicInteger();
            other.subscribe("news", message -> heard.incrementAndGet(), live::incrementAndGet);
            Waiting.until("listening", SOON, () -> live.get() == 1);

            redis.eval(COUNT, List.of("n"), List.of(""));
            redis.publish("news", new byte[] {1});
            other.publish("news", new byte[] {1});

            Waiting.until("heard its own", SOON, () -> heard.get() == 1);
            assertThat(other.eval(COUNT, List.of("n"), List.of("")).getFirst()).isEqualTo(1L);
        }
    }

    @Test
    void messagesOfAnyBytesReachAllWhoListenAndNobodyElse() {
        var one = new ConcurrentLinkedQueue<byte[]>();
        var two = new ConcurrentLinkedQueue<byte[]>();
        var live = new AtomicInteger();
        byte[] strange = {0, -1, 13, 10, 127, -128};
        var first = redis.subscribe("a", one::add, live::incrementAndGet);
        Waiting.until("one listens", SOON, () -> live.get() == 1);
        var second = redis.subscribe("a", two::add, live::incrementAndGet);
        var other = redis.subscribe("b", message -> one.add(new byte[0]), live::incrementAndGet);
        Waiting.until("all listen", SOON, () -> live.get() == 3);

        assertThat(redis.publish("a", strange)).isTrue();
        Waiting.until("both heard", SOON, () -> one.size() == 1 && two.size() == 1);
        first.close();
        first.close();
        redis.publish("a", strange);
        Waiting.until("the other heard", SOON, () -> two.size() == 2);

        assertThat(one).containsExactly(strange);
        second.close();
        redis.subscribe("a", one::add, live::incrementAndGet);
        Waiting.until("listened to anew", SOON, () -> live.get() == 4);
        redis.publish("a", strange);
        Waiting.until("heard", SOON, () -> one.size() == 2);
        assertThat(two).hasSize(2);
        other.close();
    }

    @Test
    void aListenerThatFailsDoesNotDeafenTheOthers() {
        var heard = new AtomicInteger();
        var live = new AtomicInteger();
        redis.subscribe("a", message -> {
            throw new IllegalStateException("deaf");
        });
        redis.subscribe("a", message -> heard.incrementAndGet(), live::incrementAndGet);
        Waiting.until("listening", SOON, () -> live.get() == 1);

        redis.publish("a", new byte[] {1});
        redis.publish("a", new byte[] {2});

        Waiting.until("heard both", SOON, () -> heard.get() == 2);
    }

    @Test
    void aDefectInAScriptIsNotMistakenForAnAbsentServer() {
        assertThatThrownBy(() -> redis.eval(new Script("return redis.call('NOSUCH')"), List.of(), List.of()))
                .isNotInstanceOf(RedisAway.class);
        assertThat(redis.up()).isTrue();
    }

    @Test
    void withoutAServerEverythingIsAwayAtOnce() {
        try (var nobody = Redis.open(RedisConfig.of(new Secret("redis://127.0.0.1:1"), "x:"))) {
            assertThat(nobody.up()).isFalse();
            assertThat(nobody.publish("a", new byte[0])).isFalse();
            assertThatThrownBy(() -> nobody.eval(COUNT, List.of("n"), List.of("")))
                    .isInstanceOf(RedisAway.class);
        }
        assertThatThrownBy(() -> RedisConfig.of(new Secret("http://x"), "")).hasMessageContaining("redis://");
    }
}
