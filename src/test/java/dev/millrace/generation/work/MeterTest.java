package dev.millrace.generation.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.generation.store.Pace;
import dev.millrace.generation.store.Paces;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How far, and how long still. */
class MeterTest {
    private static final Paces.Expectation VIDEO = Paces.Expectation.of(Pace.guess(8), Pace.guess(2));
    private static final Paces.Expectation TEXT = Paces.Expectation.of(Pace.guess(10), Pace.guess(0));

    @Test
    void thePercentNeverFallsAndStaysBelowAHundredWhateverIsSaid() {
        var random = new Random(3);
        for (int life = 0; life < 2_000; life++) {
            var meter = new Meter(random.nextBoolean() ? VIDEO : TEXT, random.nextInt(40), random.nextBoolean());
            double before = 0;
            double elapsed = 0;
            for (int step = 0; step < 60; step++) {
                elapsed += random.nextDouble();
                switch (random.nextInt(12)) {
                    case 0 -> {
                        meter.restart();
                        elapsed = 0;
                    }
                    case 1 -> meter.made(elapsed);
                    case 2, 3, 4, 5 ->
                        meter.heard(odd(random), random.nextBoolean() ? null : odd(random) * 20, "provider", elapsed);
                    default -> {
                        // only time passes
                    }
                }
                Meter.Reading reading = meter.at(elapsed);
                assertThat(reading.percent()).isBetween(before, Meter.MOST);
                assertThat(reading.left()).isNotNegative().isFinite();
                assertThat(reading.leftMost())
                        .isGreaterThanOrEqualTo(reading.left())
                        .isFinite();
                before = reading.percent();
            }
        }
    }

    @Test
    void withoutAWordFromTheProviderTheTimeSpeaks() {
        var meter = new Meter(TEXT, 0, false);
        assertThat(meter.at(0).percent()).isZero();
        assertThat(meter.at(0).left()).isCloseTo(10, within(1.0));
        assertThat(meter.at(5).percent()).isBetween(35.0, 60.0);
        assertThat(meter.at(5).source()).isEqualTo("estimated");
        assertThat(meter.at(100).percent()).isLessThan(99);
    }

    @Test
    void whereEachStepIsMeasuredTheClockDoesNotMoveThePercent() {
        var meter = new Meter(VIDEO, 0, true);
        assertThat(meter.at(60).percent()).isZero();
        assertThat(meter.at(60).left()).isPositive();
        meter.heard(0.5, null, "measured", 61);
        double half = meter.at(61).percent();
        assertThat(half).isBetween(35.0, 45.0);
        assertThat(meter.at(100).percent()).isEqualTo(half);
        meter.heard(1, null, "measured", 120);
        meter.made(120);
        assertThat(meter.at(120).percent()).isEqualTo(meter.at(180).percent()).isLessThan(99);
    }

    @Test
    void whatIsMeasuredCountsMoreTheMoreOftenItWasMeasured() {
        var meter = new Meter(Paces.Expectation.of(Pace.guess(100), Pace.guess(0)), 0, false);
        for (int step = 1; step <= 10; step++) {
            meter.heard(step / 20.0, null, "measured", step);
        }
        Meter.Reading reading = meter.at(10);
        assertThat(reading.source()).isEqualTo("measured");
        assertThat(reading.percent()).isCloseTo(50, within(0.2));
        assertThat(reading.left())
                .as("ten seconds by the steps, ninety by what is remembered")
                .isBetween(10.0, 50.0);
    }

    @Test
    void whatTheVendorSaysIsLeftIsBelievedAndRunsDown() {
        var meter = new Meter(TEXT, 0, false);
        meter.heard(0.5, 6.0, "provider", 4);
        assertThat(meter.at(4).left()).isCloseTo(6, within(0.1));
        assertThat(meter.at(6).left()).isCloseTo(4, within(0.1));
    }

    @Test
    void theFilesAreMadeReadyInTheLastPartOfTheWay() {
        var meter = new Meter(VIDEO, 0, false);
        meter.heard(1, null, "measured", 8);
        assertThat(meter.at(8).percent()).isCloseTo(80, within(0.2));
        meter.made(8);
        assertThat(meter.at(9).percent()).isGreaterThan(80);
        assertThat(meter.at(9).left()).isLessThan(2);
    }

    @Test
    void aNewAttemptKeepsThePercentThatWasTold() {
        var meter = new Meter(TEXT, 0, false);
        meter.heard(0.7, null, "provider", 5);
        assertThat(meter.at(5).percent()).isCloseTo(70, within(0.2));
        meter.restart();
        assertThat(meter.at(0).percent()).isCloseTo(70, within(0.2));
        assertThat(meter.at(0).left()).isGreaterThan(8);
    }

    private static double odd(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> Double.NaN;
            case 1 -> -1;
            case 2 -> 1e9;
            case 3 -> Double.POSITIVE_INFINITY;
            default -> random.nextDouble();
        };
    }
}
