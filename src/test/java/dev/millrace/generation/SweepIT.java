package dev.millrace.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.credits.Credits;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import dev.millrace.testing.Api;
import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The first round of chores after hours in which no server ran: a laptop slept, the database was away. */
class SweepIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void whatNobodyWillEverRunIsEndedFree() {
        try (var house = new ScriptedHouse(ScriptedHouse.Shared.fresh())) {
            house.provider().script("lost", (call, sink) -> ScriptedProvider.hang(call));
            Api person = house.person();
            String id = person.generate("text", "lost", Map.of()).path("id").asText();
            Waiting.until("it runs", SOON, () -> house.provider().calls("lost").size() == 1);
            // as when its job died and it could not be ended for it
            house.db().run(tx -> tx.update("""
                            UPDATE job SET state = 'dead', node = NULL
                            WHERE id = (SELECT job FROM generation WHERE id = CAST(:id AS uuid))""").bind("id", id).execute());

            house.generations().sweep();

            var row = GenerationsIT.row(person, id);
            assertThat(row.path("status").asText()).isEqualTo("failed");
            assertThat(row.path("error").path("detail").asText()).endsWith("You were not charged.");
            assertThat(house.hold(id)).isEqualTo("released");
            assertThat(house.ledgerFaults()).isEmpty();
        }
    }

    @Test
    void workThatRunsOrWaitsKeepsItsHoldsAndIsChargedAndWhatNobodyWorksForIsFreed() {
        try (var house = new ScriptedHouse(ScriptedHouse.Shared.fresh())) {
            var gate = new CountDownLatch(1);
            house.provider().script("long", ScriptedProvider.saysBehind(gate, "done"));
            var credits = new Credits(house.db());
            Api person = house.person();
            var ids = new ArrayList<String>();
            for (int i = 0; i < 3; i++) { // two run, one waits
                ids.add(person.generate("text", "long", Map.of("model", "scripted/text"))
                        .path("id")
                        .asText());
            }
            Waiting.until("two run", SOON, () -> house.provider().calls("long").size() == 2);
            assertThat(GenerationsIT.row(person, ids.getLast()).path("status").asText())
                    .isEqualTo("queued");
            UUID nobodys = Ids.next();
            UUID owner = UUID.fromString(person.get("/v1/me").json().path("id").asText());
            house.db().run(tx -> credits.hold(tx, nobodys, owner, Micros.CREDIT, "nothing"));
            house.db().run(tx -> tx.execute("UPDATE hold SET expires_at = expires_at - interval '2 hours'"));

            house.generations().sweep();
            credits.expireHolds();
            credits.freeLeaked();

            assertThat(ids).allMatch(id -> house.hold(id).equals("open"));
            assertThat(house.hold(nobodys.toString())).isEqualTo("expired");
            assertThat(credits.expireHolds()).isZero();
            assertThat(house.ledgerFaults()).isEmpty();
            gate.countDown();
            for (String id : ids) {
                Waiting.until(
                        "it is over",
                        SOON,
                        () -> GenerationsIT.row(person, id)
                                .path("status")
                                .asText()
                                .equals("completed"));
                assertThat(house.hold(id)).isEqualTo("settled");
            }
            assertThat(house.ledgerFaults()).isEmpty();
        }
    }
}
