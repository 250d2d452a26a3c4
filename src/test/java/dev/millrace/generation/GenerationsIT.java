package dev.millrace.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.TestHouse;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** One house, real Studio: what a front-end developer meets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class GenerationsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private TestHouse house;

    @BeforeAll
    void open() {
        house = TestHouse.open();
    }

    @AfterAll
    void close() {
        assertThat(house.ledgerFaults()).isEmpty();
        house.close();
    }

    @Test
    void aTextIsStreamedToItsEndAndPaidFor() {
        Api person = house.person();
        String id = text(person, Map.of("speed", 200, "words", 60));

        List<SseReader.Event> events = events(person, id, null);

        assertThat(events)
                .extracting(SseReader.Event::event)
                .containsSubsequence("limits", "queued", "started", "delta", "limits", "completed");
        JsonNode row = row(person, id);
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        assertThat(row.path("text").asText().split("\\s+")).hasSize(60);
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0.006");
        JsonNode credits = person.get("/v1/usage").expect(200).json().path("credits");
        assertThat(credits.path("balance").decimalValue()).isEqualByComparingTo("199.994");
        assertThat(credits.path("held").decimalValue()).isEqualByComparingTo("0");
        JsonNode lastLimits = json(events.get(events.size() - 2).data());
        assertThat(lastLimits.path("credits")).isEqualTo(credits);
    }

    @Test
    void whatWasAskedForCanBeAskedForAgain() {
        Api person = house.person();
        String id = text(person, Map.of("speed", 200, "words", 20, "seed", 11));

        JsonNode asked = row(person, id).path("options");
        assertThat(asked.path("seed").asInt()).isEqualTo(11);
        assertThat(asked.path("max_tokens").asInt()).as("a default").isEqualTo(1024);
        List<SseReader.Event> told = events(person, id, null);
        assertThat(json(told.getLast().data()).path("options")).isEqualTo(asked);

        Map<String, Object> again = Map.of("options", asked);
        String other = person.generate("text", row(person, id).path("prompt").asText(), again)
                .path("id")
                .asText();
        events(person, other, null);
        assertThat(row(person, other).path("text")).isEqualTo(row(person, id).path("text"));
    }

    @Test
    void aReaderWhoComesBackAfterTheEndGetsWhatHeMissedAndThenNothingForEver() {
        Api person = house.person();
        String id = text(person, Map.of("speed", 200, "words", 40));
        List<SseReader.Event> all = numbered(events(person, id, null));
        String text = row(person, id).path("text").asText();

        for (int i = 0; i < all.size() - 1; i++) {
            var before = new StringBuilder();
            all.subList(0, i + 1).forEach(event -> before.append(delta(event)));
            List<SseReader.Event> rest = numbered(events(person, id, all.get(i).id()));
            rest.forEach(event -> before.append(delta(event)));
            assertThat(before).as("after " + all.get(i)).hasToString(text);
            assertThat(rest.getLast().event()).isEqualTo("completed");
            assertThat(rest.getLast().id()).isEqualTo(all.getLast().id());
        }
        assertThat(person.events(id, all.getLast().id()).status()).isEqualTo(204);
        for (String never : List.of("nonsense", "9.9.9", "1.9999.5")) {
            assertThat(numbered(events(person, id, never))).as(never).hasSameSizeAs(numbered(events(person, id, null)));
        }
    }

    @Test
    void whoOpensAStreamIsToldHowHeStandsThen() {
        Api person = house.person();
        String first = text(person, Map.of("speed", 200, "words", 3));
        events(person, first, null);
        String second = text(person, Map.of("speed", 1, "words", 20));
        JsonNode usage = person.get("/v1/usage").expect(200).json();
        try (Api.Stream stream = person.events(second, null)) {
            SseReader.Event limits = stream.events().next();
            assertThat(limits.event()).isEqualTo("limits");
            assertThat(json(limits.data()).at("/credits/held")).isEqualTo(usage.at("/credits/held"));
        }
        person.post("/v1/generations/" + second + "/cancellation", Map.of()).expect(202);
    }

    @Test
    void anImageAndAVideoBecomeAssetsThatCanBeFetched() {
        Api person = house.person();
        String image = person.generate("image", "a red door", Map.of("options", Map.of("width", 256, "height", 256)))
                .path("id")
                .asText();
        String video = person.generate(
                        "video", "a paper boat", Map.of("options", Map.of("width", 1280, "height", 720, "seconds", 3)))
                .path("id")
                .asText();

        List<SseReader.Event> told = events(person, video, null);
        assertThat(Reader.follow(person, image).verdict(LIMIT)).isEmpty();
        assertThat(Reader.follow(person, video).verdict(LIMIT)).isEmpty();
        assertThat(told)
                .extracting(SseReader.Event::event)
                .containsSubsequence("started", "progress", "asset", "completed");
        assertThat(told)
                .filteredOn(event -> event.event().equals("progress"))
                .extracting(event -> json(event.data()).path("source").asText())
                .contains("measured");
        assertThatFfmpegAloneMovesThePercent(told);
        JsonNode row = row(person, video);
        assertThat(row.path("status").asText()).isEqualTo("completed");
        assertThat(row.path("assets").path(0).path("status").asText()).isEqualTo("ready");
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("3");
        String url = row.path("assets").path(0).path("url").asText();
        assertThat(person.get(url).status()).isEqualTo(200);
    }

    private static void assertThatFfmpegAloneMovesThePercent(List<SseReader.Event> told) {
        assertThat(told)
                .filteredOn(event -> event.event().equals("progress"))
                .extracting(event -> json(event.data()))
                .filteredOn(progress -> progress.path("percent").asDouble() > 0)
                .isNotEmpty()
                .allSatisfy(
                        progress -> assertThat(progress.path("source").asText()).isEqualTo("measured"));
    }

    @Test
    void whoStopsATextPaysForTheWordsThatCame() {
        Api person = house.person();
        String id = text(person, Map.of("speed", 20, "words", 2000, "max_tokens", 4000));
        var reader = Reader.follow(person, id);
        reader.await(80, LIMIT);

        JsonNode bound = person.get("/v1/generations/" + id + "/cancellation")
                .expect(200)
                .json();
        assertThat(bound.path("policy").asText()).isEqualTo("stop");
        BigDecimal most = bound.path("charged").decimalValue();
        BigDecimal held = most.add(bound.path("released").decimalValue());
        assertThat(held).isEqualByComparingTo("0.4");
        // it goes on at its pace, so the bound is not simply all that is held
        assertThat(most).isLessThan(held.divide(BigDecimal.TWO));
        JsonNode answer = person.post("/v1/generations/" + id + "/cancellation", "{}")
                .expect(202)
                .json();
        assertThat(answer.path("id").asText()).isEqualTo(id);

        assertThat(reader.verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("canceled");
        int words = row.path("text").asText().split("\\s+").length;
        assertThat(row.path("receipt").path("charged").decimalValue())
                .isEqualByComparingTo(BigDecimal.valueOf(words).movePointLeft(4))
                .isLessThanOrEqualTo(most);
        assertThat(person.post("/v1/generations/" + id + "/cancellation", "{}").status())
                .isEqualTo(202);
    }

    @Test
    void aProviderThatFailsIsTriedAgainAndThenNothingIsCharged() {
        Api person = house.person();
        String mends = chaos(person, Map.of("fail_times", 2, "status", 503, "words", 20, "speed", 200));
        List<SseReader.Event> told = events(person, mends, null);
        assertThat(told)
                .extracting(SseReader.Event::event)
                .containsSubsequence("started", "retrying", "started", "retrying", "started", "completed");
        assertThat(row(person, mends).path("attempts").asInt()).isEqualTo(3);
        assertThat(Reader.follow(person, mends).verdict(LIMIT)).isEmpty();

        String never = chaos(person, Map.of("fail_times", 9, "status", 400, "words", 20));
        assertThat(Reader.follow(person, never).verdict(LIMIT)).isEmpty();
        JsonNode failed = row(person, never);
        assertThat(failed.path("status").asText()).isEqualTo("failed");
        assertThat(failed.path("error").path("code").asText()).isEqualTo("provider_failed");
        assertThat(failed.path("error").path("detail").asText()).endsWith("You were not charged.");
        assertThat(failed.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0");
    }

    @Test
    void aTextThatBreaksOffIsWrittenAnewBehindAReset() {
        Api person = house.person();
        String id = chaos(person, Map.of("cut_after", 10, "fail_times", 1, "words", 30, "speed", 200));
        List<SseReader.Event> told = events(person, id, null);
        assertThat(told)
                .extracting(SseReader.Event::event)
                .containsSubsequence("delta", "retrying", "started", "reset", "delta", "completed");
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
    }

    static String text(Api person, Map<String, Object> options) {
        return person.generate("text", "a mill by the stream", Map.of("options", options))
                .path("id")
                .asText();
    }

    private static String chaos(Api person, Map<String, Object> options) {
        return person.generate("text", "a mill in the storm", Map.of("model", "studio/chaos-text", "options", options))
                .path("id")
                .asText();
    }

    static JsonNode row(Api person, String id) {
        return person.get("/v1/generations/" + id).expect(200).json();
    }

    static List<SseReader.Event> events(Api person, String id, @Nullable String after) {
        var events = new ArrayList<SseReader.Event>();
        try (Api.Stream stream = person.events(id, after)) {
            assertThat(stream.status()).isEqualTo(200);
            for (SseReader.Event event = stream.events().next();
                    event != null;
                    event = stream.events().next()) {
                events.add(event);
            }
        }
        return events;
    }

    static List<SseReader.Event> numbered(List<SseReader.Event> events) {
        return events.stream().filter(event -> event.id() != null).toList();
    }

    private static String delta(SseReader.Event event) {
        return event.event().equals("delta") ? json(event.data()).path("text").asText() : "";
    }

    static JsonNode json(String data) {
        try {
            return Api.JSON.readTree(data);
        } catch (com.fasterxml.jackson.core.JsonProcessingException failure) {
            throw new AssertionError(failure);
        }
    }
}
