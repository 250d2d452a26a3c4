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

    @Test
    void whoMayBeSilentForLongerHasBeenForLess() {
        var minute = Duration.ofMinutes(1);
        assertThat(Patience.USUAL.felt(minute, conduct(false, new Model.Silence(null, null))))
                .isEqualTo(minute);
        assertThat(Patience.USUAL.felt(minute, conduct(false, new Model.Silence(2, 2))))
                .isEqualTo(minute);
        assertThat(Patience.USUAL.felt(minute, conduct(true, new Model.Silence(null, null))))
                .isEqualTo(Duration.ofSeconds(15));
        assertThat(Patience.USUAL.felt(minute, conduct(false, new Model.Silence(60, null))))
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(Patience.PICTURES.felt(minute, conduct(false, new Model.Silence(null, null))))
                .isEqualTo(Duration.ofSeconds(6));
    }

    private static Model.Conduct conduct(boolean thinking, Model.Silence silence) {
        return new Model.Conduct(CancelPolicy.STOP, List.of(), thinking, 5, 600, silence);
    }

    private static Deadlines of(boolean thinking, Model.Silence silence) {
        return Patience.USUAL.with(new Request(
                GenerationKind.TEXT,
                "a/model",
                "words",
                List.of(),
                GenerationOptions.NONE,
                conduct(thinking, silence)));
    }

    private static Deadlines deadlines(long firstByte, long idle) {
        return new Deadlines(
                Duration.ofSeconds(5),
                Duration.ofSeconds(firstByte),
                Duration.ofSeconds(idle),
                Duration.ofSeconds(600));
    }
}
