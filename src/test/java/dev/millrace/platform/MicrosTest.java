package dev.millrace.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.problem.Problem;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class MicrosTest {
    @Test
    void creditsHaveNoMoreDigitsThanTheyNeed() {
        assertThat(Micros.credits(1_500_000).toString()).isEqualTo("1.5");
        assertThat(Micros.credits(10_000_000).toString()).isEqualTo("10");
        assertThat(Micros.credits(-1).toPlainString()).isEqualTo("-0.000001");
        assertThat(Micros.credits(0).toString()).isEqualTo("0");
    }

    @Test
    void sixDecimalsAreTheMostThatAClientMaySend() {
        assertThat(Micros.exact("/cap", new BigDecimal("0.0000010"))).isEqualTo(1);
        assertThat(Micros.exact("/cap", new BigDecimal("2.5"))).isEqualTo(2_500_000);
        assertThatThrownBy(() -> Micros.exact("/cap", new BigDecimal("0.0000001")))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.errors().getFirst().pointer())
                                .isEqualTo("/cap"));
    }

    @Test
    void aPriceNeverLosesAFraction() {
        assertThat(Micros.up(new BigDecimal("0.0000001"))).isEqualTo(1);
        assertThat(Micros.up(new BigDecimal("0.000001"))).isEqualTo(1);
        assertThat(Micros.up(new BigDecimal("1.0000011"))).isEqualTo(1_000_002);
    }
}
