package dev.millrace.generation.provider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.platform.outbound.Deadlines;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a vendor may be silent when nobody says otherwise. */
class PatienceTest {
    @Test
    void aModelIsGivenWhatIsUsual() {
        assertThat(of(false, new Model.Silence(null, null))).isEqualTo(deadlines(30, 15));
    }

    @Test
    void oneThatThinksIsGivenFourTimesAsLong() {
        assertThat(of(true, new Model.Silence(null, null))).isEqualTo(deadlines(120, 60));
    }

    @Test
    void whatItsRowSaysGoesBeforeBoth() {
        assertThat(of(false, new Model.Silence(7, 3))).isEqualTo(deadlines(7, 3));
        assertThat(of(true, new Model.Silence(7, null))).isEqualTo(deadlines(7, 60));
    }

    private static Deadlines of(boolean thinking, Model.Silence silence) {
        var conduct = new Model.Conduct(CancelPolicy.STOP, List.of(), thinking, 5, 600, silence);
        return Patience.USUAL.with(
                new Request(GenerationKind.TEXT, "a/model", "words", List.of(), GenerationOptions.NONE, conduct));
    }

    private static Deadlines deadlines(long firstByte, long idle) {
        return new Deadlines(
                Duration.ofSeconds(5),
                Duration.ofSeconds(firstByte),
                Duration.ofSeconds(idle),
                Duration.ofSeconds(600));
    }
}
