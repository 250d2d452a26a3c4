package dev.millrace.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Instant NOW = Instant.parse("2026-03-29T12:00:00Z");

    @Test
    void tenAttemptsGoOverThreeDaysAndEachWaitIsNearItsPlan() {
        var planned = List.of(5L, 300L, 1_800L, 7_200L, 18_000L, 36_000L, 50_400L, 72_000L, 86_400L);
        for (long seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            var waits = new ArrayList<Duration>();
            for (int attempt = 1; ; attempt++) {
                Duration wait = Schedule.after(attempt, null, random);
                if (wait == null) {
                    break;
                }
                waits.add(wait);
            }
            assertThat(waits).hasSize(planned.size());
            for (int i = 0; i < waits.size(); i++) {
                assertThat(waits.get(i))
                        .isBetween(Duration.ofMillis(planned.get(i) * 900), Duration.ofMillis(planned.get(i) * 1100));
            }
        }
    }

    @Test
    void twoEndpointsThatFailedTogetherDoNotComeBackTogether() {
        var random = new Random(1);
        assertThat(Schedule.after(3, null, random)).isNotEqualTo(Schedule.after(3, null, random));
    }

    @Test
    void whatAServerAsksForOnlyMakesTheWaitLonger() {
        var random = new Random(1);
        assertThat(Schedule.after(1, Duration.ofSeconds(90), random)).isEqualTo(Duration.ofSeconds(90));
        assertThat(Schedule.after(2, Duration.ofSeconds(90), random)).isGreaterThan(Duration.ofMinutes(4));
        assertThat(Schedule.after(Schedule.ATTEMPTS, Duration.ofSeconds(90), random))
                .isNull();
    }

    @Test
    void retryAfterIsSecondsOrADateAndAtMostADay() {
        assertThat(Schedule.asked("120", NOW)).isEqualTo(Duration.ofMinutes(2));
        assertThat(Schedule.asked(" 0 ", NOW)).isEqualTo(Duration.ZERO);
        assertThat(Schedule.asked("Sun, 29 Mar 2026 12:10:00 GMT", NOW)).isEqualTo(Duration.ofMinutes(10));
        assertThat(Schedule.asked("Sun, 29 Mar 2026 11:00:00 GMT", NOW)).isEqualTo(Duration.ZERO);
        assertThat(Schedule.asked("999999999", NOW)).isEqualTo(Duration.ofHours(24));
        assertThat(Schedule.asked("Mon, 29 Mar 2027 12:00:00 GMT", NOW)).isEqualTo(Duration.ofHours(24));
        for (String nonsense : List.of("", "soon", "-5", "1.5", "99999999999999999999", "١٢", "12 s")) {
            assertThat(Schedule.asked(nonsense, NOW)).as(nonsense).isNull();
        }
        assertThat(Schedule.asked(null, NOW)).isNull();
    }
}
