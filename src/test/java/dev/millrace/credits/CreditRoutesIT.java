package dev.millrace.credits;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import dev.millrace.platform.json.Json;
import dev.millrace.testing.Api;
import dev.millrace.testing.TestHouse;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What a person reads of plans, usage and the ledger. */
class CreditRoutesIT {
    private static final TestHouse HOUSE = TestHouse.open();
    private static final Credits CREDITS = new Credits(HOUSE.db());

    @AfterAll
    static void close() {
        HOUSE.close();
    }

    @Test
    void thePlansAreForEverybodyToRead() {
        JsonNode plans =
                Api.anonymous(HOUSE.address()).get("/v1/plans").expect(200).json();

        JsonNode free = plans.path("data").get(0);
        assertThat(fields(free))
                .containsExactly("id", "name", "per_minute", "per_day", "running", "credits_once", "storage_bytes");
        assertThat(free.path("id").asText()).isEqualTo("free");
        assertThat(free.path("per_minute").asInt()).isEqualTo(60);
        assertThat(free.path("per_day").asInt()).isEqualTo(1000);
        assertThat(free.path("running").asInt()).isEqualTo(2);
        assertThat(free.path("credits_once").asInt()).isEqualTo(200);
        assertThat(free.path("storage_bytes").asLong()).isEqualTo(5L << 30);
        assertThat(plans.path("next_cursor").isNull()).isTrue();
    }

    @Test
    void everyDayHasWhatWasChargedOnIt() {
        Api person = HOUSE.person();
        UUID account = account(person);
        for (String cost : List.of("2", "0.25")) {
            UUID hold = Ids.next();
            HOUSE.db().run(tx -> CREDITS.hold(tx, hold, account, 3 * Micros.CREDIT, "studio/video"));
            HOUSE.db().run(tx -> CREDITS.settle(tx, hold, List.of(line(cost))));
        }

        JsonNode days = person.get("/v1/usage/days?days=3").expect(200).json().path("data");

        String today = HOUSE.db()
                .read(tx -> tx.query("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')")
                        .mapTo(String.class)
                        .one());
        assertThat(days).hasSize(3);
        assertThat(days.get(2).path("day").asText()).isEqualTo(today);
        assertThat(days.get(2).path("runs").asInt()).isEqualTo(2);
        assertThat(days.get(2).path("spent").decimalValue()).isEqualByComparingTo("2.25");
        assertThat(days.get(0).path("spent").decimalValue()).isZero();
        assertThat(person.get("/v1/usage/days").expect(200).json().path("data")).hasSize(30);
        assertThat(HOUSE.person()
                        .get("/v1/usage/days?days=1")
                        .json()
                        .path("data")
                        .get(0)
                        .path("runs")
                        .asInt())
                .isZero();
        for (String wrong : List.of("0", "91", "x", "", "1.5", "-1")) {
            person.get("/v1/usage/days?days=" + wrong).expect(400);
        }
    }

    @Test
    void usageShowsWhatIsLeftOfEverything() {
        Api person = HOUSE.person();
        UUID account = account(person);
        UUID hold = Ids.next();
        HOUSE.db().run(tx -> CREDITS.hold(tx, hold, account, 30 * Micros.CREDIT, "studio/video"));
        HOUSE.db().run(tx -> CREDITS.hold(tx, Ids.next(), account, 500_000, "studio/text"));
        HOUSE.db().run(tx -> CREDITS.settle(tx, hold, List.of(line("12.5"))));

        JsonNode usage = person.get("/v1/usage").expect(200).json();

        assertThat(fields(usage)).containsExactly("plan", "minute", "day", "running", "credits", "month", "caps");
        assertThat(usage.path("plan").asText()).isEqualTo("free");
        assertThat(usage.path("running").path("limit").asInt()).isEqualTo(2);
        assertThat(usage.path("credits").path("balance").decimalValue()).isEqualByComparingTo("187.5");
        assertThat(usage.path("credits").path("held").decimalValue()).isEqualByComparingTo("0.5");
        assertThat(usage.path("credits").path("available").decimalValue()).isEqualByComparingTo("187");
        assertThat(usage.path("month").path("spent").decimalValue()).isEqualByComparingTo("12.5");
    }

    @Test
    void theLedgerShowsTheReceiptLineByLine() {
        Api person = HOUSE.person();
        UUID account = account(person);
        UUID hold = Ids.next();
        HOUSE.db().run(tx -> CREDITS.hold(tx, hold, account, 30 * Micros.CREDIT, "studio/video"));
        Receipt receipt = HOUSE.db().transact(tx -> CREDITS.settle(tx, hold, List.of(line("1.5"), line("2"))));

        JsonNode ledger = person.get("/v1/ledger").expect(200).json();

        JsonNode newest = ledger.path("data").get(0);
        assertThat(fields(newest))
                .containsExactly(
                        "id", "at", "kind", "amount", "balance", "released", "generation", "description", "lines");
        assertThat(newest.path("generation").asText()).isEqualTo(hold.toString());
        assertThat(newest.path("description").asText()).isEqualTo("studio/video");
        assertThat(newest.path("amount").decimalValue()).isEqualByComparingTo("-3.5");
        assertThat(newest.path("balance").decimalValue()).isEqualByComparingTo("196.5");
        JsonNode shown = Json.MAPPER.valueToTree(receipt);
        assertThat(fields(shown)).containsExactly("charged", "released", "lines");
        assertThat(newest.path("lines").toString())
                .isEqualTo(shown.path("lines").toString());
        assertThat(ledger.path("data").get(1).path("kind").asText()).isEqualTo("grant");
    }

    @Test
    void theLedgerComesInPages() {
        Api person = HOUSE.person();
        UUID account = account(person);
        for (int i = 0; i < 5; i++) {
            UUID hold = Ids.next();
            HOUSE.db().run(tx -> CREDITS.hold(tx, hold, account, Micros.CREDIT, "studio/image"));
            HOUSE.db().run(tx -> CREDITS.settle(tx, hold, List.of(line("1"))));
        }

        var balances = new ArrayList<String>();
        String cursor = "";
        do {
            JsonNode page =
                    person.get("/v1/ledger?limit=2" + cursor).expect(200).json();
            page.path("data").forEach(line -> balances.add(line.path("balance").asText()));
            cursor = page.path("next_cursor").isNull()
                    ? ""
                    : "&cursor=" + page.path("next_cursor").asText();
        } while (!cursor.isEmpty());

        assertThat(balances).containsExactly("195", "196", "197", "198", "199", "200");
        person.get("/v1/ledger?limit=101").expect(400);
        person.get("/v1/ledger?cursor=nonsense").expect(400);
    }

    @Test
    void nobodyReadsTheLedgerOfAnother() {
        Api person = HOUSE.person();
        Api stranger = HOUSE.person();
        String foreign = person.get("/v1/ledger")
                .expect(200)
                .json()
                .path("data")
                .get(0)
                .path("id")
                .asText();

        assertThat(stranger.get("/v1/ledger").expect(200).text()).doesNotContain(foreign);
        Api.anonymous(HOUSE.address()).get("/v1/ledger").expect(401);
        Api.anonymous(HOUSE.address()).get("/v1/usage").expect(401);
    }

    @Test
    void aPlanWithoutWindowsShowsNone() {
        Api person = HOUSE.person();
        HOUSE.db().run(tx -> tx.execute("""
                INSERT INTO plan (id, name, running, storage_bytes) VALUES ('open', 'Open', 20, 0) ON CONFLICT DO NOTHING"""));
        HOUSE.db()
                .run(tx -> tx.update("UPDATE account SET plan = 'open' WHERE id = :id")
                        .bind("id", account(person))
                        .execute());

        JsonNode usage = person.get("/v1/usage").expect(200).json();

        assertThat(usage.path("minute").isNull()).isTrue();
        assertThat(usage.path("day").isNull()).isTrue();
        assertThat(usage.path("credits").path("balance").asInt()).isZero();
    }

    private static ReceiptLine line(String credits) {
        var amount = new BigDecimal(credits);
        return new ReceiptLine("seconds", amount, BigDecimal.ONE, Micros.up(amount));
    }

    private static UUID account(Api person) {
        return UUID.fromString(
                person.get("/v1/me").expect(200).json().path("id").asText());
    }

    private static List<String> fields(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
