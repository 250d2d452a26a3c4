package dev.millrace.generation.openai;

import static dev.millrace.generation.openai.FaceHouse.CHAT;
import static dev.millrace.generation.openai.FaceHouse.chat;
import static dev.millrace.generation.openai.FaceHouse.error;
import static dev.millrace.generation.openai.FaceHouse.over;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.vendor.FakeOpenAi;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chats over raw HTTP: what goes over the wire, to the last byte. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChatIT {
    private static final Map<String, Object> TOOLS = Map.of(
            "tools",
            List.of(Map.of(
                    "type",
                    "function",
                    "function",
                    Map.of("name", "weather", "parameters", Map.of("type", "object", "properties", Map.of())))),
            "tool_choice",
            "auto");

    private FaceHouse house;

    @BeforeAll
    void open() {
        house = new FaceHouse();
    }

    @AfterAll
    void close() {
        house.close();
    }

    @Test
    void aChatIsAnsweredAtOnceAndIsAGenerationLikeAnyOther() {
        Api person = house.person();
        String prompt = "a boat @words=7";

        Api.Answer answer = person.post(CHAT, chat("fake", prompt, Map.of("max_tokens", 100, "user", "u-1")));

        JsonNode body = answer.expect(200).json();
        String id = Objects.requireNonNull(answer.header("X-Generation-Id"));
        assertThat(body.path("id").asText()).isEqualTo("chatcmpl-" + id);
        assertThat(body.path("object").asText()).isEqualTo("chat.completion");
        assertThat(body.path("model").asText()).isEqualTo("openai/fake");
        JsonNode choice = body.path("choices").path(0);
        assertThat(choice.path("message").path("content").asText()).isEqualTo(FakeOpenAi.text(prompt));
        assertThat(choice.path("message").path("role").asText()).isEqualTo("assistant");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
        assertThat(body.path("usage"))
                .isEqualTo(json("{\"prompt_tokens\":16,\"completion_tokens\":7,\"total_tokens\":23}"));
        JsonNode row = over(person, id);
        assertThat(row.path("status").asText()).isEqualTo("completed");
        assertThat(row.path("prompt").asText()).isEqualTo(prompt);
        assertThat(body.path("created").asLong())
                .isEqualTo(
                        java.time.Instant.parse(row.path("created_at").asText()).getEpochSecond());
        JsonNode sent = house.vendor().lastBody("/v1/chat/completions");
        assertThat(sent.path("user").asText()).isEqualTo("u-1");
        assertThat(sent.path("max_tokens").asInt()).isEqualTo(100);
    }

    @Test
    void aStreamIsDataAloneAndEndsWithDone() {
        Api person = house.person();
        String prompt = "a \"quoted\" boat @words=9";

        Api.Answer answer = person.post(CHAT, chat("fake", prompt, Map.of("stream", true)));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("text/event-stream");
        assertThat(answer.header("X-Generation-Id")).isNotNull();
        String wire = answer.text();
        assertThat(wire.lines().filter(line -> !line.isEmpty())).allMatch(line -> line.startsWith("data: "));
        assertThat(wire).endsWith("\n\ndata: [DONE]\n\n").doesNotContain("\r");
        List<JsonNode> chunks = chunks(answer);
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.path("object").asText()).isEqualTo("chat.completion.chunk");
            assertThat(chunk.path("id")).isEqualTo(chunks.getFirst().path("id"));
            assertThat(chunk.path("created").isIntegralNumber()).isTrue();
            assertThat(chunk.has("usage")).isFalse();
            assertThat(chunk.path("choices")).hasSize(1);
        });
        assertThat(delta(chunks.getFirst()))
                .isEqualTo(json("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}"));
        assertThat(text(chunks)).isEqualTo(FakeOpenAi.text(prompt));
        assertThat(delta(chunks.getLast())).isEqualTo(json("{}"));
        assertThat(finishes(chunks)).containsExactly("stop");
    }

    /** Breaks off after ten words, the first time. */
    private static ObjectNode frail(boolean stream) {
        return chat(
                "studio/chaos-text",
                "a boat",
                Map.of("stream", stream, "cut_after", 10, "fail_times", 1, "words", 30, "speed", 200));
    }

    @Test
    void aStreamThatBreaksOffIsFreeAndNothingIsMadeThatCannotBeTold() {
        Api person = house.person();

        Api.Answer answer = person.post(CHAT, frail(true));

        assertThat(answer.text())
                .contains("\"error\"")
                .contains("You were not charged.")
                .doesNotContain("[DONE]");
        JsonNode row = over(person, Objects.requireNonNull(answer.header("X-Generation-Id")));
        assertThat(row.path("status").asText()).isEqualTo("failed");
        assertThat(row.path("attempts").asInt()).isEqualTo(1);
        assertThat(row.at("/receipt/charged").decimalValue()).isEqualByComparingTo("0");
    }

    @Test
    void aStreamThatBreaksOffUnderAKeyIsMadeToItsEndAndToldWholeToWhoAsksAgain() {
        Api person = house.person();
        Map<String, String> key = Map.of("Idempotency-Key", "broken-1");

        Api.Answer first = person.send("POST", CHAT, frail(true).toString(), key);
        assertThat(first.text()).contains("\"error\"").contains("Idempotency-Key");
        JsonNode row = over(person, Objects.requireNonNull(first.header("X-Generation-Id")));
        assertThat(row.path("status").asText()).isEqualTo("completed");
        assertThat(row.path("attempts").asInt()).isEqualTo(2);

        Api.Answer again =
                person.send("POST", CHAT, frail(true).toString(), key).expect(200);
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(again.text()).endsWith("data: [DONE]\n\n");
        assertThat(text(chunks(again))).isEqualTo(row.path("text").asText());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWasDeletedIsNotThereForWhoRepeatsTheCall(boolean stream) {
        Api person = house.person();
        Map<String, String> key = Map.of("Idempotency-Key", "deleted-1");
        String body = chat("fake", "a hill @words=3", Map.of("stream", stream)).toString();
        String id = person.send("POST", CHAT, body, key).expect(200).header("X-Generation-Id");
        over(person, Objects.requireNonNull(id));
        person.delete("/v1/generations/" + id).expect(204);

        assertThat(error(person.send("POST", CHAT, body, key), 404).path("code").asText())
                .isEqualTo("not_found");
    }

    @Test
    void aStreamCountsItsTokensInAChunkOfItsOwnWhenAsked() {
        Api.Answer answer = house.person()
                .post(
                        CHAT,
                        chat(
                                "fake",
                                "a boat @words=4",
                                Map.of("stream", true, "stream_options", Map.of("include_usage", true))));

        List<JsonNode> chunks = chunks(answer);
        JsonNode last = chunks.getLast();
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.path("choices").isArray()).isTrue();
        assertThat(last.path("usage").path("total_tokens").asInt()).isEqualTo(20);
        assertThat(chunks.subList(0, chunks.size() - 1))
                .allMatch(chunk -> chunk.has("usage") && chunk.path("usage").isNull());
        assertThat(answer.text()).endsWith("data: [DONE]\n\n");
    }

    @Test
    void textsAreWrittenAsJsonWhateverIsInThem() {
        Api person = house.person();
        String prompt = "a boat @words=30";
        Api.Answer streamed = person.post(CHAT, chat("fake", prompt, Map.of("stream", true)));
        assertThat(text(chunks(streamed))).isEqualTo(FakeOpenAi.text(prompt)).contains("\ud83d\ude80", "\u6d77");
    }

    @Test
    void callsToToolsComeBackWholeAndTheirResultsGoToTheVendor() {
        Api person = house.person();

        JsonNode body = person.post(CHAT, chat("fake", "weather? @tool=weather @tool_calls=2 @words=0", TOOLS))
                .expect(200)
                .json();

        JsonNode choice = body.path("choices").path(0);
        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(choice.path("message").path("content").isNull()).isTrue();
        JsonNode calls = choice.path("message").path("tool_calls");
        assertThat(calls).hasSize(2);
        assertThat(calls.path(1))
                .isEqualTo(json(
                        "{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":"
                                + "\"{\\\"city\\\":\\\"K\u00f6ln \ud83d\ude80\\\",\\\"days\\\":1}\"}}"));
        JsonNode sent = house.vendor().lastBody("/v1/chat/completions");
        assertThat(sent.path("tools")).isEqualTo(Api.JSON.valueToTree(TOOLS.get("tools")));
        assertThat(sent.path("tool_choice").asText()).isEqualTo("auto");

        ObjectNode next = chat("fake", "weather? @tool=weather @words=0", TOOLS);
        next.withArray("messages").add(choice.path("message").deepCopy());
        next.withArray("messages")
                .addObject()
                .put("role", "tool")
                .put("tool_call_id", "call_0")
                .put("content", "12 degrees @words=3");
        next.withArray("messages")
                .addObject()
                .put("role", "tool")
                .put("tool_call_id", "call_1")
                .put("content", "13 degrees @words=3");
        JsonNode answer = person.post(CHAT, next).expect(200).json();

        assertThat(answer.path("choices")
                        .path(0)
                        .path("message")
                        .path("content")
                        .asText())
                .isEqualTo(FakeOpenAi.text("@words=3"));
        JsonNode messages = house.vendor().lastBody("/v1/chat/completions").path("messages");
        assertThat(messages.path(1).path("tool_calls")).isEqualTo(calls);
        assertThat(messages.path(2).path("tool_call_id").asText()).isEqualTo("call_0");
        assertThat(messages.path(1).has("refusal")).isFalse();
    }

    @Test
    void callsToToolsAreStreamedPieceByPiece() {
        Api.Answer answer = house.person()
                .post(
                        CHAT,
                        chat(
                                "fake",
                                "weather? @tool=weather @words=0",
                                Map.of("stream", true, "tools", TOOLS.get("tools"))));

        List<JsonNode> chunks = chunks(answer);
        var arguments = new StringBuilder();
        List<JsonNode> parts = chunks.stream()
                .map(chunk -> delta(chunk).path("tool_calls").path(0))
                .filter(JsonNode::isObject)
                .toList();
        parts.forEach(
                part -> arguments.append(part.path("function").path("arguments").asText()));
        assertThat(parts).hasSizeGreaterThan(3);
        assertThat(parts.getFirst().path("id").asText()).isEqualTo("call_0");
        assertThat(parts.getFirst().path("function").path("name").asText()).isEqualTo("weather");
        assertThat(arguments).hasToString("{\"city\":\"K\u00f6ln \ud83d\ude80\",\"days\":0}");
        assertThat(delta(chunks.getFirst()).path("content").isNull()).isTrue();
        assertThat(finishes(chunks)).containsExactly("tool_calls");
    }

    @Test
    void serversThatCallToolsTheirOwnWayAreUnderstood() {
        JsonNode body = house.person()
                .post(
                        CHAT,
                        chat("fake", "weather? @tool=weather @tool_calls=2 @tool_whole @tool_no_index @words=0", TOOLS))
                .expect(200)
                .json();
        JsonNode calls = body.path("choices").path(0).path("message").path("tool_calls");
        assertThat(calls).hasSize(2);
        assertThat(calls.path(0).path("function").path("arguments").asText()).endsWith("\"days\":0}");
        assertThat(calls.path(1).path("function").path("arguments").asText()).endsWith("\"days\":1}");
    }

    @Test
    void whatNobodyHereUnderstandsIsHandedOnAsItCame() {
        Api person = house.person();
        ObjectNode asked = chat(
                "fake",
                "a boat @words=2",
                Map.of(
                        "response_format",
                        Map.of("type", "json_object"),
                        "logit_bias",
                        Map.of("50256", -100),
                        "new_thing",
                        List.of(1, "two")));
        ObjectNode picture = asked.withArray("messages").addObject().put("role", "user");
        picture.putArray("content").addObject().put("type", "text").put("text", "and this @words=2");
        picture.withArray("content")
                .addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .put("url", "https://example.com/a.png");

        person.post(CHAT, asked).expect(200);

        JsonNode sent = house.vendor().lastBody("/v1/chat/completions");
        assertThat(sent.path("response_format")).isEqualTo(asked.path("response_format"));
        assertThat(sent.path("logit_bias")).isEqualTo(asked.path("logit_bias"));
        assertThat(sent.path("new_thing")).isEqualTo(asked.path("new_thing"));
        assertThat(sent.path("messages")).isEqualTo(asked.path("messages"));
        assertThat(sent.path("stream").asBoolean()).isTrue();
        assertThat(sent.path("model").asText()).isEqualTo("fake");
    }

    @Test
    void aPictureIsHandedOnAsItCame() {
        Api person = house.person();
        var random = new byte[300_000];
        new java.util.Random(7).nextBytes(random);
        String picture = "data:image/png;base64," + Base64.getEncoder().encodeToString(random);
        ObjectNode asked = chat("fake", "look @words=2", Map.of());
        ObjectNode shown = asked.withArray("messages").addObject().put("role", "user");
        shown.putArray("content").addObject().put("type", "text").put("text", "what is it? @words=2");
        shown.withArray("content")
                .addObject()
                .put("type", "image_url")
                .putObject("image_url")
                .put("url", picture);

        person.post(CHAT, asked).expect(200);

        assertThat(house.vendor().lastBody("/v1/chat/completions").path("messages"))
                .isEqualTo(asked.path("messages"));
    }

    @Test
    void aMessageOfSeveralLongPartsIsHandedOnAndAnswered() {
        Api person = house.person();
        ObjectNode asked = chat("fake", "look @words=2", Map.of());
        ObjectNode parts = asked.withArray("messages").addObject().put("role", "user");
        for (int i = 0; i < 3; i++) {
            parts.withArray("content").addObject().put("type", "text").put("text", "word ".repeat(5_990) + "@words=2");
        }

        person.post(CHAT, asked).expect(200);

        assertThat(house.vendor().lastBody("/v1/chat/completions").path("messages"))
                .isEqualTo(asked.path("messages"));
    }

    @Test
    void hiddenCharactersAreTakenOutOfEveryMessage() {
        Api person = house.person();
        ObjectNode asked = chat("fake", "a\u202e boat @words=2", TOOLS);
        asked.withArray("messages").insertObject(0).put("role", "developer").put("content", "be\u200b brief");

        person.post(CHAT, asked).expect(200);

        JsonNode sent = house.vendor().lastBody("/v1/chat/completions").path("messages");
        assertThat(sent.path(0)).isEqualTo(json("{\"role\":\"developer\",\"content\":\"be brief\"}"));
        assertThat(sent.path(1).path("content").asText()).isEqualTo("a boat @words=2");
    }

    @Test
    void studioAnswersChatsToo() {
        Api.Answer answer = house.person()
                .post(CHAT, chat("studio/text", "a boat", Map.of("words", 12, "speed", 200, "max_tokens", 8, "n", 1)));
        JsonNode body = answer.expect(200).json();
        JsonNode choice = body.path("choices").path(0);
        assertThat(choice.path("message").path("content").asText().split("\\s+"))
                .hasSize(8);
        assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
        assertThat(body.path("usage").path("completion_tokens").asInt()).isEqualTo(8);
    }

    @Test
    void anAttemptThatFailsBeforeItsFirstWordIsRepeatedUnseen() {
        String prompt = "a boat @words=3 @status=503 @fail_times=1";
        Api.Answer answer = house.person().post(CHAT, chat("fake", prompt, Map.of("stream", true)));
        assertThat(text(chunks(answer))).isEqualTo(FakeOpenAi.text(prompt));
        assertThat(house.vendor().chats(prompt)).isEqualTo(2);
    }

    @Test
    void aStreamThatCannotGoOnEndsWithAnErrorAndNeverLooksWhole() {
        Api person = house.person();
        String prompt = "a boat @words=8 @cut_after=4";

        Api.Answer answer = person.post(CHAT, chat("fake", prompt, Map.of("stream", true)));

        List<JsonNode> chunks = chunks(answer);
        assertThat(answer.text()).doesNotContain("[DONE]");
        assertThat(finishes(chunks)).isEmpty();
        JsonNode error = chunks.getLast().path("error");
        assertThat(error.path("type").asText()).isEqualTo("server_error");
        assertThat(error.path("code").asText()).isEqualTo("provider_failed");
        assertThat(text(chunks)).isEqualTo(FakeOpenAi.text("@words=4"));
        over(person, Objects.requireNonNull(answer.header("X-Generation-Id")));
    }

    @Test
    void theSameKeyBeginsOneGenerationAndIsAnsweredAsBefore() {
        Api person = house.person();
        String prompt = "a boat @words=5 once";
        String body = chat("fake", prompt, Map.of("stream", true)).toString();

        Api.Answer first = person.send("POST", CHAT, body, Map.of("Idempotency-Key", "k-1"));
        Api.Answer again = person.send("POST", CHAT, body, Map.of("Idempotency-Key", "\"k-1\""));

        // in other pieces, perhaps
        assertThat(text(chunks(again))).isEqualTo(text(chunks(first))).isEqualTo(FakeOpenAi.text(prompt));
        assertThat(chunks(again).getFirst()).isEqualTo(chunks(first).getFirst());
        assertThat(chunks(again).getLast()).isEqualTo(chunks(first).getLast());
        assertThat(again.text()).endsWith("data: [DONE]\n\n");
        assertThat(again.header("X-Generation-Id")).isEqualTo(first.header("X-Generation-Id"));
        assertThat(first.header("Idempotent-Replayed")).isNull();
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(house.vendor().chats(prompt)).isEqualTo(1);
        JsonNode mismatch = FaceHouse.error(
                person.send(
                        "POST", CHAT, chat("fake", "another", Map.of()).toString(), Map.of("Idempotency-Key", "k-1")),
                422);
        assertThat(mismatch.path("code").asText()).isEqualTo("idempotency_mismatch");
    }

    @Test
    void withoutAKeyARepeatedCallIsAnotherGeneration() {
        Api person = house.person();
        String prompt = "a boat @words=5 twice";
        String body = chat("fake", prompt, Map.of()).toString();
        Api.Answer first = person.send("POST", CHAT, body, Map.of()).expect(200);
        Api.Answer again = person.send("POST", CHAT, body, Map.of()).expect(200);
        assertThat(again.header("X-Generation-Id")).isNotEqualTo(first.header("X-Generation-Id"));
        assertThat(house.vendor().chats(prompt)).isEqualTo(2);
    }

    private static List<JsonNode> chunks(Api.Answer answer) {
        return answer.text()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> json(line.substring(6)))
                .toList();
    }

    private static JsonNode delta(JsonNode chunk) {
        return chunk.path("choices").path(0).path("delta");
    }

    private static String text(List<JsonNode> chunks) {
        var text = new StringBuilder();
        chunks.forEach(chunk -> text.append(delta(chunk).path("content").asText("")));
        return text.toString().replace("null", "");
    }

    private static List<String> finishes(List<JsonNode> chunks) {
        return chunks.stream()
                .map(chunk -> chunk.path("choices").path(0).path("finish_reason"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .toList();
    }

    private static JsonNode json(String text) {
        try {
            return Api.JSON.readTree(text);
        } catch (java.io.IOException broken) {
            throw new AssertionError(text, broken);
        }
    }
}
