package dev.millrace.platform.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Long texts are written a few at a time. */
class ColumnsTest {
    private static final int MEGABYTE = 1024 * 1024;

    @Test
    void fewShortOnesAreOnePortion() {
        assertThat(Columns.portions(List.of(1, 2, 3), row -> row)).containsExactly(List.of(1, 2, 3));
    }

    @Test
    void noneIsNoPortion() {
        assertThat(Columns.portions(List.<Integer>of(), row -> row)).isEmpty();
    }

    @Test
    void aPortionEndsBeforeItBecomesTooLong() {
        int two = 2 * MEGABYTE;
        assertThat(Columns.portions(List.of(two, two, 1, two, two), row -> row))
                .containsExactly(List.of(two, two), List.of(1, two), List.of(two));
    }

    @Test
    void whatIsTooLongByItselfIsAPortionByItself() {
        int nine = 9 * MEGABYTE;
        assertThat(Columns.portions(List.of(1, nine, nine, 1), row -> row))
                .containsExactly(List.of(1), List.of(nine), List.of(nine), List.of(1));
    }

    @Test
    void theSumDoesNotOverflow() {
        int most = Integer.MAX_VALUE;
        assertThat(Columns.portions(List.of(most, most, most), row -> row)).hasSize(3);
    }
}
