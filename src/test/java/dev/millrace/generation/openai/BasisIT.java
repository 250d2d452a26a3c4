package dev.millrace.generation.openai;

import static dev.millrace.generation.openai.FaceHouse.charged;
import static dev.millrace.generation.openai.FaceHouse.over;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a figure that is charged was reported by the vendor or counted by us, as those see it who pay. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BasisIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private FaceHouse house;

    @BeforeAll
    void open() {
        house = new FaceHouse();
        model("worded", "[{'per': '100_words', 'amount_micros': 100000}]");
        model("called", "[{'per': 'call', 'amount_micros': 2000000}, {'per': '1k_tokens_out', 'amount_micros': 1000}]");
    }

    private void model(String name, String price) {
        house.house()
                .db()
                .run(tx -> tx.update("""
                        INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
                        SELECT 'openai/' || :name, kind, provider, options, CAST(:price AS jsonb), cancel_policy, 2, 60
                        FROM model WHERE id = 'openai/*'""")
                        .bind("name", name)
                        .bind("price", price.replace('\'', '"'))
                        .execute());
    }

    @AfterAll
    void close() {
        house.close();
    }

    @Test
    void whatTheVendorReportsIsChargedToTheTokenAndSaidToBeReported() {
        Api person = house.person();
        String id = begin(person, "a boat @words=80 @delay_ms=30");

        List<JsonNode> told = costs(person, id);

        assertThat(basis(over(person, id))).containsExactly("reported", "reported");
        // the vendor counts at its end: until then the figure is ours, and says so
        assertThat(told).isNotEmpty();
        assertThat(told.getFirst().path("basis").asText()).isEqualTo("counted");
    }

    @Test
    void whatTheVendorDoesNotReportIsMarkedInTheProgressAndOnTheReceipt() {
        Api person = house.person();
        String id = begin(person, "a boat @words=80 @delay_ms=30 @no_usage");

        List<JsonNode> told = costs(person, id);

        JsonNode row = over(person, id);
        assertThat(row.path("status").asText()).isEqualTo("completed");
        assertThat(row.path("receipt").path("charged").decimalValue()).isPositive();
        assertThat(basis(row)).containsExactly("counted", "counted");
        assertThat(told)
                .isNotEmpty()
                .allMatch(cost -> cost.path("basis").asText().equals("counted"));
    }

    @Test
    void whatIsCutOffBeforeTheVendorCountedIsMarked() {
        Api person = house.person();
        String id = begin(person, "a boat @words=5000 @delay_ms=20 @no_usage stopped");
        Waiting.until("some of it is there", LIMIT, () -> !costs(person, id, 1).isEmpty());
        JsonNode bound = person.get("/v1/generations/" + id + "/cancellation")
                .expect(200)
                .json();

        person.post("/v1/generations/" + id + "/cancellation", Map.of()).expect(202);

        JsonNode row = over(person, id);
        assertThat(row.path("status").asText()).isEqualTo("canceled");
        assertThat(row.path("receipt").path("charged").decimalValue())
                .isPositive()
                .isLessThanOrEqualTo(bound.path("charged").decimalValue());
        assertThat(basis(row)).containsExactly("counted", "counted");
    }

    @Test
    void anAttemptThatWasCutOffLeavesNoMarkOnWhatIsMadeAnewAndReported() {
        Api person = house.person();
        String id = begin(person, "a boat @words=40 @cut_after=20 @fail_times=1");

        JsonNode row = over(person, id);

        assertThat(row.path("attempts").asInt()).isEqualTo(2);
        assertThat(basis(row)).containsExactly("reported", "reported");
    }

    @ParameterizedTest
    @CsvSource({
        "a boat @words=80, 0.08",
        "a boat @words=80 @usage_zero, 0.08",
        "a boat @words=80 @no_usage, 0.08",
        "a boat @words=80 @usage_with_last, 0.08",
        "a boat @words=40 @cut_after=20 @fail_times=1, 0.04",
    })
    void wordsAreCountedWhereTheVendorReportsTokensAlone(String prompt, BigDecimal charged) {
        Api person = house.person();
        String id = begin(person, "openai/worded", prompt + " in words");

        List<JsonNode> told = costs(person, id);

        JsonNode row = over(person, id);
        assertThat(charged(row)).isEqualByComparingTo(charged);
        assertThat(basis(row)).containsExactly("counted");
        assertThat(told).allMatch(cost -> cost.path("basis").asText().equals("counted"));
    }

    @Test
    void whatTheVendorSaysIsZeroIsZeroAndTheCallIsStillACall() {
        Api person = house.person();
        assertThat(charged(over(person, begin(person, "a boat @words=20 @usage_zero"))))
                .isEqualByComparingTo("0");

        JsonNode row = over(person, begin(person, "openai/called", "a boat @words=20 @usage_zero"));
        assertThat(charged(row)).isEqualByComparingTo("2");
        assertThat(basis(row)).containsExactly("reported", "reported");
    }

    private static String begin(Api person, String prompt) {
        return begin(person, "openai/fake", prompt);
    }

    private static String begin(Api person, String model, String prompt) {
        return person.generate("text", prompt, Map.of("model", model))
                .path("id")
                .asText();
    }

    private static List<String> basis(JsonNode generation) {
        return generation
                .path("receipt")
                .path("lines")
                .valueStream()
                .map(line -> line.path("basis").asText())
                .toList();
    }

    private static List<JsonNode> costs(Api person, String id) {
        return costs(person, id, Integer.MAX_VALUE);
    }

    /** What was told to cost something so far, at most so many of it. */
    private static List<JsonNode> costs(Api person, String id, int most) {
        var costs = new ArrayList<JsonNode>();
        try (Api.Stream stream = person.events(id, null)) {
            for (SseReader.Event event = stream.events().next();
                    event != null && costs.size() < most;
                    event = stream.events().next()) {
                JsonNode cost = json(event.data()).path("cost");
                if (event.event().equals("progress")
                        && cost.path("so_far").decimalValue().signum() > 0) {
                    costs.add(cost);
                }
            }
        }
        return costs;
    }

    private static JsonNode json(String text) {
        try {
            return Api.JSON.readTree(text);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
