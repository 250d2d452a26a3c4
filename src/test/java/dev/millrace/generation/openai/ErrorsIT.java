package dev.millrace.generation.openai;

import static dev.millrace.generation.openai.FaceHouse.CHAT;
import static dev.millrace.generation.openai.FaceHouse.chat;
import static dev.millrace.generation.openai.FaceHouse.error;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every refusal in OpenAI's shape, with the right status, and with what its libraries need to know to try again or not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ErrorsIT {
    private FaceHouse house;
    private Api person;

    @BeforeAll
    void open() {
        house = new FaceHouse();
        person = house.person();
    }

    @AfterAll
    void close() {
        house.close();
    }

    @Test
    void modelsAreListedAndFoundHoweverTheSlashIsWritten() {
        JsonNode list = person.get("/openai/v1/models").expect(200).json();
        assertThat(list.path("object").asText()).isEqualTo("list");
        assertThat(list.path("data"))
                .extracting(model -> model.path("id").asText())
                .contains("studio/text", "openai/gpt-4.1");
        for (String path : List.of("studio/text", "studio%2Ftext", "studio%2ftext")) {
            JsonNode model = person.get("/openai/v1/models/" + path).expect(200).json();
            assertThat(model.path("id").asText()).isEqualTo("studio/text");
            assertThat(model.path("object").asText()).isEqualTo("model");
            assertThat(model.path("owned_by").asText()).isEqualTo("studio");
        }
        assertThat(person.get("/openai/v1/models/gpt-4.1")
                        .expect(200)
                        .json()
                        .path("id")
                        .asText())
                .isEqualTo("openai/gpt-4.1");
        JsonNode absent = error(person.get("/openai/v1/models/nobody/nothing"), 404);
        assertThat(absent.path("code").asText()).isEqualTo("model_not_found");
        assertThat(absent.path("param").asText()).isEqualTo("model");
    }

    @Test
    void whoIsNotKnownIsTold() {
        Api.Answer nobody = Api.anonymous(house.house().address()).get("/openai/v1/models");
        JsonNode error = error(nobody, 401);
        assertThat(error.path("type").asText()).isEqualTo("authentication_error");
        assertThat(error.path("code").asText()).isEqualTo("invalid_api_key");
        assertThat(nobody.header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(nobody.header("x-should-retry")).isEqualTo("false");
        assertThat(nobody.header("X-Request-Id")).isNotNull();
        error(person.with("mr_nonsense").get("/openai/v1/models"), 401);
    }

    @Test
    void whatIsNotThereIsTold() {
        JsonNode error = error(person.post("/openai/v1/responses", Map.of("model", "x")), 404);
        assertThat(error.path("message").asText()).contains("/chat/completions");
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        error(person.post("/openai/v1/images/edits", Map.of()), 404);
        error(person.get("/openai"), 404);
        error(person.get(CHAT), 405);
        error(person.post(CHAT, chat("nobody/nothing", "a boat", Map.of())), 404);
        assertThat(person.get("/v1/nothing").header("Content-Type")).startsWith("application/problem+json");
    }

    @Test
    void faultsOfTheRequestPointAtWhatWasSent() {
        refused(Map.of("n", 2), "n", "unsupported_parameter");
        refused(Map.of("logprobs", true), "logprobs", "unsupported_parameter");
        refused(Map.of("functions", List.of()), "functions", "unsupported_parameter");
        refused(Map.of("temperature", 3), "temperature", "invalid_value");
        refused(Map.of("max_completion_tokens", 0), "max_completion_tokens", "invalid_value");
        refused(Map.of("max_tokens", "many"), "max_tokens", "invalid_type");
        refused(Map.of("stream", "yes"), "stream", "invalid_type");
        refused(Map.of("metadata", Map.of("a", 1)), "metadata.a", "invalid_type");
        refused(Map.of("messages", List.of()), "messages", "invalid_value");
        refused(
                Map.of("messages", List.of(Map.of("role", "king", "content", "x"))),
                "messages[0].role",
                "invalid_value");
        refused(
                Map.of("messages", List.of(Map.of("role", "user"))),
                "messages[0].content",
                "missing_required_parameter");
        JsonNode nothing = error(person.post(CHAT, Map.of()), 400);
        assertThat(nothing.path("param").asText()).isEqualTo("model");
        error(person.send("POST", CHAT, "{", Map.of()), 400);
        error(person.send("POST", CHAT, "[]", Map.of()), 400);
    }

    @Test
    void aModelThatReadsWordsAloneSaysSo() {
        var tools = List.of(Map.of("type", "function", "function", Map.of("name", "f")));
        JsonNode error = error(person.post(CHAT, chat("studio/text", "a boat", Map.of("tools", tools))), 400);
        assertThat(error.path("param").asText()).isEqualTo("tools");
        assertThat(error.path("code").asText()).isEqualTo("unsupported_parameter");
        var picture = Map.of("type", "image_url", "image_url", Map.of("url", "https://example.com/a.png"));
        var message =
                Map.of("role", "user", "content", List.of(Map.of("type", "text", "text", "what is it?"), picture));
        JsonNode rich = error(person.post(CHAT, chat("studio/text", "x", Map.of("messages", List.of(message)))), 400);
        assertThat(rich.path("param").asText()).isEqualTo("messages[0].content[1]");
    }

    @Test
    void numbersThatNobodyMeansAreRefusedBeforeTheirKeyIsLookedAt() {
        String body =
                "{\"model\":\"studio/text\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"temperature\":1e99999}";
        refused(house.person().send("POST", CHAT, body, Map.of("Idempotency-Key", "large-1")));
    }

    private static void refused(Api.Answer answer) {
        assertThat(error(answer, 400).path("type").asText()).isEqualTo("invalid_request_error");
    }

    @Test
    void otherMediaTypesAndLongBodiesAreRefusedInTheSameShape() {
        error(person.send("POST", CHAT, "x", Map.of("Content-Type", "text/plain")), 415);
        error(person.send("POST", CHAT, "x".repeat(1024 * 1024 + 1), Map.of()), 413);
    }

    @Test
    void whoHasNoCreditsIsToldWhatIsMissing() {
        Api poor = house.narrow();
        Api.Answer answer = poor.post(CHAT, chat("gpt-4.1", "a boat", Map.of("max_tokens", 30_000)));
        JsonNode error = error(answer, 402);
        assertThat(error.path("type").asText()).isEqualTo("insufficient_quota");
        assertThat(error.path("code").asText()).isEqualTo("insufficient_quota");
        assertThat(error.path("reason").asText()).isEqualTo("balance");
        assertThat(error.path("missing").decimalValue()).isPositive();
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
    }

    @Test
    void whoComesTooOftenIsToldWhenToComeBack() {
        Api narrow = house.narrow();
        Api.Answer first = narrow.post(CHAT, chat("studio/text", "a boat", Map.of("words", 1, "max_tokens", 1)));
        assertThat(first.expect(200).header("RateLimit")).startsWith("\"minute\";r=0;t=");
        Api.Answer second = narrow.post(CHAT, chat("studio/text", "a boat", Map.of("words", 1, "max_tokens", 1)));
        JsonNode error = error(second, 429);
        assertThat(error.path("code").asText()).isEqualTo("rate_limit_exceeded");
        long seconds = Long.parseLong(Objects.requireNonNull(second.header("Retry-After")));
        assertThat(Long.parseLong(Objects.requireNonNull(second.header("retry-after-ms"))))
                .isEqualTo(seconds * 1000);
        assertThat(second.header("x-should-retry")).isEqualTo("true");
    }

    @Test
    void whatFailedAtTheProviderHasItsStatusAlsoWhenItWasToBeStreamed() {
        for (boolean stream : List.of(false, true)) {
            String prompt = "a boat @status=400 @stream=" + stream;
            Api.Answer answer = person.post(CHAT, chat("fake", prompt, Map.of("stream", stream)));
            JsonNode error = error(answer, 502);
            assertThat(error.path("type").asText()).isEqualTo("server_error");
            assertThat(error.path("message").asText())
                    .doesNotContain("vendor prose")
                    .contains("You were not charged.");
            assertThat(answer.header("x-should-retry")).isEqualTo("false");
            assertThat(answer.header("X-Generation-Id")).isNotNull();
            assertThat(house.vendor().chats(prompt)).isEqualTo(1);
        }
    }

    @Test
    void aRepeatedCallOfWhatFailedFailsAsBefore() {
        String prompt = "a boat @status=400 again";
        String body = chat("fake", prompt, Map.of()).toString();
        var headers = Map.of("Idempotency-Key", "failed-1");
        JsonNode first = error(person.send("POST", CHAT, body, headers), 502);
        JsonNode again = error(person.send("POST", CHAT, body, headers), 502);
        assertThat(again).isEqualTo(first);
        assertThat(house.vendor().chats(prompt)).isEqualTo(1);
    }

    @Test
    void aGenerationThatSomebodyCancelsElsewhereEndsInAnErrorHere() throws InterruptedException {
        String prompt = "a boat @words=2000 @delay_ms=20 elsewhere";
        var asked = new RawChat(house.house().address(), person.token(), chat("fake", prompt, Map.of("stream", true)));
        String head = asked.readUntil("\"content\":\"");
        String id = head.lines()
                .filter(line -> line.regionMatches(true, 0, "X-Generation-Id:", 0, 16))
                .map(line -> line.substring(16).strip())
                .findFirst()
                .orElseThrow();
        person.post("/v1/generations/" + id + "/cancellation", Map.of()).expect(202);
        assertThat(asked.readUntil("\"error\"")).doesNotContain("[DONE]");
        asked.close();
    }

    private void refused(Map<String, Object> more, String param, String code) {
        JsonNode error = error(person.post(CHAT, chat("fake", "a boat", more)), 400);
        assertThat(error.path("param").asText()).as(String.valueOf(error)).isEqualTo(param);
        assertThat(error.path("code").asText()).as(String.valueOf(error)).isEqualTo(code);
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
    }
}
