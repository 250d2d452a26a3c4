package dev.millrace.generation.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Estimates from durations. */
class PaceTest {
    private final Pace pace =
            Pace.of(IntStream.rangeClosed(1, 101).asDoubleStream().toArray());

    @Test
    void quantilesAreThoseOfWhatWasRemembered() {
        assertThat(pace.median()).isEqualTo(51);
        assertThat(pace.quantile(0.9)).isCloseTo(91, within(0.001));
        assertThat(pace.quantile(0)).isEqualTo(1);
        assertThat(pace.quantile(1)).isEqualTo(101);
    }

    @Test
    void whatIsLeftIsThatOfThoseThatTookAsLong() {
        assertThat(pace.remaining(0, 0.5)).isCloseTo(51, within(1.0));
        assertThat(pace.remaining(51, 0.5)).isCloseTo(25, within(1.0));
        assertThat(pace.remaining(91, 0.5)).isCloseTo(5, within(1.0));
    }

    @Test
    void whoIsLaterThanAllMayTakeLongerAndLonger() {
        assertThat(pace.remaining(200, 0.5)).isGreaterThan(pace.remaining(150, 0.5));
        assertThat(pace.remaining(200, 0.9)).isGreaterThan(pace.remaining(200, 0.5));
    }

    @Test
    void theShareDoneRisesAndNeverArrives() {
        double before = 0;
        for (double elapsed = 0; elapsed < 1_000; elapsed += 0.5) {
            double now = pace.fraction(elapsed);
            assertThat(now).isBetween(0.0, 0.95);
            before = Math.max(before, now);
        }
        assertThat(before).isGreaterThan(0.6);
        assertThat(pace.fraction(51)).isBetween(0.55, 0.75);
    }

    @Test
    void ninetyPercentOfWhatFollowsTheHistoryIsWithinItsNinetiethPercentile() {
        var random = new Random(11);
        double[] history = DoubleStream.generate(() -> Math.exp(1 + 0.5 * random.nextGaussian()))
                .limit(200)
                .toArray();
        Pace learned = Pace.of(history);
        for (double elapsed : new double[] {0, 1, 2}) {
            double[] later = DoubleStream.generate(() -> Math.exp(1 + 0.5 * random.nextGaussian()))
                    .filter(took -> took > elapsed)
                    .limit(5_000)
                    .toArray();
            for (double share : new double[] {0.5, 0.9}) {
                double bound = elapsed + learned.remaining(elapsed, share);
                double within =
                        DoubleStream.of(later).filter(took -> took <= bound).count() / 5_000.0;
                assertThat(within).as(share + " after " + elapsed + " s").isCloseTo(share, within(0.06));
            }
        }
    }

    @Test
    void aGuessIsSpreadAroundWhatIsExpected() {
        Pace guess = Pace.guess(10);
        assertThat(guess.median()).isEqualTo(10);
        assertThat(guess.quantile(0.9)).isBetween(12.0, 22.0);
        assertThat(Pace.guess(0).remaining(0, 0.5)).isBetween(0.0, 0.2);
    }
}
