package dev.millrace.generation.provider.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.credits.Basis;
import dev.millrace.credits.ReceiptLine;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.Request;
import dev.millrace.platform.json.Json;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PriceTest {
    private static final Price TOKENS = new Price(List.of(
            new PriceLine(Per.TOKENS_IN_1M, 40_000_000, null),
            new PriceLine(Per.TOKENS_OUT_1M, 160_000_000, BigDecimal.valueOf(400))));

    @Test
    void timeOfTheVendorsMachinesIsHeldUntilTheDeadlineAndChargedAsItWasCounted() {
        var price = new Price(List.of(new PriceLine(Per.COMPUTE_SECOND, 1_400, null)));
        Bounds bounds = price.bounds(request(GenerationKind.VIDEO, "a boat", Map.of("seconds", 5)));
        assertThat(bounds).isEqualTo(new Bounds(0, 1_400, 60 * 1_400));
        assertThat(price.cost(Map.of("compute_seconds", new BigDecimal("12.345"))))
                .isEqualTo(17_283);
        assertThat(price.charge(new Usage(Map.of("seconds", BigDecimal.TEN)))
                        .getFirst()
                        .amountMicros())
                .isZero();
    }

    @Test
    void aVideoCostsItsSecondsWhateverHappensInside() {
        var price = new Price(List.of(new PriceLine(Per.SECOND, 1_000_000, null)));

        Bounds bounds = price.bounds(request(GenerationKind.VIDEO, "a boat", Map.of("seconds", 4)));

        assertThat(bounds).isEqualTo(new Bounds(4_000_000, 4_000_000, 4_000_000));
    }

    @Test
    void textIsBoundByItsMostTokensAndExpectedAtItsUsualLength() {
        var price = new Price(List.of(new PriceLine(Per.WORDS_100, 10_000, BigDecimal.valueOf(240))));

        Bounds bounds = price.bounds(request(GenerationKind.TEXT, "a boat", Map.of("max_tokens", 1024)));

        assertThat(bounds).isEqualTo(new Bounds(0, 24_000, 102_400));
    }

    @Test
    void theUsualLengthIsNeverAboveTheBound() {
        Bounds bounds = TOKENS.bounds(request(GenerationKind.TEXT, "a boat", Map.of("max_tokens", 10)));

        assertThat(bounds.expectedMicros()).isLessThanOrEqualTo(bounds.maximumMicros());
    }

    @Test
    void promptTokensAreBoundByBytesSoThatNoScriptIsUnderestimated() {
        Bounds latin = TOKENS.bounds(request(GenerationKind.TEXT, "a".repeat(100), Map.of("max_tokens", 1)));
        Bounds japanese = TOKENS.bounds(request(GenerationKind.TEXT, "\u6d77".repeat(100), Map.of("max_tokens", 1)));

        assertThat(latin.maximumMicros()).isEqualTo((100 + 16) * 40 + 160);
        assertThat(japanese.maximumMicros()).isEqualTo((300 + 16) * 40 + 160);
    }

    @Test
    void everyMessageOfAConversationCounts() {
        var two = model(GenerationKind.TEXT)
                .request(
                        "b",
                        List.of(new Message("system", "aa"), Message.user("b")),
                        new GenerationOptions(Map.of("max_tokens", 1)));

        assertThat(TOKENS.bounds(two).maximumMicros()).isEqualTo((3 + 32) * 40 + 160);
    }

    @Test
    void aJobIsRoundedUpOnceAndItsLinesAddUpToThat() {
        var price = new Price(List.of(
                new PriceLine(Per.TOKENS_IN_1K, 333, null),
                new PriceLine(Per.TOKENS_OUT_1K, 777, null),
                new PriceLine(Per.CALL, 5, null)));
        var random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            var usage = Map.of(
                    "input_tokens", BigDecimal.valueOf(random.nextInt(5000)),
                    "output_tokens", BigDecimal.valueOf(random.nextInt(5000)),
                    "calls", BigDecimal.ONE);

            List<ReceiptLine> charges = price.charge(new Usage(usage));

            long exact1000 = 333 * usage.get("input_tokens").longValue()
                    + 777 * usage.get("output_tokens").longValue()
                    + 5000;
            assertThat(charges.stream().mapToLong(ReceiptLine::amountMicros).sum())
                    .isEqualTo(Math.ceilDiv(exact1000, 1000))
                    .isEqualTo(price.cost(usage));
            assertThat(charges).allMatch(charge -> charge.amountMicros() >= 0);
        }
    }

    @Test
    void whatWasNotConsumedCostsNothing() {
        assertThat(TOKENS.cost(Map.of())).isZero();
        assertThat(TOKENS.cost(Map.of("input_tokens", BigDecimal.ZERO, "output_tokens", BigDecimal.valueOf(-3))))
                .isZero();
    }

    @Test
    void aReceiptSaysQuantityTimesUnitPrice() {
        var price = new Price(List.of(new PriceLine(Per.WORDS_100, 10_000, null)));

        List<ReceiptLine> charges = price.charge(new Usage(Map.of("words", BigDecimal.valueOf(230))));

        assertThat(charges)
                .containsExactly(new ReceiptLine(
                        "100 words", new BigDecimal("2.3"), new BigDecimal("0.01"), 23_000, Basis.REPORTED));
    }

    @Test
    void aReceiptTellsWhatWeCountedFromWhatWasReported() {
        var usage = new Usage(
                Map.of("input_tokens", BigDecimal.valueOf(7), "output_tokens", BigDecimal.valueOf(3)),
                Set.of("output_tokens"));

        assertThat(TOKENS.charge(usage)).extracting(ReceiptLine::basis).containsExactly(Basis.REPORTED, Basis.COUNTED);
        assertThat(TOKENS.basis(usage)).isEqualTo(Basis.COUNTED);
        // what nobody pays for was perhaps counted too, but no figure of the bill is
        assertThat(TOKENS.basis(new Usage(usage.quantities(), Set.of("words")))).isEqualTo(Basis.REPORTED);
    }

    @Test
    void aPriceSurvivesJson() {
        Price read = Json.read(Json.write(TOKENS), Price.class);

        assertThat(read).isEqualTo(TOKENS);
    }

    private static Request request(GenerationKind kind, String prompt, Map<String, Object> options) {
        return model(kind).request(prompt, List.of(), new GenerationOptions(options));
    }

    private static Model model(GenerationKind kind) {
        var conduct = new Model.Conduct(CancelPolicy.STOP, List.of(), false, 1, 60);
        return new Model("m/x", kind, "m", Map.of(), TOKENS, conduct);
    }
}
