package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checker is only worth what it finds: a good stream passes, each planted fault is named. */
class StreamCheckTest {
    private static final List<SseReader.Event> GOOD = List.of(
            event("1.1.0", "started", "{}"),
            event("1.2.3", "delta", "{\"text\":\"one\"}"),
            event("1.3.3", "progress", "{\"percent\":40}"),
            event("1.4.7", "delta", "{\"text\":\" two\"}"),
            event("2.1.3", "reset", "{\"text\":\"one\"}"),
            event("2.2.9", "delta", "{\"text\":\" three\"}"),
            event("2.3.9", "completed", "{\"status\":\"completed\"}"));

    @Test
    void aGoodStreamPasses() {
        assertThat(check(GOOD)).isEmpty();
    }

    @Test
    void aRepeatedDeltaIsFound() {
        assertThat(check(with(5, GOOD.get(5)))).anyMatch(fault -> fault.contains("came after"));
    }

    @Test
    void aDeltaRepeatedUnderANewIdIsFound() {
        assertThat(check(with(6, event("2.2.15", "delta", "{\"text\":\" three\"}"))))
                .anyMatch(fault -> fault.contains("text differs"));
    }

    @Test
    void aLostDeltaIsFound() {
        assertThat(check(without(5))).anyMatch(fault -> fault.contains("text differs"));
    }

    @Test
    void twoTerminalEventsAreFound() {
        assertThat(check(with(7, event("2.4.9", "completed", "{\"status\":\"completed\"}"))))
                .anyMatch(fault -> fault.contains("after the terminal event"));
    }

    @Test
    void aMissingEndAndAFallingPercentAreFound() {
        assertThat(check(without(6))).contains("no terminal event");
        assertThat(check(with(3, event("1.3.4", "progress", "{\"percent\":12}"))))
                .anyMatch(fault -> fault.contains("percent fell"));
    }

    private static List<String> check(List<SseReader.Event> events) {
        var check = new StreamCheck();
        events.forEach(check::saw);
        return check.compare(row());
    }

    private static JsonNode row() {
        return Api.JSON.createObjectNode().put("status", "completed").put("text", "one three");
    }

    private static List<SseReader.Event> with(int at, SseReader.Event extra) {
        var events = new java.util.ArrayList<>(GOOD);
        events.add(at, extra);
        return events;
    }

    private static List<SseReader.Event> without(int at) {
        var events = new java.util.ArrayList<>(GOOD);
        events.remove(at);
        return events;
    }

    private static SseReader.Event event(String id, String name, String data) {
        return new SseReader.Event(id, name, data);
    }
}
