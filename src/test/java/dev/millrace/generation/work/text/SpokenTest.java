package dev.millrace.generation.work.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.generation.provider.catalogue.Model;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpokenTest {
    private static final Spoken BEGUN = new Spoken("half an answer", tokens(16, 5));

    @Test
    void thePromptIsChargedOnceAndOfTheAnswerAllThatWasDelivered() {
        assertThat(BEGUN.and(tokens(21, 7), 40, 0)).isEqualTo(tokens(16, 12));
    }

    @Test
    void whatReadersHadAlreadyIsNotChargedAgain() {
        assertThat(BEGUN.and(tokens(21, 12), 28, 20)).isEqualTo(counted(16, 5 + 7));
    }

    @Test
    void whatWasCountedByUsStaysMarkedWhateverIsReportedOfTheRest() {
        var begun = new Spoken("half an answer", counted(16, 5));
        assertThat(begun.and(tokens(21, 7), 40, 0)).isEqualTo(counted(16, 12));
        assertThat(BEGUN.and(counted(21, 7), 40, 0)).isEqualTo(counted(16, 12));
    }

    @Test
    void aRestOfNothingCostsNothing() {
        assertThat(BEGUN.and(tokens(21, 0), 0, 0)).isEqualTo(tokens(16, 5));
        assertThat(BEGUN.and(Usage.NONE, 0, 0)).isEqualTo(tokens(16, 5));
        assertThat(BEGUN.and(tokens(21, 5), 0, 14)).isEqualTo(counted(16, 5));
    }

    @Test
    void theWholeIsNoLongerThanWasAskedFor() {
        assertThat(rest(9).options().number("max_tokens")).isEqualByComparingTo("4");
        assertThat(rest(5).options().number("max_tokens")).isEqualByComparingTo("1");
        assertThat(rest(9).messages().getLast().content()).isEqualTo("half an answer");
        assertThat(BEGUN.rest(request(GenerationOptions.NONE)).options().has("max_tokens"))
                .isFalse();
    }

    private static Request rest(int most) {
        return BEGUN.rest(request(new GenerationOptions(Map.of("max_tokens", most))));
    }

    private static Request request(GenerationOptions options) {
        var conduct = new Model.Conduct(CancelPolicy.STOP, List.of(), false, 5, 120);
        return new Request(GenerationKind.TEXT, "here/model", "a boat", List.of(), options, conduct);
    }

    private static Usage tokens(int input, int output) {
        return new Usage(
                Map.of("input_tokens", BigDecimal.valueOf(input), "output_tokens", BigDecimal.valueOf(output)));
    }

    /** The same, the answer's counted by us. */
    private static Usage counted(int input, int output) {
        return new Usage(tokens(input, output).quantities(), Set.of("output_tokens"));
    }
}
