package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.events;
import static dev.millrace.generation.ScriptedProvider.breaksOff;
import static dev.millrace.generation.ScriptedProvider.finish;
import static dev.millrace.generation.ScriptedProvider.says;
import static dev.millrace.generation.ScriptedProvider.speak;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.platform.sql.Tx;
import dev.millrace.testing.Api;
import dev.millrace.testing.FaultProxy;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What an operator learns from the facts: who was refused and why, and what the providers' work cost, kept or not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FactsIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private FaultProxy wire;
    private ScriptedHouse house;

    @BeforeAll
    void open() {
        URI redis = URI.create(TestServices.redisUrl());
        wire = FaultProxy.to(redis.getHost(), redis.getPort());
        house = new ScriptedHouse(ScriptedHouse.Shared.fresh(
                TestServices.redis(redis.toString().replace(":" + redis.getPort(), ":" + wire.port()))));
        house.db().run(tx -> {
            tx.update("UPDATE plan SET per_minute = NULL, per_day = NULL WHERE id = 'free'")
                    .execute();
            tx.update("""
                            INSERT INTO plan (id, name, per_minute, per_day, running, once_micros, storage_bytes)
                            SELECT 'narrow', 'Narrow', 1, NULL, 1, 1000000, storage_bytes FROM plan WHERE id = 'free'""").execute();
            model(tx, "scripted/costly", "scripted", 10_000, "{other/costly}");
            model(tx, "other/costly", "other", 50_000, "{}");
        });
        house.provider().script("one", says("word"));
    }

    @AfterAll
    void close() {
        assertThat(house.ledgerFaults()).isEmpty();
        house.close();
        wire.close();
    }

    @Test
    void aFullWindowIsToldWithItsPlanAndItsKey() {
        Api narrow = narrow();
        text(narrow, "scripted/text", "one").expect(202);
        text(narrow, "scripted/text", "one").expect(429);
        text(narrow, "scripted/text", "one").expect(429);
        told(
                "SELECT sum(times) FROM admin.limit_hits WHERE plan = 'narrow' AND \"window\" = 'minute' AND NOT degraded"
                        + " AND api_key IS NULL AND email IS NOT NULL",
                2);

        Api person = house.person();
        String key = person.post("/v1/api-keys", Map.of("name", "Nightly", "cap_day", 20))
                .expect(201)
                .json()
                .path("key")
                .asText();
        house.db()
                .run(tx -> tx.update("UPDATE api_key SET per_minute = 1 WHERE name = 'Nightly'")
                        .execute());
        Api program = Api.anonymous(house.address()).with(key);
        text(program, "scripted/text", "one").expect(202);
        text(program, "scripted/text", "one").expect(429);
        told(
                "SELECT sum(times) FROM admin.limit_hits WHERE api_key = 'Nightly' AND plan = 'free' AND \"window\" = 'minute'",
                1);
    }

    @Test
    void whatANodeRefusesAloneIsToldToBeDegraded() {
        Api narrow = narrow();
        wire.cut();
        try {
            text(narrow, "scripted/text", "one").expect(202);
            text(narrow, "scripted/text", "one").expect(429);
        } finally {
            wire.mend();
        }
        told("SELECT sum(times) FROM admin.limit_hits WHERE plan = 'narrow' AND degraded", 1);
    }

    @Test
    void creditsThatDoNotSufficeAreToldWithTheReason() {
        Api person = house.person();
        text(person, "scripted/dear", "one").expect(402);
        text(person, "scripted/dear", "one").expect(402);
        told(
                "SELECT sum(times) FROM admin.credit_refusals WHERE reason = 'balance' AND missing = 824 AND email IS NOT NULL",
                2);

        person.send("PUT", "/v1/caps", "{\"day\": 0.01}", Map.of()).expect(200);
        text(person, "scripted/text", "one").expect(402);
        told("SELECT sum(times) FROM admin.credit_refusals WHERE reason = 'cap_day'", 1);
    }

    @Test
    void theCostOfAllCallsIsToldAlsoOfThoseWhoseWorkWasNotKept() {
        String[] words = Collections.nCopies(100, "word").toArray(String[]::new);
        house.provider().script("costs", breaksOff(Kind.QUOTA, words));
        house.other().script("costs", (call, sink) -> {
            speak(sink, words);
            speak(sink, words);
            finish(sink, 200);
        });
        Api person = house.person();
        String id = text(person, "scripted/costly", "costs")
                .expect(202)
                .json()
                .path("id")
                .asText();

        assertThat(events(person, id, null).getLast().event()).isEqualTo("completed");

        // by the price it was ordered at, against what both vendors did at theirs
        assertThat(row("SELECT charged, cost, margin, lost FROM admin.generation_costs WHERE generation = '" + id
                        + "'"))
                .isEqualTo("0.02 0.11 -0.09 0.01");
        assertThat(row("SELECT provider, cost FROM admin.attempts WHERE attempt = 1 AND generation = '" + id + "'"))
                .isEqualTo("scripted 0.01");
        assertThat(
                        row(
                                "SELECT calls, failed, cost, failed_cost FROM admin.provider_costs WHERE model = 'scripted/costly'"))
                .isEqualTo("1 1 0.01 0.01");
        assertThat(
                        row(
                                "SELECT calls, failed, cost, failed_cost FROM admin.provider_costs WHERE model = 'other/costly'"))
                .isEqualTo("1 0 0.1 0");
        assertThat(row("SELECT cost_micros FROM generation WHERE id = '" + id + "'"))
                .isEqualTo("110000");
    }

    private void told(String query, long times) {
        Waiting.until(
                query,
                SOON,
                () -> house.db()
                                .read(tx -> tx.query("SELECT coalesce((" + query + "), 0)")
                                        .mapTo(Long.class)
                                        .one())
                        == times);
    }

    /** The one row, its figures without zeros behind. */
    private String row(String query) {
        List<Map<String, Object>> rows =
                house.db().read(tx -> tx.query(query).mapToMap().list());
        assertThat(rows).hasSize(1);
        return String.join(
                " ",
                rows.getFirst().values().stream()
                        .map(value -> value instanceof BigDecimal number
                                ? number.stripTrailingZeros().toPlainString()
                                : String.valueOf(value))
                        .toList());
    }

    private Api narrow() {
        Api person = house.person();
        String id = person.get("/v1/me").expect(200).json().path("id").asText();
        house.db()
                .run(tx -> tx.update("UPDATE account SET plan = 'narrow' WHERE id = CAST(:id AS uuid)")
                        .bind("id", id)
                        .execute());
        return person;
    }

    private static Api.Answer text(Api person, String model, String prompt) {
        return person.post("/v1/generations", Map.of("kind", "text", "model", model, "prompt", prompt));
    }

    private static void model(Tx tx, String id, String provider, long amount, String fallbacks) {
        tx.update("""
                        INSERT INTO model (id, kind, provider, options, price, cancel_policy, fallbacks, expected_seconds, deadline_seconds)
                        SELECT :id, kind, :provider, options,
                               jsonb_build_array(jsonb_build_object('per', '100_words', 'amount_micros', CAST(:amount AS bigint))),
                               'stop', CAST(:fallbacks AS text[]), 2, 120
                        FROM model WHERE id = 'studio/text'""")
                .bind("id", id)
                .bind("provider", provider)
                .bind("amount", amount)
                .bind("fallbacks", fallbacks)
                .execute();
    }
}
