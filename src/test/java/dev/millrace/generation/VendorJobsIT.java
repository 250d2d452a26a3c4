package dev.millrace.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeComfy;
import dev.millrace.testing.vendor.FakeFal;
import dev.millrace.testing.vendor.FakeReplicate;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs at vendors in the production house: made, fetched, stored, shown and charged once. */
@Tag("alone")
class VendorJobsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String MODELS = """
            INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
            VALUES
            ('replicate/acme/writer', 'text', 'replicate', '{}',
             '[{"per": "1k_tokens_in", "amount_micros": 1000000}, {"per": "1k_tokens_out", "amount_micros": 2000000}]',
             'stop', 5, 60),
            ('replicate/acme/painter', 'image', 'replicate', '{}',
             '[{"per": "compute_second", "amount_micros": 1400}]', 'stop', 5, 60),
            ('replicate/acme/writer-by-time', 'text', 'replicate', '{}',
             '[{"per": "compute_second", "amount_micros": 1400}]', 'stop', 5, 60),
            ('fal/acme/film', 'video', 'fal', '{"seconds": {"type": "integer", "enum": [5, 10], "default": 5}}',
             '[{"per": "second", "amount_micros": 1000000}]', 'stop', 5, 60)""";

    private static final String LEANING = """
            INSERT INTO model (id, kind, provider, options, price, cancel_policy, fallbacks, expected_seconds, deadline_seconds)
            SELECT 'replicate/acme/leaning', kind, provider, options, price, cancel_policy, '{replicate/acme/painter}', 5, 60
            FROM model WHERE id = 'replicate/acme/painter'""";

    private static FakeReplicate replicate;
    private static FakeFal fal;
    private static FakeComfy comfy;
    private static TestHouse house;

    @BeforeAll
    static void open() {
        replicate = new FakeReplicate();
        fal = new FakeFal();
        comfy = new FakeComfy();
        house = TestHouse.open(Map.of(
                "MILLRACE_REPLICATE_API_KEY",
                "r8_test",
                "MILLRACE_REPLICATE_BASE_URL",
                replicate.base().toString(),
                "MILLRACE_FAL_API_KEY",
                "fal-test",
                "MILLRACE_FAL_BASE_URL",
                fal.base().toString(),
                "MILLRACE_COMFYUI_BASE_URL",
                comfy.base().toString()));
        house.db().run(tx -> {
            tx.update(MODELS).execute();
            tx.update(LEANING).execute();
        });
    }

    @AfterAll
    static void close() {
        house.close();
        comfy.close();
        fal.close();
        replicate.close();
    }

    @Test
    void aPictureThatWasFetchedIsAnAssetThatCanBeSeen() {
        Api person = house.person();
        JsonNode made = ended(person, "image", "replicate/black-forest-labs/flux-schnell", "a boat @files=2", 2);

        assertThat(made.path("status").asText()).isEqualTo("completed");
        assertThat(made.path("assets")).hasSize(2).allSatisfy(asset -> {
            assertThat(asset.path("status").asText()).isEqualTo("ready");
            assertThat(asset.path("content_type").asText()).isEqualTo("image/png");
            assertThat(person.get(asset.path("url").asText()).status()).isEqualTo(200);
        });
        assertThat(made.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0.6");
    }

    /** What came from elsewhere is opened in the box, though the model that was asked for is our own Studio's. */
    @Test
    void aFileIsTrustedAsFarAsWhoeverMadeItWhoeverWasAsked() {
        house.db().run(tx -> tx.update("""
                        INSERT INTO model (id, kind, provider, options, price, cancel_policy, fallbacks, expected_seconds, deadline_seconds)
                        SELECT 'studio/chaos-frail', kind, provider,
                               '{"status": {"type": "integer", "enum": [401], "default": 401}}',
                               price, cancel_policy, '{replicate/black-forest-labs/flux-schnell}', expected_seconds, deadline_seconds
                        FROM model WHERE id = 'studio/chaos-image'""").execute());
        Api person = house.person();
        Waiting.until(
                "the model is known",
                LIMIT,
                () -> person.get("/v1/models").text().contains("studio/chaos-frail"));

        JsonNode made = ended(person, "image", "studio/chaos-frail", "a boat that drifted", 0);
        JsonNode own = ended(person, "image", "studio/image", "a boat in the harbour", 1);

        assertThat(replicate.created().get("a boat that drifted")).isEqualTo(1);
        assertThat(origin(made)).isEqualTo("provider");
        assertThat(origin(own)).isEqualTo("ours");
    }

    private static String origin(JsonNode made) {
        assertThat(made.path("status").asText()).isEqualTo("completed");
        assertThat(made.path("assets").path(0).path("status").asText()).isEqualTo("ready");
        UUID asset = UUID.fromString(made.path("assets").path(0).path("id").asText());
        return house.db()
                .read(tx -> tx.query("SELECT origin FROM asset WHERE id = :id")
                        .bind("id", asset)
                        .mapTo(String.class)
                        .one());
    }

    @Test
    void aTextIsToldAsItComesAndChargedByItsTokens() {
        JsonNode made = ended(house.person(), "text", "replicate/acme/writer", "a tale @words=30 @job_ms=1500", 0);

        assertThat(made.path("status").asText()).isEqualTo("completed");
        assertThat(made.path("text").asText()).startsWith("w0 w1 w2\n w3").endsWith("w29\n");
        assertThat(made.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0.076");
    }

    @Test
    void timeOfTheVendorsMachinesIsHeldUntilTheDeadlineAndChargedAsTheVendorCountedIt() {
        JsonNode made = ended(house.person(), "image", "replicate/acme/painter", "a boat by the second", 0);

        assertThat(made.path("status").asText()).isEqualTo("completed");
        JsonNode receipt = made.path("receipt");
        assertThat(receipt.path("charged").decimalValue()).isEqualByComparingTo("0.00175");
        assertThat(receipt.path("charged")
                        .decimalValue()
                        .add(receipt.path("released").decimalValue()))
                .isEqualByComparingTo("0.084");
        JsonNode line = receipt.path("lines").path(0);
        assertThat(line.path("what").asText()).isEqualTo("compute second");
        assertThat(line.path("quantity").decimalValue()).isEqualByComparingTo("1.25");
        assertThat(line.path("basis").asText()).isEqualTo("reported");
        assertThat(house.ledgerFaults()).isEmpty();
    }

    @Test
    void aFilmFromTheQueueIsAnAsset() {
        JsonNode made = ended(house.person(), "video", "fal/acme/film", "a boat @job_ms=1500", 0);

        assertThat(made.path("status").asText()).isEqualTo("completed");
        assertThat(made.path("assets").path(0).path("kind").asText()).isEqualTo("video");
        assertThat(made.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("5");
    }

    @Test
    void aResultAtAnAddressInsideIsNotFetchedAndNotCharged() {
        for (String address :
                new String[] {"http://10.0.0.1/a.png", "http://localhost:1/a.png", "file:///etc/passwd"}) {
            String prompt = "a boat @result=" + address;
            JsonNode made = ended(house.person(), "image", "replicate/black-forest-labs/flux-schnell", prompt, 1);

            assertThat(made.path("status").asText()).as(address).isEqualTo("failed");
            assertThat(made.path("assets")).isEmpty();
            assertThat(made.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0");
            assertThat(replicate.created().get(prompt)).isEqualTo(1);
        }
    }

    @Test
    void aLostAnswerIsFoundAndNothingIsMadeTwice() {
        String prompt = "a boat @lost @job_ms=1500";
        JsonNode made = ended(house.person(), "image", "replicate/black-forest-labs/flux-schnell", prompt, 1);

        assertThat(made.path("status").asText()).isEqualTo("completed");
        assertThat(replicate.created().get(prompt)).isEqualTo(1);
    }

    @Test
    void whatTheVendorMadeAndHasNoMoreIsNotMadeAgainHereOrElsewhere() {
        String prompt = "a boat @removed";
        JsonNode made = ended(house.person(), "image", "replicate/acme/leaning", prompt, 0);

        assertThat(made.path("status").asText()).isEqualTo("failed");
        assertThat(made.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0");
        assertThat(replicate.created().get(prompt)).isEqualTo(1);
    }

    @Test
    void whoStopsAJobStopsItAtTheVendor() {
        Api person = house.person();
        String id = person.generate("image", "a boat @never", Map.of("model", "replicate/black-forest-labs/flux-dev"))
                .path("id")
                .asText();
        Waiting.until(
                "the job is at the vendor", LIMIT, () -> replicate.created().containsKey("a boat @never"));

        person.post("/v1/generations/" + id + "/cancellation", "{}").expect(202);

        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        assertThat(row(person, id).path("status").asText()).isEqualTo("canceled");
        Waiting.until("the vendor was told", LIMIT, () -> !replicate.cancels().isEmpty());
    }

    /** fal cannot be asked for a request without its id. */
    @Test
    void whoStopsWhatMayBeAtTheVendorIsToldSoAndItStaysUnknownWhatItCost() {
        String prompt = "a boat in the fog @lost @never";
        Api person = house.person();
        String id = person.generate("video", prompt, Map.of("model", "fal/acme/film"))
                .path("id")
                .asText();
        Waiting.until("nobody knows its fate", LIMIT, () -> unresolved(id));

        stopped(person, id);

        assertThat(last(id)).containsEntry("state", "unknown").containsEntry("possible_micros", 5_000_000L);
        assertThat(unresolved(id)).isFalse();
        assertThat(fal.created().get(prompt)).isEqualTo(1);
    }

    @Test
    void whoStopsWhatIsStillLookedForAtTheVendorLeavesItUnknownToo() {
        String prompt = "a boat in the fog @lost @late_in_list=1000 @never";
        Api person = house.person();
        String id = person.generate("image", prompt, Map.of("model", "replicate/black-forest-labs/flux-schnell"))
                .path("id")
                .asText();
        Waiting.until("it is made", LIMIT, () -> replicate.created().containsKey(prompt));

        stopped(person, id);

        assertThat(last(id))
                .containsEntry("state", "unknown")
                .hasEntrySatisfying(
                        "possible_micros", possible -> assertThat(possible).isEqualTo(last(id).get("maximum_micros")));
        assertThat(replicate.created().get(prompt)).isEqualTo(1);
    }

    private static void stopped(Api person, String id) {
        person.post("/v1/generations/" + id + "/cancellation", "{}").expect(202);
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("canceled");
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0");
    }

    private static boolean unresolved(String id) {
        return house.db()
                        .read(tx -> tx.query(
                                        "SELECT count(*) FROM admin.unresolved WHERE generation = CAST(:id AS uuid)")
                                .bind("id", id)
                                .mapTo(Long.class)
                                .one())
                > 0;
    }

    private static Map<String, Object> last(String id) {
        return calls(id).getLast();
    }

    private static List<Map<String, Object>> calls(String id) {
        return house.db().read(tx -> tx.query("""
                                SELECT c.state, c.external_id, c.possible_micros, g.maximum_micros
                                FROM provider_call c JOIN generation g ON g.id = c.generation
                                WHERE g.id = CAST(:id AS uuid)
                                ORDER BY c.attempt""").bind("id", id).mapToMap().list());
    }

    @ParameterizedTest
    @ValueSource(strings = {"@then_lost", "@then_lost_gateway", "@then_lost_500"})
    void aJobThatFailedIsNotTakenForTheNextOneWhoseAnswerIsLost(String loss) {
        String prompt =
                "a boat again @fail=Prediction_interrupted;_please_retry_(code:_PA) @then_late_in_list=1 " + loss;
        JsonNode made = ended(house.person(), "image", "replicate/black-forest-labs/flux-schnell", prompt, 1);

        assertThat(made.path("status").asText()).isEqualTo("completed");
        assertThat(made.path("attempts").asInt()).isEqualTo(2);
        assertThat(replicate.created().get(prompt)).isEqualTo(2);
        List<Map<String, Object>> calls = calls(made.path("id").asText());
        assertThat(calls).extracting(call -> call.get("state")).containsExactly("failed", "finished");
        assertThat(calls)
                .extracting(call -> call.get("external_id"))
                .doesNotContainNull()
                .doesNotHaveDuplicates();
    }

    @Test
    void whereNothingWasMadeTheNextTimeItIsTheVendorsNewWordThatCounts() {
        String prompt = "a boat that was @aborted @then_create_status=500";
        JsonNode made = ended(house.person(), "image", "replicate/black-forest-labs/flux-schnell", prompt, 1);

        assertThat(made.path("status").asText()).isEqualTo("failed");
        assertThat(replicate.created().get(prompt)).isEqualTo(1);
        String id = made.path("id").asText();
        assertThat(house.db()
                        .<List<String>>read(tx ->
                                tx.query("""
                                        SELECT data->'attempt'->>'outcome' FROM fact
                                        WHERE kind = 'attempt_finished' AND subject = CAST(:id AS uuid)
                                        ORDER BY id""").bind("id", id).mapTo(String.class).list()))
                .containsExactly("overloaded", "transient", "transient");
    }

    @Test
    void aTextThatIsPaidByTheVendorsTimeNeedsNoCountOfTokens() {
        JsonNode made =
                ended(house.person(), "text", "replicate/acme/writer-by-time", "a tale by the clock @no_counts", 0);

        assertThat(made.path("status").asText()).isEqualTo("completed");
        assertThat(made.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0.00175");
        JsonNode line = made.path("receipt").path("lines").path(0);
        assertThat(line.path("quantity").decimalValue()).isEqualByComparingTo("1.25");
        assertThat(line.path("basis").asText()).isEqualTo("reported");
    }

    @Test
    void tokensThatTheVendorDoesNotCountAreReckonedByWhatCame() {
        String prompt = "a tale that nobody counts @no_counts";
        JsonNode made = ended(house.person(), "text", "replicate/acme/writer", prompt, 0);

        assertThat(made.path("status").asText()).isEqualTo("completed");
        int in = Math.ceilDiv(prompt.length(), 4);
        int out = Math.ceilDiv(made.path("text").asText().length(), 4);
        assertThat(made.path("receipt").path("charged").decimalValue())
                .isEqualByComparingTo(BigDecimal.valueOf(in + 2L * out, 3));
    }

    @Test
    void filesThatTheWorkshopHasNoMoreAreNotMadeAgain() {
        String prompt = "a boat @swept";
        JsonNode made = ended(house.person(), "image", "comfyui/text-to-image", prompt, 1);

        assertThat(made.path("status").asText()).isEqualTo("failed");
        assertThat(made.path("attempts").asInt()).isEqualTo(1);
        assertThat(made.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0");
        assertThat(comfy.posted().get(prompt)).isEqualTo(1);
    }

    @Test
    void aPromptThatWasLostWithItsServerIsPostedAnew() {
        String prompt = "a boat @forgets";
        JsonNode made = ended(house.person(), "image", "comfyui/text-to-image", prompt, 1);

        assertThat(made.path("status").asText()).isEqualTo("completed");
        assertThat(made.path("attempts").asInt()).isEqualTo(2);
        assertThat(made.path("assets")).hasSize(1);
        assertThat(comfy.posted().get(prompt)).isEqualTo(2);
    }

    private static JsonNode ended(Api person, String kind, String model, String prompt, int count) {
        var more = new HashMap<String, Object>(Map.of("model", model));
        if (count > 0) {
            more.put("options", Map.of("count", count));
        }
        String id = person.generate(kind, prompt, more).path("id").asText();
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        return row(person, id);
    }

    private static JsonNode row(Api person, String id) {
        return person.get("/v1/generations/" + id).expect(200).json();
    }
}
