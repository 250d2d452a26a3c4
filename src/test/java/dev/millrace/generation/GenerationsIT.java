package dev.millrace.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.StreamCheck;
import dev.millrace.testing.TestHouse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** One house, real Studio: what a front-end developer meets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GenerationsIT {
    private TestHouse house;

    @BeforeAll
    void open() {
        house = TestHouse.open();
    }

    @AfterAll
    void close() {
        house.close();
    }

    @Test
    void aTextIsStreamedToItsEndAndPaidFor() {
        Api person = house.person();
        JsonNode made =
                person.generate("text", "a mill by the stream", Map.of("options", Map.of("speed", 200, "words", 60)));
        assertThat(made.path("status").asText()).isIn("queued", "running");

        List<SseReader.Event> events = new ArrayList<>();
        var check = new StreamCheck();
        try (Api.Stream stream = person.events(made.path("id").asText(), null)) {
            assertThat(stream.status()).isEqualTo(200);
            for (SseReader.Event event = stream.events().next();
                    event != null;
                    event = stream.events().next()) {
                events.add(event);
                check.saw(event);
            }
        }
        JsonNode row = person.get("/v1/generations/" + made.path("id").asText())
                .expect(200)
                .json();
        assertThat(check.compare(row)).isEmpty();
        assertThat(events)
                .extracting(SseReader.Event::event)
                .contains("limits", "queued", "started", "delta", "progress", "completed");
        assertThat(row.path("text").asText().split("\\s+")).hasSize(60);
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0.006");
        assertThat(house.ledgerFaults()).isEmpty();
    }
}
