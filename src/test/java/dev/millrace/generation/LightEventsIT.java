package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.events;
import static dev.millrace.generation.GenerationsIT.json;
import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.finish;
import static dev.millrace.generation.ScriptedProvider.speak;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.SseReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Progress is dropped a day after the end, however late somebody looks and however much there is; readers miss no text. */
class LightEventsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final List<String> ENDS = List.of("completed", "failed", "canceled");

    @Test
    void aReaderWhoComesBackToAnEventThatWasDroppedGetsTheRestOfTheTextAndOneEnd() {
        try (var house = new ScriptedHouse(ScriptedHouse.Shared.fresh())) {
            house.provider().script("long ago", (call, sink) -> {
                for (int i = 0; i < 25; i++) {
                    speak(sink, "word" + i);
                    call.cancellation().await(Duration.ofMillis(100));
                }
                finish(sink, 25);
            });
            Api person = house.person();
            String id = person.generate("text", "long ago", Map.of("model", "scripted/text"))
                    .path("id")
                    .asText();
            List<SseReader.Event> told = events(person, id, null);
            String text = row(person, id).path("text").asText();
            assertThat(text(told)).isEqualTo(text);
            SseReader.Event dropped = told.stream()
                    .filter(event -> event.event().equals("progress"))
                    .filter(event -> position(event) > 0 && position(event) < text.length())
                    .findFirst()
                    .orElseThrow();
            crowd(house, id);
            assertThat(light(house, id)).isGreaterThan(6_000);

            house.generations().sweep();
            assertThat(light(house, id)).as("of one that ended just now").isGreaterThan(6_000);
            age(house, id);
            house.generations().sweep();

            assertThat(light(house, id)).isZero();
            assertThat(count(house, id, "event = 'progress' AND data LIKE '%\"unresolved\":%'"))
                    .isEqualTo(1);
            List<SseReader.Event> rest = events(person, id, dropped.id());
            assertThat(text.substring(0, position(dropped)) + text(rest)).isEqualTo(text);
            assertThat(rest.stream().filter(event -> ENDS.contains(event.event())))
                    .hasSize(1);
            assertThat(rest.getLast().event()).isEqualTo("completed");
            assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
            assertThat(house.ledgerFaults()).isEmpty();
        }
    }

    /** As much as a job of many hours leaves behind, told before all that the run told, and once that contact was lost. */
    private static void crowd(ScriptedHouse house, String id) {
        house.db().run(tx -> tx.update("""
                        INSERT INTO generation_event (generation, epoch, seq, position, event, data)
                        SELECT CAST(:id AS uuid), 0, 1000 + n, 0, 'progress',
                               CASE WHEN n = 1 THEN '{"percent":0,"unresolved":{}}' ELSE '{"percent":0}' END
                        FROM generate_series(1, 6001) n""").bind("id", id).execute());
    }

    /** Nobody looked for three days. */
    private static void age(ScriptedHouse house, String id) {
        house.db().run(tx -> tx.update("""
                        UPDATE generation
                        SET created_at = created_at - interval '3 days', started_at = started_at - interval '3 days',
                            finished_at = finished_at - interval '3 days'
                        WHERE id = CAST(:id AS uuid)""").bind("id", id).execute());
    }

    private static long light(ScriptedHouse house, String id) {
        return count(house, id, "event IN ('progress', 'preview') AND data NOT LIKE '%\"unresolved\":%'");
    }

    private static long count(ScriptedHouse house, String id, String which) {
        return house.db()
                .read(tx -> tx.query("SELECT count(*) FROM generation_event WHERE generation = CAST(:id AS uuid) AND "
                                + which)
                        .bind("id", id)
                        .mapTo(Long.class)
                        .one());
    }

    /** The bytes of text before what comes after this event; all of it is ASCII. */
    private static int position(SseReader.Event event) {
        String[] parts = String.valueOf(event.id()).split("\\.", -1);
        return Integer.parseInt(parts[2]);
    }

    private static String text(List<SseReader.Event> events) {
        return events.stream()
                .filter(event -> event.event().equals("delta"))
                .map(event -> json(event.data()).path("text").asText())
                .collect(Collectors.joining());
    }
}
