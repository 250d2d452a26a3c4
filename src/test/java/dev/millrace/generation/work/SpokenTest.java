package dev.millrace.generation.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.generation.provider.catalogue.Model;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpokenTest {
    private static final Spoken BEGUN = new Spoken("half an answer", tokens(16, 5));

    @Test
    void thePromptIsChargedOnceAndOfTheAnswerAllThatWasDelivered() {
        assertThat(BEGUN.and(tokens(21, 7), 40, 0)).isEqualTo(tokens(16, 12));
    }

    @Test
    void whatReadersHadAlreadyIsNotChargedAgain() {
        assertThat(BEGUN.and(tokens(21, 12), 28, 20)).isEqualTo(tokens(16, 5 + 7));
    }

    @Test
    void aRestOfNothingCostsNothing() {
        assertThat(BEGUN.and(tokens(21, 0), 0, 0)).isEqualTo(tokens(16, 5));
        assertThat(BEGUN.and(Map.of(), 0, 0)).isEqualTo(tokens(16, 5));
        assertThat(BEGUN.and(tokens(21, 5), 0, 14)).isEqualTo(tokens(16, 5));
    }

    @Test
    void theWholeIsNoLongerThanWasAskedFor() {
        assertThat(rest(9).options().number("max_tokens")).isEqualByComparingTo("4");
        assertThat(rest(5).options().number("max_tokens")).isEqualByComparingTo("1");
        assertThat(rest(9).messages().getLast().content()).isEqualTo("half an answer");
        assertThat(Continuity.rest(request(GenerationOptions.NONE), BEGUN)
                        .options()
                        .has("max_tokens"))
                .isFalse();
    }

    private static Request rest(int most) {
        return Continuity.rest(request(new GenerationOptions(Map.of("max_tokens", most))), BEGUN);
    }

    private static Request request(GenerationOptions options) {
        var conduct = new Model.Conduct(CancelPolicy.STOP, List.of(), false, 5, 120);
        return new Request(GenerationKind.TEXT, "here/model", "a boat", List.of(), options, conduct);
    }

    private static Map<String, BigDecimal> tokens(int input, int output) {
        return Map.of("input_tokens", BigDecimal.valueOf(input), "output_tokens", BigDecimal.valueOf(output));
    }
}
