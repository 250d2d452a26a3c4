package dev.millrace.generation.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private final RetryBudget budget = new RetryBudget();

    @Test
    void threeAreAllowedWhenNothingIsGoingOn() {
        assertThat(budget.retry(at(100))).isTrue();
        assertThat(budget.retry(at(100))).isTrue();
        assertThat(budget.retry(at(101))).isTrue();
        assertThat(budget.retry(at(109))).isFalse();
        budget.answered();
        assertThat(budget.retry(at(109))).isFalse();
        assertThat(budget.retry(at(110))).isTrue();
    }

    @Test
    void aVendorWhoAnswersNobodyIsAskedAFifthMoreAndThreeTimesHoweverLongItLasts() {
        int calls = 0;
        int repeated = 0;
        for (int second = 0; second < 600; second += 4) {
            budget.call(at(second));
            calls++;
            repeated += budget.retry(at(second)) ? 1 : 0;
            repeated += budget.retry(at(second)) ? 1 : 0;
        }
        assertThat(repeated).isBetween(3, 3 + calls / 5);
        assertThat(calls + repeated).isLessThanOrEqualTo((int) (1.2 * calls));
    }

    @Test
    void aFifthOfTheCallsMayBeRepeated() {
        int repeated = 0;
        for (int second = 0; second < 120; second++) {
            for (int call = 0; call < 10; call++) {
                budget.call(at(second));
                repeated += budget.retry(at(second)) ? 1 : 0;
                repeated += budget.retry(at(second)) ? 1 : 0;
            }
        }
        assertThat(repeated).isBetween(230, 240);
    }

    @Test
    void aClockThatStartsBelowZeroCountsAsWell() {
        budget.call(at(-3));
        assertThat(budget.retry(at(-3))).isTrue();
        assertThat(budget.retry(at(-1))).isTrue();
        assertThat(budget.retry(at(0))).isTrue();
        assertThat(budget.retry(at(1))).isFalse();
    }

    private static long at(long second) {
        return TimeUnit.SECONDS.toNanos(second);
    }
}
