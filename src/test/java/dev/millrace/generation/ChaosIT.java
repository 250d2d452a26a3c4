package dev.millrace.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.testing.Api;
import dev.millrace.testing.Waiting;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Three nodes that are declared dead at random while they work, a vendor that breaks off, and readers that never stay. */
class ChaosIT {
    private static final int GENERATIONS = 16;
    private static final int READERS_EACH = 2;
    private static final int DEATHS = 10;

    @Test
    void nobodyReadsAnythingTwiceAndNobodyMissesAnything(TestReporter reporter) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        var random = new Random(seed);
        var shared = ScriptedHouse.Shared.fresh();
        try (var one = new ScriptedHouse(shared);
                var two = new ScriptedHouse(shared);
                var three = new ScriptedHouse(shared);
                var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            one.db().run(tx -> tx.update("UPDATE plan SET running = 12").execute());
            List<ScriptedHouse> houses = List.of(one, two, three);
            List<URI> nodes = houses.stream().map(ScriptedHouse::address).toList();
            Api person = one.person();
            List<Future<List<String>>> verdicts = new ArrayList<>();
            List<RestlessReader> readers = new ArrayList<>();
            for (int i = 0; i < GENERATIONS; i++) {
                shared.provider().script("chaos " + i, new Rambling(random.nextLong()));
                String id = begun(person.at(nodes.get(i % 3)), "chaos " + i);
                for (int reader = 0; reader < READERS_EACH; reader++) {
                    var restless = new RestlessReader(person, id, nodes, random.nextLong());
                    readers.add(restless);
                    verdicts.add(pool.submit(restless));
                }
            }
            for (int death = 0; death < DEATHS; death++) {
                houses.get(random.nextInt(3)).declareDead();
                LockSupport.parkNanos(
                        Duration.ofMillis(300 + random.nextInt(900)).toNanos());
            }
            for (Future<List<String>> verdict : verdicts) {
                assertThat(verdict.get(120, TimeUnit.SECONDS))
                        .as("seed " + seed)
                        .isEmpty();
            }
            assertThat(one.ledgerFaults()).isEmpty();
            int connections =
                    readers.stream().mapToInt(RestlessReader::connections).sum();
            reporter.publishEntry("seed " + seed + ": " + GENERATIONS + " generations, " + DEATHS + " deaths, "
                    + connections + " connections");
        }
    }

    /** A client that is told to come back does so, under one key: it makes one generation however often it asks. */
    private static String begun(Api person, String prompt) {
        String body = "{\"kind\":\"text\",\"prompt\":\"" + prompt + "\"}";
        return Waiting.forValue(prompt + " is begun", Duration.ofSeconds(30), () -> {
            Api.Answer answer =
                    person.send("POST", "/v1/generations", body, Map.of("Idempotency-Key", prompt.replace(' ', '-')));
            return answer.status() == 503
                    ? null
                    : answer.expect(202).json().path("id").asText();
        });
    }

    /** Says random words at a random pace, and breaks off now and then. */
    private static final class Rambling implements ScriptedProvider.Act {
        private static final String[] WORDS = {
            "mill", "\u6c34\u8eca", "\ud83d\udea3", "\"stream\"", "\u00e9t\u00e9", "stone\n"
        };
        private final Random random;
        private final Map<Integer, Integer> cuts = new ConcurrentHashMap<>();

        Rambling(long seed) {
            random = new Random(seed);
        }

        @Override
        public void play(
                dev.millrace.generation.provider.ProviderCall call, dev.millrace.generation.provider.ProviderSink sink)
                throws ProviderFailure, InterruptedException {
            int words = 20 + random.nextInt(120);
            int cut = cuts.size() < 2 && random.nextInt(4) == 0 ? random.nextInt(words) : words + 1;
            for (int i = 0; i < words; i++) {
                if (i == cut) {
                    cuts.put(call.attempt(), cut);
                    throw new ProviderFailure(ProviderFailure.Kind.TRUNCATED, "The vendor broke off.");
                }
                ScriptedProvider.speak(sink, WORDS[random.nextInt(WORDS.length)] + i);
                call.cancellation().await(Duration.ofMillis(random.nextInt(40)));
            }
            ScriptedProvider.finish(sink, words);
        }
    }
}
