package dev.millrace.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.problem.Problem;
import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CapTest {
    private static final Duration MIDNIGHT = Duration.ofHours(3);

    @Test
    void theAlarmRingsFromFourFifthsOn() {
        assertThat(Cap.nears(100, 0, 79)).isFalse();
        assertThat(Cap.nears(100, 0, 80)).isTrue();
        assertThat(Cap.nears(100, 79, 1)).isTrue();
        assertThat(Cap.nears(100, 80, 1)).isTrue();
        assertThat(Cap.nears(100, 90, 0)).isFalse();
        assertThat(Cap.nears(0, -1, 1)).isFalse();
    }

    @Test
    void aRefusalSaysWhatIsMissingAndWhetherWaitingHelps() {
        Problem waits = Cap.CAP_KEY.refusal(1_000_000, 800_000, 500_000, MIDNIGHT);
        assertThat(waits.members()).containsEntry("reason", "cap_key").containsEntry("missing", new BigDecimal("0.3"));
        assertThat(waits.members().get("remedy")).asString().startsWith("Use another key");
        assertThat(waits.retryAfter()).isEqualTo(MIDNIGHT);
        assertThat(Cap.CAP_DAY.refusal(1_000_000, 0, 1_000_000, MIDNIGHT).retryAfter())
                .isEqualTo(MIDNIGHT);
        Problem never = Cap.CAP_DAY.refusal(1_000_000, 0, 1_000_001, MIDNIGHT);
        assertThat(never.retryAfter()).isNull();
        assertThat(never.members()).containsEntry("remedy", "Raise your cap a day, or ask for less.");
        assertThat(waits.members().get("remedy")).asString().endsWith("or come back after midnight (UTC).");
        assertThat(Cap.CAP_DAY.refusal(1_000_000, 0, 1, MIDNIGHT).members())
                .containsEntry("missing", new BigDecimal("0.000001"));
    }

    @Test
    void whatBecameOfAnUndoingIsToldByTheDatabase() {
        assertThat(Undoing.of(null)).isEqualTo(Undoing.UNKNOWN);
        assertThat(Undoing.of(true)).isEqualTo(Undoing.DONE);
        assertThat(Undoing.of(false)).isEqualTo(Undoing.REPEATED);
    }
}
