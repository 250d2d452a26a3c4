package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.hang;
import static dev.millrace.generation.ScriptedProvider.speak;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.Waiting;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Calls that are stopped, by their owner or because they say too much: what they cost, and whose fault that is called. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoppedCallsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private ScriptedHouse house;

    @BeforeAll
    void open() {
        house = new ScriptedHouse(ScriptedHouse.Shared.fresh());
        house.db().run(tx -> tx.execute("""
                INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
                SELECT 'scripted/reader', kind, 'scripted', options,
                       jsonb_build_array(jsonb_build_object('per', '1m_tokens_in', 'amount_micros', 3000000)), 'stop', 2, 120
                FROM model WHERE id = 'studio/text'"""));
    }

    @AfterAll
    void close() {
        assertThat(house.ledgerFaults()).isEmpty();
        house.close();
    }

    @Test
    void whoStopsBeforeTheFirstWordPaysNothingThoughTheVendorCountedThePrompt() {
        var counted = new CountDownLatch(1);
        house.provider().script("read for long", (call, sink) -> {
            sink.emit(new ProviderEvent.Usage(Map.of("input_tokens", BigDecimal.valueOf(100_000))));
            counted.countDown();
            hang(call);
        });

        JsonNode row = stopped("text", "read for long", "scripted/reader", counted);

        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0");
        assertThat(call(row, "cost_micros")).isEqualTo(300_000);
    }

    @Test
    void aPictureThatIsStoppedWhenItHadLeftMayCostSomethingAllTheSame() {
        var left = new CountDownLatch(1);
        house.provider().script("on its way", (call, sink) -> {
            sink.emit(new ProviderEvent.Intended());
            left.countDown();
            hang(call);
        });

        JsonNode row = stopped("image", "on its way", "scripted/image", left);

        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0");
        assertThat(call(row, "possible_micros")).isPositive();
    }

    @Test
    void moreTextThanAnybodyAskedForIsTheVendorsFault() {
        house.provider().script("without end", (call, sink) -> {
            while (!call.cancellation().requested()) {
                speak(sink, "word".repeat(16_000));
            }
            call.cancellation().check();
        });
        Api person = house.person();
        String id = person.generate("text", "without end", Map.of()).path("id").asText();

        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();

        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("failed");
        assertThat(row.path("error").path("detail").asText())
                .isEqualTo("The provider sent more text than anybody asked for. You were not charged.");
        assertThat(house.db()
                        .<String>read(
                                tx -> tx.query("SELECT state FROM provider_call WHERE generation = CAST(:id AS uuid)")
                                        .bind("id", id)
                                        .mapTo(String.class)
                                        .one()))
                .isEqualTo("failed");
    }

    /** Asks, waits until the call has come so far, and stops it. */
    private JsonNode stopped(String kind, String prompt, String model, CountDownLatch soFar) {
        Api person = house.person();
        String id =
                person.generate(kind, prompt, Map.of("model", model)).path("id").asText();
        Waiting.until("it came so far", LIMIT, () -> soFar.getCount() == 0);
        person.post("/v1/generations/" + id + "/cancellation", Map.of()).expect(202);
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("canceled");
        return row;
    }

    private long call(JsonNode row, String column) {
        return house.db()
                .<Long>read(tx -> tx.query("SELECT coalesce(" + column
                                + ", 0) FROM provider_call WHERE generation = CAST(:id AS uuid)")
                        .bind("id", row.path("id").asText())
                        .mapTo(Long.class)
                        .one());
    }
}
