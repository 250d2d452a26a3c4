package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.finish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.testing.Api;
import dev.millrace.testing.FaultProxy;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.StreamCheck;
import dev.millrace.testing.TestServices;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
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
        var shared =
                ScriptedHouse.Shared.fresh(TestServices.redisUrl().replace(":" + redis.getPort(), ":" + wire.port()));
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

    private void happen(Fault fault) {
        switch (fault) {
            case FROZEN -> wire.freeze();
            case CUT -> wire.cut();
        }
    }

    /** How long nothing at all ran here, because other work on this machine was in the way: that is nobody's fault. */
    private static final class Stillness {
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicLong longest = new AtomicLong();
        private final Thread thread = Thread.ofPlatform().start(this::measure);

        private void measure() {
            long last = System.nanoTime();
            while (!over.get()) {
                LockSupport.parkNanos(5_000_000);
                long now = System.nanoTime();
                longest.accumulateAndGet(now - last, Math::max);
                last = now;
            }
        }

        Duration longest() {
            over.set(true);
            try {
                thread.join();
            } catch (InterruptedException stop) {
                throw new IllegalStateException(stop);
            }
            return Duration.ofNanos(longest.get());
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
