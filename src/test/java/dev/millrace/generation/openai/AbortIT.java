package dev.millrace.generation.openai;

import static dev.millrace.generation.openai.FaceHouse.CHAT;
import static dev.millrace.generation.openai.FaceHouse.charged;
import static dev.millrace.generation.openai.FaceHouse.chat;
import static dev.millrace.generation.openai.FaceHouse.over;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeOpenAi;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Clients that go away: the call to the provider ends with them, and what came is charged. */
@Tag("alone")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AbortIT {
    private static final long SOON_MILLIS = 1_000;

    private FaceHouse house;

    @BeforeAll
    void open() {
        house = new FaceHouse();
        house.house().db().run(tx -> tx.execute("""
                INSERT INTO model (id, kind, provider, options, price, cancel_policy, thinking, expected_seconds, deadline_seconds)
                SELECT 'openai/' || policy, kind, provider, options, price, policy, thinking, expected_seconds, deadline_seconds
                FROM model, (VALUES ('drain'), ('free')) AS more (policy)
                WHERE id = 'openai/*'"""));
        Waiting.until("the models are known", Duration.ofSeconds(20), () -> {
            String models = house.person().get("/v1/models").text();
            return models.contains("openai/drain") && models.contains("openai/free");
        });
    }

    @AfterAll
    void close() {
        house.close();
    }

    @Test
    void whoAbortsAStreamEndsTheCallWithinASecondAndPaysForWhatCame() throws InterruptedException {
        Api person = house.person();
        String prompt = "a boat @words=5000 @delay_ms=20 stream";
        var client = new RawChat(house.house().address(), person.token(), chat("fake", prompt, Map.of("stream", true)));
        client.readUntil("boat4");

        client.close();

        JsonNode row = endsSoon(person, prompt);
        assertThat(row.path("text").asText()).startsWith(FakeOpenAi.text("@words=5"));
        assertThat(charged(row)).isPositive();
    }

    @Test
    void whoAbortsWhileNothingIsSaidEndsTheCallToo() throws InterruptedException {
        Api person = house.person();
        String prompt = "a boat @words=50 @stall_after=3 silence";
        var client = new RawChat(house.house().address(), person.token(), chat("fake", prompt, Map.of("stream", true)));
        client.readUntil("\u6d772");

        client.close();

        assertThat(charged(endsSoon(person, prompt))).isPositive();
    }

    @Test
    void whoAbortsBeforeTheFirstWordPaysNothing() throws InterruptedException {
        Api person = house.person();
        String prompt = "a boat @hang nothing";
        var client = new RawChat(house.house().address(), person.token(), chat("fake", prompt, Map.of("stream", true)));
        begun(prompt);

        client.close();

        JsonNode row = endsSoon(person, prompt);
        assertThat(charged(row)).isZero();
    }

    @Test
    void whoAbortsAnAnswerThatIsNotStreamedEndsTheCallToo() throws InterruptedException {
        Api person = house.person();
        String prompt = "a boat @words=5000 @delay_ms=20 whole";
        var client = new RawChat(house.house().address(), person.token(), chat("fake", prompt, Map.of()));
        begun(prompt);

        client.close();

        endsSoon(person, prompt);
    }

    @Test
    void whoAbortsWhatIsBilledAnywayLetsItBeReadToItsEndLikeWhoCancelsIt() {
        Api person = house.person();
        String prompt = "a boat @words=600 @delay_ms=20 drained";
        var client =
                new RawChat(house.house().address(), person.token(), chat("drain", prompt, Map.of("stream", true)));
        client.readUntil("boat4");
        String aborted = newest(person);

        client.close();

        JsonNode row = over(person, aborted);
        assertThat(row.path("status").asText()).isEqualTo("canceled");
        assertThat(row.path("text").asText()).isEqualTo(FakeOpenAi.text("@words=600"));
        assertThat(house.vendor().chats(prompt)).isEqualTo(1);
        assertThat(house.vendor().hungUp(prompt).getCount()).isPositive();
        assertThat(charged(row)).isPositive().isEqualByComparingTo(charged(canceled(person, "openai/drain", prompt)));
    }

    @Test
    void whoAbortsWhatIsFreeToCancelPaysNothingLikeWhoCancelsIt() throws InterruptedException {
        Api person = house.person();
        String prompt = "a boat @words=5000 @delay_ms=20 free";
        var client = new RawChat(house.house().address(), person.token(), chat("free", prompt, Map.of("stream", true)));
        client.readUntil("boat4");

        client.close();

        JsonNode row = endsSoon(person, prompt);
        assertThat(row.path("text").asText()).startsWith(FakeOpenAi.text("@words=5"));
        assertThat(charged(row)).isZero();
        assertThat(charged(canceled(person, "openai/free", prompt))).isZero();
    }

    @Test
    void whoStillWaitsForTheSameCallGetsItsAnswer() {
        Api person = house.person();
        String prompt = "a boat @words=40 @delay_ms=50 both";
        JsonNode body = chat("fake", prompt, Map.of());
        var headers = Map.of("Idempotency-Key", "both-1");
        var first = CompletableFuture.supplyAsync(() -> person.send("POST", CHAT, body.toString(), headers));
        begun(prompt);
        var second = CompletableFuture.supplyAsync(() -> person.send("POST", CHAT, body.toString(), headers));

        assertThat(second.join().expect(200).header("X-Generation-Id"))
                .isEqualTo(first.join().expect(200).header("X-Generation-Id"));
        assertThat(house.vendor().chats(prompt)).isEqualTo(1);
    }

    @Test
    void theNextRequestOnTheSameConnectionIsReadAsIfNobodyHadLookedOut() {
        Api person = house.person();
        for (int i = 0; i < 5; i++) {
            person.post(CHAT, chat("fake", "a boat @words=2 " + i, Map.of())).expect(200);
            person.get("/openai/v1/models").expect(200);
        }
    }

    @Test
    void theNextRequestMayComeBeforeTheAnswer() {
        Api person = house.person();
        String prompt = "a boat @words=10 @delay_ms=60 pipelined";
        try (var client = new RawChat(house.house().address(), person.token(), chat("fake", prompt, Map.of()))) {
            begun(prompt);
            client.alsoGet("/openai/v1/models/studio/text");
            assertThat(client.readUntil("\"total_tokens\":26}}")).contains("HTTP/1.1 200");
            assertThat(client.readUntil("\"owned_by\":\"studio\"}")).contains("HTTP/1.1 200");
        }
    }

    /** The same by the call that is made for it, once the first words are there. */
    private static JsonNode canceled(Api person, String model, String prompt) {
        String id = person.generate("text", prompt, Map.of("model", model))
                .path("id")
                .asText();
        try (var stream = person.events(id, null)) {
            SseReader.Event told = stream.events().next();
            while (told != null && !told.event().equals("delta")) {
                told = stream.events().next();
            }
        }
        person.post("/v1/generations/" + id + "/cancellation", Map.of()).expect(202);
        JsonNode row = over(person, id);
        assertThat(row.path("status").asText()).isEqualTo("canceled");
        return row;
    }

    private static String newest(Api person) {
        return person.get("/v1/generations")
                .expect(200)
                .json()
                .path("data")
                .path(0)
                .path("id")
                .asText();
    }

    private void begun(String prompt) {
        Waiting.until(
                "the vendor is asked",
                Duration.ofSeconds(20),
                () -> house.vendor().chats(prompt) == 1);
    }

    /** The vendor sees the end within a second; the generation is canceled and says so. */
    private JsonNode endsSoon(Api person, String prompt) throws InterruptedException {
        long before = System.nanoTime();
        assertThat(house.vendor().hungUp(prompt).await(20, TimeUnit.SECONDS)).isTrue();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
        assertThat(millis).as("until the provider's call had ended").isLessThan(SOON_MILLIS);
        List<JsonNode> all = person.get("/v1/generations")
                .expect(200)
                .json()
                .path("data")
                .valueStream()
                .toList();
        JsonNode row = over(person, all.getFirst().path("id").asText());
        assertThat(row.path("status").asText()).isEqualTo("canceled");
        assertThat(house.vendor().chats(prompt)).isEqualTo(1);
        return row;
    }
}
