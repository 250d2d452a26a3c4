package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.says;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.testing.Api;
import dev.millrace.testing.HookReceiver;
import dev.millrace.testing.Reader;
import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A vendor that never answers, and more who want it than this node has places: nobody else notices. */
class BulkheadsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PLACES = 12;
    private static final int CROWD = 30;

    @Test
    void aVendorThatNeverAnswersKeepsNeitherAnotherVendorNorAMessageWaiting() {
        try (var house = new ScriptedHouse(ScriptedHouse.Shared.fresh(), PLACES);
                var receiver = HookReceiver.start()) {
            prepare(house);
            var silent = new CountDownLatch(1);
            house.provider().script("never answers", silentUntil(silent));
            house.other().script("beside it", says("as", "ever"));
            Api crowd = house.person();
            Api person = house.person();
            endpoint(person, receiver);
            List<String> hang = many(crowd, "scripted/text", "never answers", CROWD);
            // as many as may call it do, as many as it has places wait behind them, the others wait in the queue
            Waiting.until("its places are taken", LIMIT, () -> {
                var standing = house.generations().traffic("scripted");
                return standing.running() == 3 && standing.waiting() == 5;
            });
            Waiting.until("the others are turned away", LIMIT, () -> scheduled(house) == CROWD - 8);

            List<String> beside = many(person, "other/text", "beside it", CROWD);

            for (String id : beside) {
                assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
                assertThat(row(person, id).path("status").asText()).isEqualTo("completed");
            }
            assertThat(receiver.await("/told", CROWD, LIMIT)).hasSize(CROWD);
            assertThat(hang).noneMatch(id -> over(row(crowd, id)));

            // who waits in the queue can be stopped there, and nobody is forgotten once it answers
            String last = hang.removeLast();
            crowd.post("/v1/generations/" + last + "/cancellation", Map.of()).expect(202);
            // at once, unless it had just come back to look for a place
            Waiting.until(
                    "it is canceled",
                    LIMIT,
                    () -> row(crowd, last).path("status").asText().equals("canceled"));
            silent.countDown();
            for (String id : hang) {
                assertThat(Reader.follow(crowd, id).verdict(LIMIT)).isEmpty();
                assertThat(row(crowd, id).path("status").asText()).isEqualTo("completed");
            }
            assertThat(house.ledgerFaults()).isEmpty();
        }
    }

    @Test
    void twoVendorsThatNeverAnswerKeepNeitherAThirdNorAMessageWaiting() {
        try (var house = new ScriptedHouse(ScriptedHouse.Shared.fresh(), PLACES);
                var receiver = HookReceiver.start()) {
            prepare(house);
            var silent = new CountDownLatch(1);
            house.provider().script("never answers", silentUntil(silent));
            house.other().script("nor does it", silentUntil(silent));
            house.third().script("beside them", says("as", "ever"));
            Api crowd = house.person();
            Api person = house.person();
            endpoint(person, receiver);
            many(crowd, "scripted/text", "never answers", CROWD);
            many(crowd, "other/text", "nor does it", CROWD);
            Waiting.until("both fill what they may", LIMIT, () -> filled(house) == PLACES - 1);

            for (String id : many(person, "third/text", "beside them", 3)) {
                assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
                assertThat(row(person, id).path("status").asText()).isEqualTo("completed");
            }

            assertThat(receiver.await("/told", 3, LIMIT)).hasSize(3);
            assertThat(filled(house)).isEqualTo(PLACES - 1);
            silent.countDown();
        }
    }

    @Test
    void whoLeansOnAVendorThatNeverAnswersTakesHisPlacesAndNobodyElses() {
        try (var house = new ScriptedHouse(ScriptedHouse.Shared.fresh(), PLACES)) {
            prepare(house);
            house.db().run(tx -> tx.update("""
                            INSERT INTO model (id, kind, provider, options, price, cancel_policy, fallbacks, expected_seconds, deadline_seconds)
                            SELECT 'scripted/leaning', kind, 'scripted', options, price, 'stop', '{other/text}', 2, 600
                            FROM model WHERE id = 'studio/text'""").execute());
            var silent = new CountDownLatch(1);
            house.provider().script("leans", ScriptedProvider.breaksOff(ProviderFailure.Kind.QUOTA));
            house.other().script("leans", silentUntil(silent));
            house.provider().script("beside it", says("as", "ever"));
            Api crowd = house.person();
            Api person = house.person();
            many(crowd, "scripted/leaning", "leans", 8);
            Waiting.until("they lean", LIMIT, () -> house.other().calls("leans").size() == 8);
            many(crowd, "other/text", "leans", CROWD);

            for (String id : many(person, "scripted/text", "beside it", PLACES)) {
                assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
                assertThat(row(person, id).path("status").asText()).isEqualTo("completed");
            }

            assertThat(house.other().calls("leans")).hasSize(8);
            silent.countDown();
        }
    }

    private static void prepare(ScriptedHouse house) {
        house.db().run(tx -> {
            tx.update("UPDATE plan SET per_minute = NULL, per_day = NULL, running = 100 WHERE id = 'free'")
                    .execute();
            tx.update("UPDATE model SET concurrency = 3 WHERE id = 'scripted/text'")
                    .execute();
        });
    }

    private static ScriptedProvider.Act silentUntil(CountDownLatch silent) {
        return (call, sink) -> {
            if (!silent.await(2 * LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the test is over long ago");
            }
            says("at", "last").play(call, sink);
        };
    }

    private static void endpoint(Api person, HookReceiver receiver) {
        person.post(
                        "/v1/webhooks/endpoints",
                        Map.of("url", receiver.url("/told"), "events", List.of("generation.completed")))
                .expect(201);
    }

    /** The places that both vendors fill; not the jobs that run, for who is turned away runs for a moment too. */
    private static int filled(ScriptedHouse house) {
        return Stream.of("scripted", "other")
                .map(vendor -> house.generations().traffic(vendor))
                .mapToInt(standing -> standing.running() + standing.waiting())
                .sum();
    }

    private static List<String> many(Api person, String model, String prompt, int count) {
        var ids = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            ids.add(person.generate("text", prompt, Map.of("model", model))
                    .path("id")
                    .asText());
        }
        return ids;
    }

    private static long scheduled(ScriptedHouse house) {
        return house.db()
                .read(tx -> tx.query("SELECT count(*) FROM job WHERE kind = 'generation' AND state = 'scheduled'")
                        .mapTo(Long.class)
                        .one());
    }

    private static boolean over(JsonNode generation) {
        return !generation.path("finished_at").isNull();
    }
}
