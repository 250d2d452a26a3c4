package dev.millrace.generation.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is foretold from how the like went. */
class CoursesTest {
    private final Random random = new Random(11);

    @Test
    void marksLieBetweenTheReportsAndBeforeTheFirstAtItsPace() {
        var log = new Course.Log();
        log.heard(0.25, 15);
        log.heard(0.5, 20);
        log.heard(0.4, 21);
        log.heard(0.75, 25);
        Course course = log.course(30, 2);

        assertThat(course.reached(0.25)).isCloseTo(15, within(1e-9));
        assertThat(course.reached(0.6)).isCloseTo(22, within(1e-9));
        assertThat(course.reached(0.1)).isCloseTo(12, within(1e-9));
        assertThat(course.reached(1)).isEqualTo(30);
        assertThat(course.reports()).isEqualTo(new Course.Reports(3, 15));
        assertThat(course.whole()).isEqualTo(32);
    }

    @Test
    void whoWasNeverHeardOfHasNoMarks() {
        assertThat(new Course.Log().course(10, 1).tenths()).isEmpty();
        var atItsEnd = new Course.Log();
        atItsEnd.heard(1, 10);
        assertThat(atItsEnd.course(10, 1).tenths()).isEmpty();
    }

    @Test
    void howLongItWaitedBeforeTellsNothingOfWhatIsLeft() {
        Courses courses = history(60, () -> even(40 * random.nextDouble(), 10, 2));
        Courses.Outlook half = courses.outlook(new Courses.Seen(100, 0.5, 100, 4));
        assertThat(half.quantile(0.5)).isCloseTo(7, within(0.3));
        assertThat(half.quantile(0.9)).isCloseTo(7, within(0.5));
    }

    @Test
    void aSlowOneIsForetoldFromItsOwnPace() {
        Courses courses = history(60, () -> even(1, 10 + 50 * random.nextDouble(), 2));
        // from a tenth to the half in twenty seconds: fifty for the whole, twenty-five are left
        assertThat(courses.outlook(new Courses.Seen(26, 0.5, 26, 20)).quantile(0.5))
                .isCloseTo(27, within(1.5));
    }

    @Test
    void whatIsOverdueTakesLongerAndLonger() {
        Courses courses = history(60, () -> even(1, 10, 2));
        double late = courses.outlook(new Courses.Seen(100, 0.5, 6, 4)).quantile(0.5);
        double later = courses.outlook(new Courses.Seen(200, 0.5, 6, 4)).quantile(0.5);
        assertThat(late).isPositive();
        assertThat(later).isGreaterThan(late);
    }

    @Test
    void theNewestCountMost() {
        var newestFirst = new ArrayList<Course>();
        for (int i = 0; i < 200; i++) {
            newestFirst.add(even(0, i < 60 ? 20 : 10, 0));
        }
        assertThat(Courses.of(newestFirst).whole().quantile(0.5)).isCloseTo(20, within(0.1));
    }

    @Test
    void withFewThereIsNothingToLearnFrom() {
        assertThat(Courses.NONE.enough()).isFalse();
        assertThat(history(7, () -> even(1, 10, 2)).enough()).isFalse();
        assertThat(history(8, () -> even(1, 10, 2)).enough()).isTrue();
    }

    @Test
    void theQuantilesNeverFallAsTheShareRises() {
        Courses courses =
                history(200, () -> even(5 * random.nextDouble(), 5 + 60 * random.nextDouble(), random.nextDouble()));
        for (int round = 0; round < 500; round++) {
            double elapsed = 80 * random.nextDouble();
            double heardAt = elapsed * random.nextDouble();
            var outlook = courses.outlook(
                    new Courses.Seen(elapsed, random.nextDouble(), heardAt, heardAt * random.nextDouble()));
            double before = 0;
            for (double share = 0; share <= 1; share += 0.05) {
                double left = outlook.quantile(share);
                assertThat(left).isGreaterThanOrEqualTo(before).isFinite();
                before = left;
            }
        }
    }

    private static Courses history(int count, java.util.function.Supplier<Course> next) {
        var courses = new ArrayList<Course>();
        for (int i = 0; i < count; i++) {
            courses.add(next.get());
        }
        return Courses.of(List.copyOf(courses));
    }

    /** Waits, then goes on evenly, and tells each twentieth. */
    private static Course even(double wait, double work, double finish) {
        var log = new Course.Log();
        for (int i = 1; i < 20; i++) {
            log.heard(i / 20.0, wait + work * i / 20);
        }
        return log.course(wait + work, finish);
    }
}
