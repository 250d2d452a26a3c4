package dev.millrace.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.credits.Basis;
import dev.millrace.generation.events.EventLog;
import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.generation.events.Joint;
import dev.millrace.generation.events.Recording;
import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.sql.Told;
import dev.millrace.platform.sql.Tx;
import dev.millrace.testing.Reader;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A pulse that comes a moment late, a vendor's thread that goes on talking: the log ends with its terminal event all the same. */
class AfterTheEndIT {
    @Test
    void nothingIsToldOrStored() {
        var shared = ScriptedHouse.Shared.fresh();
        shared.provider().script("the end", ScriptedProvider.says("all", "of", "it"));
        try (var house = new ScriptedHouse(shared)) {
            var person = house.person();
            String id = person.generate("text", "the end", Map.of()).path("id").asText();
            assertThat(Reader.follow(person, id).verdict(Duration.ofSeconds(60)))
                    .isEmpty();
            // its log is written once more, by a recording that is in the test's hands
            long epoch = rows(house, id).getLast().epoch() + 1;
            house.db().run(tx -> {
                tx.update("DELETE FROM generation_event WHERE generation = CAST(:id AS uuid)")
                        .bind("id", id)
                        .execute();
                tx.update("UPDATE generation SET epoch = :epoch WHERE id = CAST(:id AS uuid)")
                        .bind("epoch", epoch)
                        .bind("id", id)
                        .execute();
            });

            try (var redis = Redis.open(shared.redis());
                    var log = EventLog.open(house.db(), redis, (tx, generation, event, kept) -> kept, account -> {})) {
                Recording recording = log.record(UUID.fromString(id), UUID.randomUUID(), epoch, true, () -> false);
                recording.text("before ");
                UUID account = UUID.randomUUID();
                recording.commit(Joint.<GenerationEvent>end(AfterTheEndIT::alone, event -> account), completed());

                recording.text("after");
                assertThat(recording.light(progress())).isZero();
                assertThat(recording.lightNow(progress())).isZero();
            } // what was to be stored is stored now

            assertThat(rows(house, id))
                    .extracting(Row::event, Row::seq)
                    .containsExactly(tuple("delta", 1L), tuple("completed", 2L));
        }
    }

    private static GenerationEvent.Progress progress() {
        return new GenerationEvent.Progress(
                BigDecimal.TEN,
                null,
                null,
                BigDecimal.ONE,
                "generating",
                "history",
                new GenerationEvent.Cost(BigDecimal.ONE, BigDecimal.ONE, Basis.REPORTED),
                null);
    }

    private static List<Row> rows(ScriptedHouse house, String id) {
        return house.db()
                .read(tx -> tx.query("""
                        SELECT epoch, seq, event FROM generation_event
                        WHERE generation = CAST(:id AS uuid)
                        ORDER BY epoch, seq""").bind("id", id).mapTo(Row.class).list());
    }

    record Row(long epoch, long seq, String event) {}

    private static List<Told<GenerationEvent>> alone(Tx tx, List<GenerationEvent> events) {
        return events.stream().<Told<GenerationEvent>>map(Told.Answer::new).toList();
    }

    private static GenerationEvent completed() {
        return new GenerationEvent.Completed(Map.of("status", "completed"));
    }
}
