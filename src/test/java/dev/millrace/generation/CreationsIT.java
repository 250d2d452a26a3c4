package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.says;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.Waiting;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What begins and what does not: caps, keys, quotes, money, refusals. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CreationsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private ScriptedHouse house;

    @BeforeAll
    void open() {
        house = new ScriptedHouse(ScriptedHouse.Shared.fresh());
    }

    @AfterAll
    void close() {
        assertThat(house.ledgerFaults()).isEmpty();
        house.close();
    }

    @Test
    void whatIsBeyondTheCapWaitsInLineAndGoesOnWhenAPlaceIsFree() {
        var gate = new CountDownLatch(1);
        house.provider().script("in line", ScriptedProvider.saysBehind(gate, "done"));
        Api person = house.person();
        List<String> ids = IntStream.range(0, 5)
                .mapToObj(i ->
                        person.generate("text", "in line", Map.of()).path("id").asText())
                .toList();

        assertThat(positions(person, ids.get(1))).containsExactly(0);
        assertThat(positions(person, ids.get(2))).containsExactly(1);
        assertThat(positions(person, ids.get(4))).containsExactly(3);
        JsonNode usage = person.get("/v1/usage").expect(200).json();
        assertThat(usage.path("running").path("used").asInt()).isEqualTo(2);

        person.post("/v1/generations/" + ids.get(3) + "/cancellation", "{}").expect(202);
        assertThat(row(person, ids.get(3)).path("status").asText()).isEqualTo("canceled");
        assertThat(Reader.follow(person, ids.get(3)).verdict(LIMIT)).isEmpty();

        gate.countDown();
        for (String id : ids) {
            assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        }
        assertThat(ids.stream().map(id -> row(person, id).path("status").asText()))
                .containsExactly("completed", "completed", "completed", "canceled", "completed");
    }

    @Test
    void whatWaitsForAModelThatIsWithdrawnEndsAndCostsNothing() {
        var gate = new CountDownLatch(1);
        house.provider().script("before it", ScriptedProvider.saysBehind(gate, "done"));
        Api person = house.person();
        person.generate("text", "before it", Map.of());
        person.generate("text", "before it", Map.of());
        String id = person.generate("text", "withdrawn", Map.of("model", "scripted/billed"))
                .path("id")
                .asText();
        house.db()
                .run(tx -> tx.update("DELETE FROM model WHERE id = 'scripted/billed'")
                        .execute());
        Waiting.until(
                "it is offered no more",
                LIMIT,
                () -> !person.get("/v1/models").text().contains("scripted/billed"));
        person.get("/v1/generations/" + id + "/cancellation").expect(200);

        gate.countDown();

        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("failed");
        assertThat(row.at("/error/detail").asText()).contains("not offered any more", "You were not charged.");
        assertThat(row.at("/receipt/charged").decimalValue()).isEqualByComparingTo("0");
    }

    @Test
    void moreThanAHundredThatWaitAreRefusedAndKeepTheirPlaceInTheWindow() {
        house.provider().script("too many", (call, sink) -> ScriptedProvider.hang(call));
        Api person = house.person();
        planOf(person, "roomy");
        for (int i = 0; i < 102; i++) {
            person.generate("text", "too many", Map.of());
        }
        Api.Answer refused = person.post("/v1/generations", Map.of("kind", "text", "prompt", "too many"));
        assertThat(refused.expect(429).header("Retry-After")).isNotNull();
        JsonNode list = person.get("/v1/generations?limit=100&status=queued")
                .expect(200)
                .json();
        assertThat(list.path("data")).hasSize(100);
        list.path("data")
                .forEach(one -> person.post("/v1/generations/" + one.path("id").asText() + "/cancellation", "{}")
                        .expect(202));
        person.get("/v1/generations?status=running")
                .json()
                .path("data")
                .forEach(one -> person.post("/v1/generations/" + one.path("id").asText() + "/cancellation", "{}")
                        .expect(202));
        Waiting.until("nothing is held", LIMIT, () -> held(person).signum() == 0);
    }

    @Test
    void aCallThatIsSentAgainUnderItsKeyMakesNothingNew() throws Exception {
        house.provider().script("once", says("one"));
        Api person = house.person();
        String body = "{\"kind\":\"text\",\"prompt\":\"once\"}";
        List<Callable<Api.Answer>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String key = i % 2 == 0 ? "the-key" : "\"the-key\"";
            calls.add(() -> onceItIsOver(person, body, Map.of("Idempotency-Key", key)));
        }
        List<Api.Answer> answers = new ArrayList<>();
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var future : pool.invokeAll(calls)) {
                answers.add(future.get());
            }
        }
        Set<String> ids = answers.stream()
                .map(answer -> answer.expect(202).json().path("id").asText())
                .collect(Collectors.toSet());
        assertThat(ids).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.header("Idempotent-Replayed") == null))
                .hasSize(1);
        assertThat(person.get("/v1/generations").json().path("data")).hasSize(1);
        assertThat(person.get("/v1/usage")
                        .json()
                        .path("minute")
                        .path("remaining")
                        .asInt())
                .isEqualTo(59);

        assertThat(person.send(
                                "POST",
                                "/v1/generations",
                                "{\"kind\":\"text\",\"prompt\":\"another\"}",
                                Map.of("Idempotency-Key", "the-key"))
                        .expect(422)
                        .code())
                .isEqualTo("idempotency_mismatch");
        assertThat(person.send("POST", "/v1/generations", body, Map.of("Idempotency-Key", "two words"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void whatCannotBePaidIsRefusedAndNothingIsHeld() {
        house.provider().script("dear", says("never"));
        Api person = house.person();
        Api.Answer refused = person.post(
                "/v1/generations",
                Map.of(
                        "kind",
                        "text",
                        "prompt",
                        "dear",
                        "options",
                        Map.of("max_tokens", 16384),
                        "model",
                        "scripted/dear"));
        assertThat(refused.status()).isEqualTo(402);
        assertThat(refused.json().path("reason").asText()).isEqualTo("balance");
        assertThat(refused.json().path("missing").decimalValue()).isPositive();
        assertThat(refused.json().path("remedy").asText()).isNotBlank();
        assertThat(held(person)).isEqualByComparingTo("0");
        assertThat(person.get("/v1/usage")
                        .json()
                        .path("minute")
                        .path("remaining")
                        .asInt())
                .isEqualTo(60);
    }

    @Test
    void aQuotePinsThePriceForTheSameAccountAndRequestAlone() {
        house.provider().script("quoted", says("a", "b"));
        Api person = house.person();
        Map<String, Object> body = Map.of("kind", "text", "prompt", "quoted", "model", "scripted/moving");
        JsonNode estimate = person.post("/v1/estimates", body).expect(200).json();
        assertThat(estimate.path("cost").path("maximum").decimalValue()).isEqualByComparingTo("0.1024");
        assertThat(estimate.path("cost").path("minimum").decimalValue())
                .isLessThanOrEqualTo(estimate.path("cost").path("expected").decimalValue());
        assertThat(estimate.path("cost").path("expected").decimalValue()).isEqualByComparingTo("0.024");
        assertThat(estimate.path("seconds").path("p90").asDouble())
                .isGreaterThanOrEqualTo(estimate.path("seconds").path("p50").asDouble());
        JsonNode dear = person.post(
                        "/v1/estimates", Map.of("kind", "text", "prompt", "quoted", "model", "scripted/dear"))
                .expect(200)
                .json();
        List<BigDecimal> cheaper = new ArrayList<>();
        dear.path("cheaper").forEach(offer -> cheaper.add(offer.path("expected").decimalValue()));
        assertThat(cheaper)
                .isNotEmpty()
                .isSorted()
                .allMatch(offer ->
                        offer.compareTo(dear.path("cost").path("expected").decimalValue()) < 0);
        price("scripted/moving", 50_000);

        Map<String, Object> quoted = new java.util.HashMap<>(body);
        quoted.put("quote", estimate.path("quote").asText());
        JsonNode made = person.post("/v1/generations", quoted).expect(202).json();
        assertThat(Reader.follow(person, made.path("id").asText()).verdict(LIMIT))
                .isEmpty();
        assertThat(row(person, made.path("id").asText())
                        .path("receipt")
                        .path("charged")
                        .decimalValue())
                .isEqualByComparingTo("0.0002");

        assertThat(house.person().post("/v1/generations", quoted).expect(422).code())
                .isEqualTo("quote_mismatch");
        quoted.put("prompt", "something else");
        assertThat(person.post("/v1/generations", quoted).expect(422).code()).isEqualTo("quote_mismatch");
        quoted.put("quote", "forged.forged");
        assertThat(person.post("/v1/generations", quoted).expect(422).code()).isEqualTo("quote_mismatch");
    }

    @Test
    void aFailedOneIsTriedAgainOnceACallHoweverOftenItIsSent() {
        house.provider()
                .script("twice", ScriptedProvider.breaksOff(ProviderFailure.Kind.INVALID, "part"), says("whole"));
        Api person = house.person();
        String id = person.generate("text", "twice", Map.of("metadata", Map.of("scene", "3")))
                .path("id")
                .asText();
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        JsonNode failed = row(person, id);
        assertThat(failed.path("text").asText()).isEqualTo("part ");
        assertThat(failed.path("metadata").path("scene").asText()).isEqualTo("3");

        JsonNode again = person.post("/v1/generations/" + id + "/retries", "{}")
                .expect(202)
                .json();
        assertThat(again.path("retry_of").asText()).isEqualTo(id);
        assertThat(again.path("metadata").path("scene").asText()).isEqualTo("3");
        JsonNode same = person.post("/v1/generations/" + id + "/retries", "{}")
                .expect(202)
                .json();
        assertThat(same.path("id")).isEqualTo(again.path("id"));
        String other = again.path("id").asText();
        assertThat(Reader.follow(person, other).verdict(LIMIT)).isEmpty();
        assertThat(row(person, other).path("text").asText()).isEqualTo("whole ");
        assertThat(person.post("/v1/generations/" + other + "/retries", "{}").status())
                .isEqualTo(409);
    }

    @Test
    void aKeyIsAnsweredAlsoWhenItsModelIsNotOfferedAnyMore() {
        house.provider().script("withdrawn", says("word"));
        house.db().run(tx -> tx.execute("""
                INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
                SELECT 'scripted/brief', kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds
                FROM model WHERE id = 'scripted/text'"""));
        Api person = house.person();
        var key = Map.of("Idempotency-Key", "brief-1");
        String wish = "{\"kind\":\"text\",\"prompt\":\"withdrawn\",\"model\":\"scripted/brief\"}";
        Waiting.until(
                "the model is known",
                LIMIT,
                () -> person.get("/v1/models").text().contains("scripted/brief"));
        Api.Answer first = person.send("POST", "/v1/generations", wish, key).expect(202);
        String id = first.json().path("id").asText();
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        house.db().run(tx -> tx.execute("DELETE FROM model WHERE id = 'scripted/brief'"));
        Waiting.until(
                "the model is gone",
                LIMIT,
                () -> !person.get("/v1/models").text().contains("scripted/brief"));

        assertThat(person.send("POST", "/v1/generations", wish, Map.of())
                        .expect(400)
                        .code())
                .isEqualTo("invalid_request");
        Api.Answer again = person.send("POST", "/v1/generations", wish, key).expect(202);

        assertThat(again.json()).isEqualTo(first.json());
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
    }

    @Test
    void aKeyThatTriedAgainIsAnsweredAlsoWhenWhatFailedIsDeleted() {
        house.provider().script("forgotten", ScriptedProvider.breaksOff(ProviderFailure.Kind.INVALID, "part"));
        Api person = house.person();
        String id = person.generate("text", "forgotten", Map.of()).path("id").asText();
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        house.provider().script("forgotten", says("whole"));
        var key = Map.of("Idempotency-Key", "again-" + id);
        String retries = "/v1/generations/" + id + "/retries";
        Api.Answer first = person.send("POST", retries, "{}", key).expect(202);
        person.delete("/v1/generations/" + id).expect(204);

        Api.Answer again = person.send("POST", retries, "{}", key).expect(202);

        assertThat(again.json()).isEqualTo(first.json());
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        person.post(retries, "{}").expect(404);
        assertThat(Reader.follow(person, first.json().path("id").asText()).verdict(LIMIT))
                .isEmpty();
    }

    @Test
    void whatWasCanceledOrGoesOnIsNotTriedAgain() {
        house.provider().script("stopped", (call, sink) -> ScriptedProvider.hang(call));
        Api person = house.person();
        String id = person.generate("text", "stopped", Map.of()).path("id").asText();
        String retries = "/v1/generations/" + id + "/retries";
        assertThat(person.post(retries, "{}").expect(409).code()).isEqualTo("conflict");

        person.post("/v1/generations/" + id + "/cancellation", "{}").expect(202);
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        assertThat(row(person, id).path("status").asText()).isEqualTo("canceled");
        assertThat(person.post(retries, "{}").expect(409).code()).isEqualTo("conflict");
    }

    @Test
    void aListIsReadPageByPageAndOnlyByItsOwner() {
        house.provider().script("listed", says("x"));
        Api person = house.person();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.addFirst(person.generate("text", "listed", Map.of()).path("id").asText());
        }
        List<String> read = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page =
                    person.get("/v1/generations?limit=2" + cursor).expect(200).json();
            page.path("data").forEach(one -> read.add(one.path("id").asText()));
            cursor = page.path("next_cursor").isNull()
                    ? null
                    : "&cursor=" + page.path("next_cursor").asText();
        } while (cursor != null);
        assertThat(read).isEqualTo(ids);
        assertThat(person.get("/v1/generations?kind=video").json().path("data")).isEmpty();
        assertThat(person.get("/v1/generations?kind=poem").status()).isEqualTo(400);
        assertThat(person.get("/v1/generations?status=asleep").status()).isEqualTo(400);

        Api stranger = house.person();
        String id = ids.getFirst();
        assertThat(stranger.get("/v1/generations/" + id).status()).isEqualTo(404);
        assertThat(stranger.get("/v1/generations/" + id + "/cancellation").status())
                .isEqualTo(404);
        assertThat(stranger.post("/v1/generations/" + id + "/cancellation", "{}")
                        .status())
                .isEqualTo(404);
        assertThat(stranger.post("/v1/generations/" + id + "/retries", "{}").status())
                .isEqualTo(404);
        assertThat(stranger.delete("/v1/generations/" + id).status()).isEqualTo(404);
        assertThat(stranger.events(id, null).status()).isEqualTo(404);
        assertThat(stranger.get("/v1/generations").json().path("data")).isEmpty();
    }

    @Test
    void whatRunsCannotBeDeletedAndWhatIsOverIsGoneForGood() {
        var gate = new CountDownLatch(1);
        house.provider().script("deleted", (call, sink) -> {
            gate.await();
            ScriptedProvider.finish(sink, 0);
        });
        Api person = house.person();
        String id = person.generate("text", "deleted", Map.of()).path("id").asText();
        assertThat(person.delete("/v1/generations/" + id).status()).isEqualTo(409);
        gate.countDown();
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        assertThat(person.delete("/v1/generations/" + id).status()).isEqualTo(204);
        assertThat(person.get("/v1/generations/" + id).status()).isEqualTo(404);
        long left = house.db()
                .read(tx -> tx.query("SELECT count(*) FROM generation_event WHERE generation = CAST(:id AS uuid)")
                        .bind("id", id)
                        .mapTo(Long.class)
                        .one());
        assertThat(left).isZero();
    }

    @Test
    void badInputIsRefusedWithItsPlace() {
        Api person = house.person();
        refused(person, "{\"kind\":\"text\"}", "/prompt");
        refused(person, "{\"kind\":\"poem\",\"prompt\":\"x\"}", "/kind");
        refused(person, "{\"prompt\":\"x\"}", "/kind");
        refused(person, "{\"kind\":\"text\",\"prompt\":\"x\",\"colour\":1}", "/colour");
        refused(person, "{\"kind\":\"text\",\"prompt\":\"a\\u0000b\"}", "/prompt");
        refused(person, "{\"kind\":\"text\",\"prompt\":\"a\\ud800b\"}", "/prompt");
        refused(person, "{\"kind\":\"text\",\"prompt\":\"\\ufffe\"}", "/prompt");
        refused(person, "{\"kind\":\"text\",\"prompt\":\"\\u200b \"}", "/prompt");
        refused(person, "{\"kind\":\"text\",\"prompt\":\"" + "x".repeat(32_001) + "\"}", "/prompt");
        refused(person, "{\"kind\":\"image\",\"prompt\":\"" + "x".repeat(8_001) + "\"}", "/prompt");
        refused(person, "{\"kind\":\"text\",\"prompt\":\"x\",\"model\":\"nobody/nothing\"}", "/model");
        refused(person, "{\"kind\":\"text\",\"prompt\":\"x\",\"model\":\"scripted/video\"}", "/model");
        refused(person, "{\"kind\":\"text\",\"prompt\":\"x\",\"model\":\"studio/text\"}", "/model");
        refused(person, "{\"kind\":\"image\",\"prompt\":\"x\",\"options\":{\"width\":99999}}", "/options/width");
        refused(person, "{\"kind\":\"image\",\"prompt\":\"x\",\"options\":{\"style\":\"x\"}}", "/options/style");
        refused(
                person,
                "{\"kind\":\"image\",\"prompt\":\"x\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                "/messages");
        refused(
                person,
                "{\"kind\":\"text\",\"prompt\":\"x\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
                "/messages");
        refused(person, "{\"kind\":\"text\",\"messages\":[{\"role\":\"system\",\"content\":\"x\"}]}", "/messages");
        refused(person, "{\"kind\":\"text\",\"messages\":[{\"role\":\"boss\",\"content\":\"x\"}]}", "/messages/0/role");
        refused(
                person,
                "{\"kind\":\"text\",\"prompt\":\"x\",\"inputs\":[\"01a20e58-9da9-7000-b3b2-a0b3401369fa\"]}",
                "/inputs");
        refused(person, "{\"kind\":\"text\",\"prompt\":\"x\",\"metadata\":{\"a\":5}}", "/metadata/a");
        assertThat(person.get("/v1/usage")
                        .json()
                        .path("minute")
                        .path("remaining")
                        .asInt())
                .isEqualTo(60);
        assertThat(person.get("/v1/generations").json().path("data")).isEmpty();
        assertThat(Api.anonymous(house.address())
                        .post("/v1/generations", Map.of())
                        .status())
                .isEqualTo(401);
    }

    private static void refused(Api person, String body, String pointer) {
        Api.Answer answer = person.post("/v1/generations", body);
        assertThat(answer.status())
                .as(body.substring(0, Math.min(80, body.length())) + answer.text())
                .isEqualTo(400);
        assertThat(answer.json().path("errors").findValuesAsText("pointer")).contains(pointer);
    }

    /** While one of them is under way the others are told to come again. */
    private static Api.Answer onceItIsOver(Api person, String body, Map<String, String> headers) {
        while (true) {
            Api.Answer answer = person.send("POST", "/v1/generations", body, headers);
            if (answer.status() != 409) {
                return answer;
            }
            assertThat(answer.header("Retry-After")).isEqualTo("1");
        }
    }

    private static List<Integer> positions(Api person, String id) {
        try (Api.Stream stream = person.events(id, null)) {
            for (var event = stream.events().next();
                    event != null;
                    event = stream.events().next()) {
                if (event.event().equals("queued")) {
                    return List.of(
                            GenerationsIT.json(event.data()).path("position").asInt());
                }
            }
        }
        return List.of();
    }

    private static BigDecimal held(Api person) {
        return person.get("/v1/usage")
                .expect(200)
                .json()
                .path("credits")
                .path("held")
                .decimalValue();
    }

    private void planOf(Api person, String plan) {
        String id = person.get("/v1/me").expect(200).json().path("id").asText();
        house.db().run(tx -> {
            tx.update("""
                    INSERT INTO plan (id, name, per_minute, per_day, running, once_micros, storage_bytes)
                    SELECT 'roomy', 'Roomy', NULL, NULL, running, once_micros, storage_bytes FROM plan WHERE id = 'free'
                    ON CONFLICT DO NOTHING""").execute();
            tx.update("UPDATE account SET plan = :plan WHERE id = CAST(:id AS uuid)")
                    .bind("plan", plan)
                    .bind("id", id)
                    .execute();
        });
    }

    private void price(String model, long micros) {
        house.db()
                .run(tx -> tx.update(
                                "UPDATE model SET price = jsonb_build_array(jsonb_build_object('per', '100_words', 'amount_micros', :micros, 'typical', 240)) WHERE id = :id")
                        .bind("micros", micros)
                        .bind("id", model)
                        .execute());
    }
}
