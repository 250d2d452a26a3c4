package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.events;
import static dev.millrace.generation.GenerationsIT.json;
import static dev.millrace.generation.GenerationsIT.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.vendor.FakeOpenAi;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Vendors that fail in the middle, in the production house: from the call that asks to the reader who follows, with somebody to fall
 * back on. Prompts say to the first vendor what goes wrong; with the second nothing ever does.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultTableIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int WORDS = 80;
    private static final int TOKENS_OF_A_PROMPT = 16;
    private static final long MICROS_IN = 100;
    private static final long MICROS_OUT = 1_000;

    /** Each has a breaker and a budget of its own. */
    private static final int VENDORS = 30;

    @TempDir
    private static Path folder;

    private static FakeOpenAi frail;
    private static FakeOpenAi sound;
    private static TestHouse house;
    private static int taken;

    /** Asked of a vendor who answers nobody, while everything else goes on. */
    private static final int FORLORN = 40;

    private static final List<String> forlorn = new ArrayList<>();
    private static Api patient;

    @BeforeAll
    static void open() throws IOException {
        frail = FakeOpenAi.start();
        sound = FakeOpenAi.sound();
        Path file = folder.resolve("providers.yaml");
        var yaml = new StringBuilder("providers:\n");
        provider(yaml, "sound", "other", sound);
        provider(yaml, "down", "other", frail);
        for (int i = 0; i < VENDORS; i++) {
            provider(yaml, "frail" + i, "other", frail);
            provider(yaml, "going" + i, "vllm", frail);
        }
        Files.writeString(file, yaml);
        house = TestHouse.open(Map.of("MILLRACE_PROVIDERS_FILE", file.toString()), InstantSource.system());
        house.db().run(tx -> {
            tx.update("UPDATE plan SET per_minute = NULL, per_day = NULL, running = 100 WHERE id = 'free'")
                    .execute();
            IntStream.range(0, VENDORS)
                    .boxed()
                    .flatMap(i -> List.of("frail" + i, "going" + i).stream())
                    .forEach(name -> tx.update("""
                                    INSERT INTO model (id, kind, provider, options, price, cancel_policy, fallbacks, expected_seconds,
                                                       deadline_seconds, first_byte_seconds, idle_seconds)
                                    SELECT :name || '/' || form, kind, :name, options, CAST(:price AS jsonb), policy, '{sound/text}', 2, 600,
                                           silence, silence
                                    FROM model, (VALUES ('text', NULL, 'stop'), ('hasty', 1, 'stop'), ('drains', NULL, 'drain'))
                                        AS forms (form, silence, policy)
                                    WHERE id = 'studio/text'""")
                            .bind("name", name)
                            .bind("price", price())
                            .execute());
            tx.update("""
                            INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
                            SELECT name || '/text', kind, name, options, CAST(:price AS jsonb), 'stop', 2, 600
                            FROM model, (VALUES ('sound'), ('down')) AS more (name)
                            WHERE id = 'studio/text'""").bind("price", price()).execute();
        });
        patient = house.person();
        for (int i = 0; i < FORLORN; i++) {
            forlorn.add(begin(patient, "down", "@status=503 nobody is there " + i));
        }
    }

    private static void provider(StringBuilder yaml, String name, String flavour, FakeOpenAi vendor) {
        yaml.append("  - {name: %s, kind: openai, flavour: %s, base_url: '%s', models: []}%n"
                .formatted(name, flavour, vendor.base()));
    }

    private static String price() {
        return """
                [{"per": "1k_tokens_in", "amount_micros": %d}, {"per": "1k_tokens_out", "amount_micros": %d}]""".formatted(MICROS_IN * 1_000, MICROS_OUT * 1_000);
    }

    @AfterAll
    static void close() {
        assertThat(house.ledgerFaults()).isEmpty();
        house.close();
        sound.close();
        frail.close();
    }

    @ParameterizedTest
    @CsvSource({
        "@cut_after=40",
        "@rst_after=60",
        "@cut_after=60",
        "@stall_after=40",
        "@hang",
        "@malformed_after=40",
        "@error_after=40",
        "@no_end",
        "@empty",
        "@done_only @empty",
        "@status=429 @retry_after=90",
        "@quota",
        "@status=503",
        "@status=500 @should_not_retry",
        "@drains @cut_after=40",
    })
    void theReaderEndsWithOneWholeAnswerOfTheFallbackAndOneCharge(String fault) {
        Told told = ask("frail" + taken++, fault);

        assertThat(told.row.path("text").asText()).isEqualTo(FakeOpenAi.text("@words=" + WORDS));
        assertThat(told.charged()).isEqualTo(charge(WORDS));
        assertThat(sound.chats(told.prompt)).isEqualTo(1);
        assertThat(frail.chats(told.prompt)).isBetween(1, 3);
        assertThat(told.names()).containsOnlyOnce("completed").doesNotContain("failed");
        // each text that was begun is told to be void once, before another begins
        assertThat(told.named("reset"))
                .allSatisfy(reset ->
                        assertThat(json(reset.data()).path("text").asText()).isEmpty());
        assertThat(told.attempts()).last().satisfies(end -> assertThat(end).isEqualTo("finished"));
        assertThat(told.attempts()).hasSize(frail.chats(told.prompt) + 1);
    }

    @ParameterizedTest
    @CsvSource({
        "@cut_after=40, 40, 0",
        "@cut_after=60, 60, 0",
        "@stall_after=40, 40, 0",
        "@malformed_after=40, 40, 0",
        "@error_after=40, 40, 0",
        "@cut_after=40 @echo, 40, 40",
        "@cut_after=40 @echo_tail=9, 40, 9",
        "@no_end, 80, 0",
    })
    void aVendorWhoCanGoesOnWhereItWasCutAndNothingIsReset(String fault, int cut, int repeated) {
        Told told = ask("going" + taken++, fault + " @fail_times=1");

        assertThat(told.row.path("text").asText()).isEqualTo(FakeOpenAi.text("@words=" + WORDS));
        assertThat(told.names()).doesNotContain("reset").containsSubsequence("started", "retrying", "started");
        assertThat(frail.chats(told.prompt)).isEqualTo(2);
        assertThat(sound.chats(told.prompt)).isZero();
        // the first call was cut before its vendor counted: it is charged by what was read and what came
        int fresh = bytes(WORDS) - bytes(cut);
        int again = bytes(cut) - bytes(cut - repeated);
        int rest = Math.ceilDiv((WORDS - cut + repeated) * fresh, Math.max(1, fresh + again));
        long read = told.prompt.length() / 4 + 4L;
        assertThat(told.charged()).isEqualTo(read * MICROS_IN + (estimate(cut) + rest) * MICROS_OUT);
        assertThat(told.attempts()).hasSize(2).last().isEqualTo("finished");
        assertThat(told.inputs()).as("what both calls cost").isEqualTo(read + TOKENS_OF_A_PROMPT);
    }

    @Test
    void whoReadsByOpenAisProtocolIsToldTheRestBehindWhatWasSent() {
        String vendor = "going" + taken++;
        String prompt = prompt(vendor, "@cut_after=40 @fail_times=1");

        Api.Answer answer = house.person()
                .post(
                        "/openai/v1/chat/completions",
                        Map.of(
                                "model",
                                vendor + "/text",
                                "stream",
                                true,
                                "messages",
                                List.of(Map.of("role", "user", "content", prompt))))
                .expect(200);

        var said = new StringBuilder();
        answer.text()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .forEach(line -> said.append(json(line.substring("data: ".length()))
                        .at("/choices/0/delta/content")
                        .asText("")));
        assertThat(said).hasToString(FakeOpenAi.text("@words=" + WORDS));
        assertThat(answer.text()).doesNotContain("\"error\"").endsWith("data: [DONE]\n\n");
        assertThat(frail.chats(prompt)).isEqualTo(2);
        assertThat(sound.chats(prompt)).isZero();
    }

    @Test
    void aRestIsCutAgainAndAgainAndStillOneAnswer() {
        // it never gets beyond its fortieth word: the fallback, who cannot go on, begins anew
        Told told = ask("going" + taken++, "@cut_after=40");

        assertThat(told.row.path("text").asText()).isEqualTo(FakeOpenAi.text("@words=" + WORDS));
        assertThat(told.named("reset")).hasSize(1);
        assertThat(told.charged()).isEqualTo(charge(WORDS));
        assertThat(frail.chats(told.prompt)).isEqualTo(3);
    }

    @Test
    void aModelThatRefusesToGoOnIsAskedToBeginAnew() {
        Told told = ask("going" + taken++, "@cut_after=40 @fail_times=1 @no_prefill");

        assertThat(told.row.path("text").asText()).isEqualTo(FakeOpenAi.text("@words=" + WORDS));
        assertThat(told.named("reset")).hasSize(1);
        assertThat(told.charged()).isEqualTo(charge(WORDS));
        assertThat(frail.chats(told.prompt)).isEqualTo(3);
        assertThat(sound.chats(told.prompt)).isZero();
    }

    @Test
    void aRefusalIsNeitherRepeatedNorSentElsewhereAndCostsNothing() {
        for (String fault : List.of("@refuse_after=5", "@forbidden")) {
            Told told = ask("frail" + taken++, fault);

            assertThat(told.names().getLast()).isEqualTo("failed");
            assertThat(told.row.path("error").path("code").asText()).isEqualTo("provider_failed");
            assertThat(told.row.path("error").path("detail").asText()).contains("rules", "You were not charged");
            assertThat(told.charged()).isZero();
            assertThat(frail.chats(told.prompt)).isEqualTo(1);
            assertThat(sound.chats(told.prompt)).isZero();
        }
    }

    @Test
    void inAStormOfRefusedCallsEverybodyIsServedByTheFallback() {
        Api person = house.person();
        String vendor = "frail" + taken++;
        var ids = new ArrayList<String>();
        for (int i = 0; i < 20; i++) {
            ids.add(begin(person, vendor, "@status=429 storm " + i));
        }
        for (String id : ids) {
            assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
            JsonNode row = row(person, id);
            assertThat(row.path("text").asText()).isEqualTo(FakeOpenAi.text("@words=" + WORDS));
            assertThat(charged(row)).isEqualTo(charge(WORDS));
        }
        int asked = IntStream.range(0, 20)
                .map(i -> frail.chats(prompt(vendor, "@status=429 storm " + i)))
                .sum();
        // a fifth of them may be asked again, and a few more so that a quiet server is patient too
        assertThat(asked).isBetween(20, 20 + 4);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void whoAskedAVendorThatIsDownIsToldAndReleasedAndTheVendorIsNotStormed() {
        for (int i = 0; i < FORLORN; i++) {
            List<SseReader.Event> told = events(patient, forlorn.get(i), null);
            assertThat(told.getLast().event()).isEqualTo("failed");
            assertThat(told).extracting(SseReader.Event::event).contains("retrying");
            JsonNode row = row(patient, forlorn.get(i));
            assertThat(charged(row)).isZero();
            assertThat(row.path("receipt").path("released").decimalValue()).isPositive();
            assertThat(Duration.between(
                            Instant.parse(row.path("created_at").asText()),
                            Instant.parse(row.path("finished_at").asText())))
                    .isLessThan(Duration.ofSeconds(90));
        }
        int calls = IntStream.range(0, FORLORN)
                .map(i -> frail.chats(prompt("down", "@status=503 nobody is there " + i)))
                .sum();
        assertThat(calls).isBetween(10, (int) (1.2 * FORLORN));
    }

    private static Told ask(String vendor, String fault) {
        // no two prompts are alike: vendors count by them
        Api person = house.person();
        String id = begin(person, vendor, fault);
        List<SseReader.Event> told = events(person, id, null);
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        return new Told(prompt(vendor, fault), id, told, row(person, id));
    }

    private static String begin(Api person, String vendor, String fault) {
        boolean silent = fault.contains("@hang") || fault.contains("@stall");
        // only who falls silent is left after a second: a busy machine is silent for as long at times
        String form = silent ? "/hasty" : fault.contains("@drains") ? "/drains" : "/text";
        return person.generate("text", prompt(vendor, fault), Map.of("model", vendor + form))
                .path("id")
                .asText();
    }

    private static String prompt(String vendor, String fault) {
        return "a boat for " + vendor + " @words=" + WORDS + " " + fault;
    }

    private static long charge(int output) {
        return TOKENS_OF_A_PROMPT * MICROS_IN + output * MICROS_OUT;
    }

    /** What is taken for tokens when the vendor did not come to count them. */
    private static int estimate(int words) {
        return Math.max(words, bytes(words) / 4);
    }

    private static int bytes(int words) {
        return FakeOpenAi.text("@words=" + words).getBytes(StandardCharsets.UTF_8).length;
    }

    private static long charged(JsonNode row) {
        BigDecimal charged = row.path("receipt").path("charged").decimalValue();
        return charged.movePointRight(6).longValueExact();
    }

    private record Told(String prompt, String id, List<SseReader.Event> events, JsonNode row) {
        List<String> names() {
            return events.stream().map(SseReader.Event::event).toList();
        }

        List<SseReader.Event> named(String name) {
            return events.stream().filter(event -> event.event().equals(name)).toList();
        }

        long charged() {
            return FaultTableIT.charged(row);
        }

        /** How each call ended, as the books have it. */
        List<String> attempts() {
            return facts("data->'attempt'->>'outcome'");
        }

        /** Tokens of the prompt in all calls. */
        long inputs() {
            return facts("data->'usage'->>'input_tokens'").stream()
                    .mapToLong(Long::parseLong)
                    .sum();
        }

        private List<String> facts(String what) {
            return house.db()
                    .read(tx -> tx.query(
                                    "SELECT " + what
                                            + " FROM fact WHERE kind = 'attempt_finished' AND subject = CAST(:id AS uuid) ORDER BY id")
                            .bind("id", id)
                            .mapTo(String.class)
                            .list());
        }
    }
}
