package dev.millrace.generation.provider.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Delta;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.ProviderFailure;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextStudioTest {
    private final TextStudio studio = new TextStudio();

    @Test
    void writesWordByWordAtItsPace() throws Exception {
        var heard = new Heard();
        long start = System.nanoTime();
        studio.run(Calls.text("studio/text", "a boat", Map.of("words", 50, "speed", 100)), heard);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(490));
        assertThat(heard.all(Delta.class)).hasSize(50);
        assertThat(heard.usage()).isEqualTo(Map.of("words", BigDecimal.valueOf(50)));
        assertThat(heard.events().getLast()).isEqualTo(new Finished("stop"));
    }

    @Test
    void stopsAtTheLimitOfTokensAndSaysSo() throws Exception {
        var heard = new Heard();
        studio.run(Calls.text("studio/text", "a boat", Map.of("max_tokens", 7, "speed", 200)), heard);

        assertThat(heard.all(Delta.class)).hasSize(7);
        assertThat(heard.events().getLast()).isEqualTo(new Finished("length"));
    }

    @Test
    void nothingOfAStopSequenceIsShown() throws Exception {
        var plain = new Heard();
        var stopped = new Heard();
        ProviderCall call = Calls.text("studio/text", "a boat", Map.of("words", 60, "speed", 200, "seed", 1));
        studio.run(call, plain);
        String sequence = plain.text().substring(100, 120);
        studio.run(
                Calls.text(
                        "studio/text",
                        "a boat",
                        Map.of("words", 60, "speed", 200, "seed", 1, "stop", List.of("no such", sequence))),
                stopped);

        assertThat(stopped.text())
                .isEqualTo(plain.text().substring(0, plain.text().indexOf(sequence)));
        assertThat(stopped.events().getLast()).isEqualTo(new Finished("stop"));
        assertThat(stopped.events())
                .as("what a stop takes back is not counted")
                .filteredOn(Usage.class::isInstance)
                .last()
                .isEqualTo(new Usage(Map.of(
                        "words", BigDecimal.valueOf(stopped.text().strip().split("\\s+", -1).length))));
    }

    @Test
    void progressIsExactAndRises() throws Exception {
        var heard = new Heard();
        studio.run(Calls.text("studio/text", "a boat", Map.of("words", 100, "speed", 200)), heard);

        assertThat(heard.all(Progress.class)).extracting(Progress::fraction).containsExactly(0.5, 1.0);
    }

    @Test
    void whoCancelsPaysForTheWordsThatWereShown() {
        ProviderCall call = Calls.text("studio/text", "a boat", Map.of("words", 1000, "speed", 200));
        var heard = new Heard(event -> {
            if (event instanceof Progress) {
                call.cancellation().cancel();
            }
        });

        ProviderFailure failure = catchThrowableOfType(ProviderFailure.class, () -> studio.run(call, heard));

        assertThat(failure.kind()).isEqualTo(ProviderFailure.Kind.CANCELED);
        assertThat(heard.usage().get("words"))
                .isEqualTo(BigDecimal.valueOf(heard.all(Delta.class).size()));
    }

    @Test
    void atTemperatureZeroEveryGenerationSaysTheSame() throws Exception {
        var one = new Heard();
        var other = new Heard();
        var warm = new Heard();
        Map<String, Object> cold = Map.of("words", 80, "speed", 200, "temperature", 0);
        studio.run(Calls.text("studio/text", "a boat", cold), one);
        studio.run(Calls.text("studio/text", "a boat", cold), other);
        studio.run(Calls.text("studio/text", "a boat", Map.of("words", 80, "speed", 200)), warm);

        assertThat(other.text()).isEqualTo(one.text());
        assertThat(warm.text()).isNotEqualTo(one.text());
    }

    @Test
    void aSecondAttemptWritesTheSameText() throws Exception {
        ProviderCall call = Calls.text("studio/text", "a boat", Map.of("words", 40, "speed", 200));
        var first = new Heard();
        var second = new Heard();
        studio.run(call, first);
        studio.run(Calls.attempt(call, 2), second);

        assertThat(second.text()).isEqualTo(first.text());
    }
}
