package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.finish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.platform.Secret;
import dev.millrace.platform.redis.RedisConfig;
import dev.millrace.testing.Api;
import dev.millrace.testing.FaultProxy;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.Stillness;
import dev.millrace.testing.StreamCheck;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Redis, the wire between nodes, frozen or cut while readers here and there listen: the table takes its place. */
@Tag("alone")
class RedisAwayIT {
    private static final int WORDS = 80;
    private static final Duration PACE = Duration.ofMillis(100);

    private FaultProxy wire;
    private ScriptedHouse here;
    private ScriptedHouse there;
    private ScriptedProvider provider;

    enum Fault {
        FROZEN,
        CUT
    }

    @BeforeEach
    void open() {
        URI redis = URI.create(TestServices.redisUrl());
        wire = FaultProxy.to(redis.getHost(), redis.getPort());
        String way = TestServices.redisUrl().replace(":" + redis.getPort(), ":" + wire.port());
        var shared = ScriptedHouse.Shared.fresh(RedisConfig.of(new Secret(way), TestServices.redisPrefix()));
        provider = shared.provider();
        here = new ScriptedHouse(shared);
        there = new ScriptedHouse(shared);
    }

    @AfterEach
    void close() {
        wire.mend();
        here.close();
        there.close();
        wire.close();
    }

    @ParameterizedTest
    @EnumSource
    void readersHereNoticeNothingAndReadersElsewhereWaitLessThanASecondMore(Fault fault) {
        provider.script("steady", (call, sink) -> {
            for (int word = 0; word < WORDS; word++) {
                sink.emit(new ProviderEvent.Delta(word + " "));
                if (word == WORDS / 3) {
                    happen(fault);
                }
                if (word == 2 * WORDS / 3) {
                    wire.mend();
                }
                call.cancellation().await(PACE);
            }
            finish(sink, WORDS);
        });
        Api person = here.person();
        String id = person.generate("text", "steady", Map.of()).path("id").asText();
        Api makes = here.runs(id) ? person : person.at(there.address());
        Api other = here.runs(id) ? person.at(there.address()) : person;
        var machine = new Stillness();
        var near = new Timed(makes, id);
        var far = new Timed(other, id);
        try (var account = AccountWatch.open(other, "")) {
            account.awaitStatus(id, "completed", Duration.ofSeconds(30));
        }
        assertThat(near.ended().compare(row(person, id))).isEmpty();
        assertThat(far.ended().compare(row(person, id))).isEmpty();
        Duration still = machine.longest();
        System.out.println("redis " + fault + ": longest silence here "
                + near.longestSilence().toMillis() + " ms, elsewhere "
                + far.longestSilence().toMillis() + " ms; the machine itself stood still for " + still.toMillis()
                + " ms");
        assertThat(near.longestSilence()).isLessThan(Duration.ofMillis(500).plus(still.multipliedBy(2)));
        assertThat(far.longestSilence()).isLessThan(Duration.ofMillis(1_300).plus(still.multipliedBy(2)));
    }

    /** Counted requests and others, at both nodes: few of them wait for a Redis that does not answer, and none is refused for it. */
    @ParameterizedTest
    @EnumSource
    void requestsHardlyNotice(Fault fault) {
        here.db()
                .run(tx -> tx.update("UPDATE plan SET per_minute = 100000, per_day = NULL, running = 1000")
                        .execute());
        provider.script("quick", ScriptedProvider.says("word"));
        Api person = here.person();
        var machine = new Stillness();
        try (var load = new Load(person, person.at(there.address()))) {
            long ofOneSecond = load.during(Duration.ofSeconds(1));
            happen(fault);
            load.during(Duration.ofSeconds(3));
            assertThat(load.degraded())
                    .as("what is counted alone is said to be")
                    .isPositive();
            wire.mend();
            load.during(Duration.ofSeconds(1));
            Duration still = machine.longest();
            long slow = load.slowerThan(Duration.ofMillis(250).plus(still.multipliedBy(2)));
            System.out.println("redis " + fault + ": " + slow + " requests slower than 250 ms, " + ofOneSecond
                    + " in the second before it; the machine itself stood still for " + still.toMillis() + " ms");
            assertThat(load.refused()).isEmpty();
            assertThat(slow).isLessThanOrEqualTo(ofOneSecond);
        }
        assertThat(here.ledgerFaults()).isEmpty();
    }

    private void happen(Fault fault) {
        switch (fault) {
            case FROZEN -> wire.freeze();
            case CUT -> wire.cut();
        }
    }

    /** People who create and look, a little apart, until it is closed. */
    private static final class Load implements AutoCloseable {
        private static final int CALLERS = 6;

        private final AtomicBoolean over = new AtomicBoolean();
        private final LongAdder calls = new LongAdder();
        private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();
        private final LongAdder degraded = new LongAdder();
        private final Queue<String> refused = new ConcurrentLinkedQueue<>();
        private final List<Thread> threads = new ArrayList<>();

        Load(Api one, Api other) {
            for (int i = 0; i < CALLERS; i++) {
                Api place = i % 2 == 0 ? one : other;
                threads.add(Thread.startVirtualThread(() -> call(place)));
            }
        }

        private void call(Api place) {
            while (!over.get()) {
                timed(() -> place.post("/v1/generations", Map.of("kind", "text", "prompt", "quick")), 202);
                timed(() -> place.get("/v1/usage"), 200);
                LockSupport.parkNanos(50_000_000);
            }
        }

        private void timed(Supplier<Api.Answer> request, int status) {
            long start = System.nanoTime();
            Api.Answer answer = request.get();
            nanos.add(System.nanoTime() - start);
            calls.increment();
            if (String.valueOf(answer.header("RateLimit-Policy")).contains("millrace-degraded=1")) {
                degraded.increment();
            }
            if (answer.status() != status) {
                refused.add(answer.status() + " " + answer.text());
            }
        }

        /** Lets so much time pass; answers how many calls ended in it. */
        long during(Duration time) {
            long before = calls.sum();
            long until = System.nanoTime() + time.toNanos();
            Waiting.until("the time is over", time.multipliedBy(10), () -> System.nanoTime() >= until);
            return calls.sum() - before;
        }

        long slowerThan(Duration time) {
            return nanos.stream().filter(took -> took > time.toNanos()).count();
        }

        long degraded() {
            return degraded.sum();
        }

        Queue<String> refused() {
            return refused;
        }

        @Override
        public void close() {
            over.set(true);
            for (Thread thread : threads) {
                try {
                    thread.join();
                } catch (InterruptedException stop) {
                    throw new IllegalStateException(stop);
                }
            }
        }
    }

    /** A reader who notes when he was told something. */
    private static final class Timed {
        private final CompletableFuture<StreamCheck> ended = new CompletableFuture<>();
        private final List<Long> times = new ArrayList<>();

        Timed(Api place, String id) {
            Thread.ofVirtual().start(() -> {
                var check = new StreamCheck();
                try (Api.Stream stream = place.events(id, null)) {
                    for (SseReader.Event event = stream.events().next();
                            event != null;
                            event = stream.events().next()) {
                        times.add(System.nanoTime());
                        check.saw(event);
                    }
                    ended.complete(check);
                } catch (Throwable failure) {
                    ended.completeExceptionally(failure);
                }
            });
        }

        StreamCheck ended() {
            return ended.join();
        }

        Duration longestSilence() {
            long longest = 0;
            for (int i = 1; i < times.size(); i++) {
                longest = Math.max(longest, times.get(i) - times.get(i - 1));
            }
            return Duration.ofNanos(longest);
        }
    }
}
