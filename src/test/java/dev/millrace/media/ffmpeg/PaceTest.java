package dev.millrace.media.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void tellsTheFractionAndTheTimeLeft() {
        var pace = new Pace(Duration.ofSeconds(10));

        assertThat(pace.at(2 * SECOND + SECOND / 2, Duration.ofSeconds(5))).isTrue();

        assertThat(pace.fraction()).isEqualTo(0.25);
        assertThat(pace.left()).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void neverFallsAndNeverArrives() {
        var pace = new Pace(Duration.ofSeconds(10));
        pace.at(5 * SECOND, Duration.ofSeconds(1));

        assertThat(pace.at(4 * SECOND, Duration.ofSeconds(2))).isFalse();
        assertThat(pace.fraction()).isEqualTo(0.5);
        pace.at(10 * SECOND, Duration.ofSeconds(3));
        assertThat(pace.fraction()).isEqualTo(0.99);
    }

    @Test
    void knowsNothingBeforeTheFirstPacket() {
        var pace = new Pace(Duration.ofSeconds(10));

        assertThat(pace.at(-1, Duration.ofSeconds(1))).isFalse();
        assertThat(pace.at(-21_333_000, Duration.ofSeconds(1))).isFalse();
        assertThat(pace.at(0, Duration.ofSeconds(1))).isFalse();
        assertThat(pace.fraction()).isZero();
        assertThat(pace.left()).isNull();
    }

    @Test
    void givesUpGuessingWhenTheDurationWasALie() {
        var pace = new Pace(Duration.ofSeconds(10));
        pace.at(9 * SECOND, Duration.ofSeconds(9));

        assertThat(pace.at(11 * SECOND, Duration.ofSeconds(11))).isTrue();
        assertThat(pace.left()).isNull();
        assertThat(pace.at(12 * SECOND, Duration.ofSeconds(12))).isFalse();
    }

    @Test
    void withoutADurationSaysOnlyThatItMoves() {
        var pace = new Pace(null);

        assertThat(pace.at(SECOND, Duration.ofSeconds(1))).isTrue();
        assertThat(pace.at(2 * SECOND, Duration.ofSeconds(2))).isFalse();
        assertThat(pace.fraction()).isZero();
    }
}
