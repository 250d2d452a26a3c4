package dev.millrace.generation.provider.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.generation.provider.Flavour;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The catalogue as the migration seeds it and an operator changes it. */
class CatalogueIT {
    private static Db db;
    private static Catalogue catalogue;

    @BeforeAll
    static void open() {
        db = Db.open(TestServices.freshDatabase());
        catalogue = new Catalogue(db);
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @Test
    void everySeededModelIsUnderstood() {
        long rows = db.read(tx -> tx.query("SELECT count(*) FROM model WHERE id NOT LIKE '%/*'")
                .mapTo(Long.class)
                .one());

        assertThat(catalogue.all()).hasSize((int) rows).hasSizeGreaterThan(10);
        assertThat(catalogue.all())
                .allSatisfy(model -> assertThat(model.judge(Map.of())).isNotNull());
    }

    @ParameterizedTest
    @CsvSource({"TEXT, studio/text", "IMAGE, studio/image", "VIDEO, studio/video"})
    void eachKindHasItsDefault(GenerationKind kind, String id) {
        assertThat(catalogue.standard(kind).id()).isEqualTo(id);
    }

    @Test
    void whoseBillGoesOnIsReadToItsEnd() {
        assertThat(catalogue.all().stream()
                        .filter(model -> model.kind() == GenerationKind.TEXT)
                        .filter(model -> model.conduct().cancelPolicy() == CancelPolicy.DRAIN)
                        .map(Model::provider)
                        .distinct())
                .containsExactlyInAnyOrder("gemini", "replicate");
    }

    @Test
    void studioCostsWhatThePriceListSays() {
        assertThat(maximum("studio/video", Map.of("seconds", 4))).isEqualTo(4_000_000);
        assertThat(maximum("studio/image", Map.of("count", 3))).isEqualTo(3_000_000);
        assertThat(maximum("studio/text", Map.of("max_tokens", 100))).isEqualTo(10_000);
    }

    @Test
    void aVendorsUnlistedModelGetsTheMakersOwnRow() {
        Model model = catalogue.find("openai/llama-3.3:70b");

        assertThat(model.id()).isEqualTo("openai/llama-3.3:70b");
        assertThat(model.provider()).isEqualTo("openai");
        assertThat(model.price()).isEqualTo(catalogue.find("openai/another").price());
        assertThat(model.request("hi", List.of(), GenerationOptions.NONE).vendorModel())
                .isEqualTo("llama-3.3:70b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "studio", "studio/", "studio/nothing", "nobody/x", "openai/", "openai/*", "/x"})
    void whatIsNotThereIsPointedAt(String id) {
        Problem problem = catchThrowableOfType(Problem.class, () -> catalogue.find(id));

        assertThat(problem.type()).isEqualTo(ProblemType.INVALID_REQUEST);
        assertThat(problem.errors().getFirst().pointer()).isEqualTo("/model");
    }

    @Test
    void aThinkingModelHasNoTemperature() {
        assertThat(catalogue.find("openai/o4-mini").conduct().thinking()).isTrue();
        assertThatThrownBy(() -> catalogue.find("openai/o4-mini").judge(Map.of("temperature", 1)))
                .isInstanceOf(Problem.class);
    }

    @Test
    void aChangedPriceIsInEffectWithinFiveSeconds() {
        assertThat(maximum("openai/sora-2", Map.of("seconds", 4))).isEqualTo(40_000_000);
        db.run(tx -> tx.execute("""
                UPDATE model SET price = '[{"per": "second", "amount_micros": 7}]' WHERE id = 'openai/sora-2'
                """));

        Waiting.until(
                "the new price", Duration.ofSeconds(5), () -> maximum("openai/sora-2", Map.of("seconds", 4)) == 28);
    }

    @Test
    void aModelThatAProviderOffersGetsARowOnceAndKeepsIt() {
        var here = new ProviderConfig(
                "here",
                Protocol.OPENAI,
                URI.create("http://127.0.0.1:1/v1"),
                null,
                new ProviderConfig.Terms(
                        Flavour.VLLM,
                        CancelPolicy.FREE,
                        List.of(
                                new ProviderConfig.Offer("*", GenerationKind.TEXT),
                                new ProviderConfig.Offer("mixtral", GenerationKind.TEXT),
                                new ProviderConfig.Offer("wan", GenerationKind.VIDEO))));
        var fresh = new Catalogue(db);

        fresh.adopt(here);
        db.run(tx -> tx.execute("UPDATE model SET price = '[]' WHERE id = 'here/mixtral'"));
        fresh.adopt(here);

        Model any = fresh.find("here/llama");
        assertThat(any.provider()).isEqualTo("here");
        assertThat(any.price()).isEqualTo(fresh.find("openai/another").price());
        assertThat(any.conduct().cancelPolicy()).isEqualTo(CancelPolicy.FREE);
        assertThat(fresh.find("here/mixtral").price().lines()).isEmpty();
        assertThat(fresh.find("here/wan").kind()).isEqualTo(GenerationKind.VIDEO);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"'[null]'", "'[{\"amount_micros\": 5}]'", "'[{\"per\": \"nonsense\", \"amount_micros\": 5}]'"})
    void aRowThatIsNotUnderstoodIsNotSoldAsItsWildcard(String price) {
        db.run(tx -> tx.update("""
                        INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
                        SELECT 'openai/dear', kind, provider, options, CAST(%s AS jsonb), cancel_policy, expected_seconds, deadline_seconds
                        FROM model WHERE id = 'openai/*'""".formatted(price)).execute());
        try {
            var fresh = new Catalogue(db);
            assertThatThrownBy(() -> fresh.find("openai/dear")).isInstanceOf(Problem.class);
            assertThat(fresh.find("openai/any other").id()).isEqualTo("openai/any other");
            assertThat(fresh.find("studio/text")).isNotNull();
        } finally {
            db.run(tx -> tx.update("DELETE FROM model WHERE id = 'openai/dear'").execute());
        }
        assertThat(new Catalogue(db).find("openai/dear").id()).isEqualTo("openai/dear");
    }

    @Test
    void aMistypedRowTakesNoOtherModelAway() {
        db.run(tx -> tx.execute("""
                INSERT INTO model (id, kind, provider, price, cancel_policy, expected_seconds, deadline_seconds)
                VALUES ('studio/odd', 'text', 'studio', '[{"per": "fortnight", "amount_micros": 1}]', 'stop', 1, 1)
                """));

        var fresh = new Catalogue(db);

        assertThat(fresh.find("studio/text")).isNotNull();
        assertThatThrownBy(() -> fresh.find("studio/odd")).isInstanceOf(Problem.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE model SET kind = 'sound'", "UPDATE model SET cancel_policy = 'maybe'",
                        "UPDATE model SET price = '{}'",
                "UPDATE model SET options = '[]'", "UPDATE model SET deadline_seconds = 0",
                        "UPDATE model SET id = 'no-maker' WHERE id = 'studio/text'",
            })
    void theTableDefendsItself(String nonsense) {
        assertThatThrownBy(() -> db.run(tx -> tx.execute(nonsense))).isInstanceOf(RuntimeException.class);
    }

    private static long maximum(String id, Map<String, Object> options) {
        Model model = catalogue.find(id);
        return model.bounds(model.request("a boat", List.of(), model.judge(options)))
                .maximumMicros();
    }
}
