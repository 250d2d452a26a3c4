package dev.millrace.generation.provider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Percent from what programs print. */
class LogPercentTest {
    @Test
    void theLastBarCounts() {
        assertThat(LogPercent.fraction("76%|████| 7568/10000 [00:33<00:10, 229.00it/s]"))
                .isEqualTo(0.7568);
        assertThat(LogPercent.fraction("0%|  | 0/20 [00:00<?, ?it/s]\r 35%|██ | 7/20 [00:03<00:06]\r"))
                .isEqualTo(0.35);
        assertThat(LogPercent.fraction("load 100%|██| 3/3\nsampling\n  10%|█ | 2/20\nsaved a file\n"))
                .isEqualTo(0.1);
        assertThat(LogPercent.fraction("0%| | 0/4 50%|█ | 2/4")).isEqualTo(0.5);
    }

    @Test
    void linesEndWithAnyOfTheThree() {
        assertThat(LogPercent.fraction("5%|▎ | 1/20\r\n90%|██ | 18/20\r\n")).isEqualTo(0.9);
    }

    @Test
    void whatIsNoBarTellsNothing() {
        assertThat(LogPercent.fraction(null)).isNull();
        assertThat(LogPercent.fraction("")).isNull();
        assertThat(LogPercent.fraction("using 50% of memory, 3/4 done")).isNull();
    }

    @Test
    void nonsenseStaysWithinBounds() {
        assertThat(LogPercent.fraction("250%|██| 250/100")).isEqualTo(1.0);
        assertThat(LogPercent.fraction("40%|██| 0/0")).isEqualTo(0.4);
    }

    @Test
    void aLongLogIsReadFromItsEnd() {
        assertThat(LogPercent.fraction("x\n".repeat(100_000) + "15%|█ | 3/20")).isEqualTo(0.15);
        assertThat(LogPercent.fraction("15%|█ | 3/20" + "x\n".repeat(100_000))).isNull();
    }
}
