package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.events;
import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.finish;
import static dev.millrace.generation.ScriptedProvider.speak;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.testing.Api;
import dev.millrace.testing.Waiting;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Prices change by SQL while work runs: what was promised stays promised, and everybody can see later what held when. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PriceHistoryIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private ScriptedHouse house;

    @BeforeAll
    void open() {
        house = new ScriptedHouse(ScriptedHouse.Shared.fresh());
    }

    @AfterAll
    void close() {
        assertThat(house.ledgerFaults()).isEmpty();
        house.close();
    }

    @Test
    void whatRunsAndWhatWasQuotedKeepTheirPriceAndWhatComesLaterHasTheNewOne() {
        model("scripted/moved", 10_000);
        var go = new CountDownLatch(1);
        house.provider().script("while prices move", (call, sink) -> {
            speak(sink, "two", "words");
            if (!go.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let it go on");
            }
            finish(sink, 100);
        });
        Api person = house.person();
        String running = text(person, "while prices move", null);
        Waiting.until(
                "it runs",
                LIMIT,
                () -> house.provider().calls("while prices move").size() == 1);
        String quote = person.post("/v1/estimates", body("quoted before", null))
                .expect(200)
                .json()
                .path("quote")
                .asText();

        sql(
                "UPDATE model SET price = '[{\"per\": \"100_words\", \"amount_micros\": 70000}]' WHERE id = 'scripted/moved'");
        Waiting.until(
                "the new price is in effect",
                LIMIT,
                () -> person.get("/v1/models")
                        .expect(200)
                        .json()
                        .path("data")
                        .valueStream()
                        .anyMatch(model -> model.path("id").asText().equals("scripted/moved")
                                && model.path("price")
                                                .path(0)
                                                .path("amount")
                                                .decimalValue()
                                                .compareTo(new BigDecimal("0.07"))
                                        == 0));
        go.countDown();

        assertThat(charged(person, running)).isEqualByComparingTo("0.01");
        house.provider().script("quoted before", (call, sink) -> {
            speak(sink, "a");
            finish(sink, 100);
        });
        assertThat(charged(person, text(person, "quoted before", quote))).isEqualByComparingTo("0.01");
        assertThat(charged(person, text(person, "quoted before", null))).isEqualByComparingTo("0.07");
    }

    @Test
    void theOperatorSeesWhichPriceHeldWhen() {
        model("scripted/told", 10_000);
        Instant first = now();
        sql("UPDATE model SET price = price WHERE id = 'scripted/told'");
        sql("UPDATE model SET price = '[{\"per\": \"call\", \"amount_micros\": 2500000},"
                + " {\"per\": \"100_words\", \"amount_micros\": 20000}]' WHERE id = 'scripted/told'");
        Instant second = now();
        sql("DELETE FROM model WHERE id = 'scripted/told'");
        Instant none = now();
        model("scripted/told", 30_000);

        assertThat(history("SELECT * FROM admin.prices WHERE model = 'scripted/told'"))
                .extracting(Held::version, Held::per, Held::credits)
                .containsExactly(
                        tuple(4, "100_words", new BigDecimal("0.03")),
                        tuple(2, "call", new BigDecimal("2.5")),
                        tuple(2, "100_words", new BigDecimal("0.02")),
                        tuple(1, "100_words", new BigDecimal("0.01")));
        assertThat(at("scripted/told", first)).extracting(Held::version).containsExactly(1);
        assertThat(at("scripted/told", second)).extracting(Held::version).containsExactly(2, 2);
        assertThat(at("scripted/told", none)).isEmpty();
        assertThat(at("scripted/told", now())).extracting(Held::version).containsExactly(4);
        // one that has no row of its own costs what its maker's others cost
        assertThat(at("openai/of-no-row", now())).extracting(Held::model).containsExactly("openai/*", "openai/*");
        assertThat(at("openai/gpt-4.1", now()))
                .extracting(Held::model)
                .containsExactly("openai/gpt-4.1", "openai/gpt-4.1");
    }

    @Test
    void everyModelHasAPriceInTheHistoryAndNobodyRewritesIt() {
        List<String> without =
                house.db().read(tx -> tx.query("""
                                SELECT m.id FROM model m
                                WHERE m.price IS DISTINCT FROM
                                    (SELECT p.price FROM model_price p WHERE p.model = m.id ORDER BY p.version DESC LIMIT 1)""").mapTo(String.class).list());
        assertThat(without).isEmpty();
        for (String change :
                List.of("UPDATE model_price SET version = 7", "DELETE FROM model_price", "TRUNCATE model_price")) {
            assertThatThrownBy(() -> sql(change)).hasMessageContaining("only added to");
        }
    }

    private void model(String id, long amount) {
        house.db()
                .run(tx -> tx.update("""
                        INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
                        SELECT :id, kind, 'scripted', options,
                               jsonb_build_array(jsonb_build_object('per', '100_words', 'amount_micros', CAST(:amount AS bigint))),
                               'stop', 2, 120
                        FROM model WHERE id = 'studio/text'""").bind("id", id).bind("amount", amount).execute());
    }

    private void sql(String statement) {
        house.db().run(tx -> tx.update(statement).execute());
    }

    private Instant now() {
        return house.db()
                .read(tx -> tx.query("SELECT clock_timestamp()")
                        .mapTo(Instant.class)
                        .one());
    }

    private List<Held> history(String query) {
        return house.db().read(tx -> tx.query(query).mapTo(Held.class).list());
    }

    private List<Held> at(String model, Instant when) {
        return house.db()
                .read(tx -> tx.query("SELECT * FROM admin.price_at(:model, :when)")
                        .bind("model", model)
                        .bind("when", when)
                        .mapTo(Held.class)
                        .list());
    }

    private static BigDecimal charged(Api person, String id) {
        assertThat(events(person, id, null).getLast().event()).isEqualTo("completed");
        return row(person, id).path("receipt").path("charged").decimalValue();
    }

    private static String text(Api person, String prompt, @Nullable String quote) {
        return person.post("/v1/generations", body(prompt, quote))
                .expect(202)
                .json()
                .path("id")
                .asText();
    }

    private static Map<String, Object> body(String prompt, @Nullable String quote) {
        var body = new HashMap<String, Object>(Map.of("kind", "text", "model", "scripted/moved", "prompt", prompt));
        if (quote != null) {
            body.put("quote", quote);
        }
        return body;
    }

    record Held(
            String model,
            int version,
            Instant since,
            @Nullable Instant until,
            String per,
            BigDecimal credits) {}
}
