package dev.millrace.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import dev.millrace.testing.Api;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.StreamCheck;
import dev.millrace.testing.TestHouse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Chromium's own {@code EventSource} and {@code WebSocket}, opened with tickets. */
@Tag("alone")
class LiveIT {
    private static TestHouse house;
    private static Browser browser;

    @BeforeAll
    static void open() {
        house = TestHouse.open();
        browser = new Browser(house.address());
    }

    @AfterAll
    static void close() {
        browser.close();
        house.close();
    }

    @Test
    void anEventSourceComesBackByItselfWithItsCookieAndStopsAtTheEnd() {
        Api person = house.person();
        String id = words(person, 30, 30);
        String path = "/v1/generations/" + id + "/events";
        Page page = browser.person();
        List<String> answers = new ArrayList<>();
        page.onResponse(response -> {
            if (response.url().contains("/events")) {
                answers.add(response.status() + (response.url().contains("ticket=") ? "" : " without a ticket"));
            }
        });
        page.navigate("/");

        Object told = page.evaluate("""
                ({url}) => new Promise((done) => {
                  const source = new EventSource(url);
                  const events = [];
                  for (const name of ["delta", "reset", "progress", "started", "queued", "completed"])
                    source.addEventListener(name, (e) => events.push([e.lastEventId, name, e.data]));
                  source.onerror = () => source.readyState === 2 && done(JSON.stringify(events));
                })""", Map.of("url", path + "?ticket=" + ticket(person, path)));

        assertThat(answers).containsExactly("200", "204");
        var check = new StreamCheck();
        json(String.valueOf(told))
                .forEach(event -> check.saw(new SseReader.Event(
                        event.path(0).asText(),
                        event.path(1).asText(),
                        event.path(2).asText())));
        assertThat(check.compare(person.get("/v1/generations/" + id).json())).isEmpty();
    }

    @Test
    void aWebSocketOfThePageHearsTheSameEvents() {
        Api person = house.person();
        String id = words(person, 60, 60);
        Page page = browser.person();
        page.navigate("/");

        Object told = page.evaluate("""
                ({ticket, id}) => new Promise((done) => {
                  const socket = new WebSocket(`ws://${location.host}/v1/socket?ticket=${ticket}`);
                  const messages = [];
                  socket.onopen = () => {
                    socket.send(JSON.stringify({subscribe: "account"}));
                    socket.send(JSON.stringify({subscribe: id}));
                  };
                  socket.onmessage = ({data}) => {
                    messages.push(JSON.parse(data));
                    if (messages.at(-1).event === "completed") socket.close(1000, "done");
                  };
                  socket.onclose = ({code, wasClean}) => done(JSON.stringify({code, wasClean, messages}));
                })""", Map.of("ticket", ticket(person, "/v1/socket"), "id", id));

        JsonNode heard = json(String.valueOf(told));
        assertThat(heard.path("code").asInt()).isEqualTo(1000);
        assertThat(heard.path("wasClean").asBoolean()).isTrue();
        var check = new StreamCheck();
        for (JsonNode message : heard.path("messages")) {
            if (message.path("stream").asText().equals(id) && message.has("id")) {
                check.saw(new SseReader.Event(
                        message.path("id").asText(),
                        message.path("event").asText(),
                        message.path("data").toString()));
            }
        }
        assertThat(check.compare(person.get("/v1/generations/" + id).json())).isEmpty();
    }

    @Test
    void thePageReadsTheWholeAccountOverOneConnection() {
        Page page = browser.person();
        List<String> streams = new ArrayList<>();
        page.onRequest(request -> {
            if (request.url().contains("/events")) {
                streams.add(request.url().replaceFirst("^[^/]*//[^/]*", ""));
            }
        });
        var visitor = new Visitor(page).signUp("one-stream@example.com").choose("Text");
        visitor.generate("a note on tides");
        visitor.generate("another note on tides");
        visitor.runIn("a note on tides", "completed");
        visitor.runIn("another note on tides", "completed");

        assertThat(streams).isNotEmpty().allMatch(url -> url.startsWith("/v1/events"));
    }

    private static String words(Api person, int words, int speed) {
        return person.generate("text", "in a browser", Map.of("options", Map.of("words", words, "speed", speed)))
                .path("id")
                .asText();
    }

    private static String ticket(Api person, String path) {
        return person.post("/v1/stream-tickets", Map.of("path", path))
                .expect(201)
                .json()
                .path("ticket")
                .asText();
    }

    private static JsonNode json(String text) {
        try {
            return Api.JSON.readTree(text);
        } catch (JsonProcessingException failure) {
            throw new AssertionError(text, failure);
        }
    }
}
