package dev.millrace.generation.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.catalogue.Per;
import dev.millrace.generation.provider.catalogue.Price;
import dev.millrace.generation.provider.catalogue.PriceLine;
import dev.millrace.generation.store.Order;
import dev.millrace.generation.store.Stage;
import dev.millrace.generation.store.Status;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConsumptionTest {
    private static final Consumption.Delivered TEXT = new Consumption.Delivered(7, 40, 0);
    private static final Consumption.Delivered NOTHING = new Consumption.Delivered(0, 0, 0);

    @Test
    void whoeverSaysNothingIsCountedInEverything() {
        var all = new Consumption(order(Per.WORDS_100));

        assertThat(all.told()).isFalse();
        assertThat(all.usage(NOTHING)).isEqualTo(Usage.NONE);
        assertThat(all.usage(TEXT))
                .isEqualTo(new Usage(
                        quantities("calls", 1, "words", 7, "images", 0, "input_tokens", 2, "output_tokens", 10),
                        Set.of("words", "input_tokens", "output_tokens")));
    }

    @Test
    void whoeverSaysTokensIsCountedInTheWordsThatArePaidFor() {
        var words = new Consumption(order(Per.WORDS_100));
        words.heard(new Usage(quantities("input_tokens", 3, "output_tokens", 0)));

        assertThat(words.told()).isFalse();
        assertThat(words.usage(TEXT))
                .isEqualTo(new Usage(quantities("input_tokens", 3, "output_tokens", 0, "words", 7), Set.of("words")));
        assertThat(words.usage(NOTHING)).isEqualTo(new Usage(quantities("input_tokens", 3, "output_tokens", 0)));
    }

    @Test
    void whoeverSaysWordsIsCountedInTheTokensThatArePaidFor() {
        var tokens = new Consumption(order(Per.TOKENS_IN_1M, Per.TOKENS_OUT_1M, Per.CALL));
        tokens.heard(new Usage(quantities("words", 9)));

        assertThat(tokens.usage(TEXT))
                .isEqualTo(new Usage(
                        quantities("words", 9, "input_tokens", 2, "output_tokens", 10, "calls", 1),
                        Set.of("input_tokens", "output_tokens")));
    }

    @Test
    void aZeroThatWasSaidIsAZero() {
        var words = new Consumption(order(Per.WORDS_100));
        var zero = new Usage(quantities("words", 0));
        words.heard(zero);

        assertThat(words.told()).isTrue();
        assertThat(words.usage(TEXT)).isEqualTo(zero);
    }

    private static Map<String, BigDecimal> quantities(Object... pairs) {
        var all = new HashMap<String, BigDecimal>();
        for (int i = 0; i < pairs.length; i += 2) {
            all.put((String) pairs[i], BigDecimal.valueOf((Integer) pairs[i + 1]));
        }
        return all;
    }

    private static Order order(Per... paid) {
        var lines = Stream.of(paid).map(per -> new PriceLine(per, 1, null)).toList();
        return new Order(
                UUID.randomUUID(),
                UUID.randomUUID(),
                new Order.Wish(
                        GenerationKind.TEXT,
                        "one/text",
                        "one",
                        "a boat",
                        List.of(),
                        GenerationOptions.NONE,
                        null,
                        List.of()),
                new Price(lines),
                new Order.Money(1, 1),
                "",
                new Order.Standing(Status.RUNNING, Stage.GENERATING, 1, null, 0),
                Instant.EPOCH);
    }
}
