package dev.millrace.platform.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    @Test
    void tellsItsWindowsAsStructuredFields() {
        var admission = admission(true, new Gauge(60, 59, 12), new Gauge(1_000, 999, 40_000), false, 1);

        assertThat(admission.policy()).isEqualTo("\"minute\";q=60;w=60, \"day\";q=1000;w=86400");
        assertThat(admission.rate()).isEqualTo("\"minute\";r=59;t=12, \"day\";r=999;t=40000");
    }

    @Test
    void saysNothingOfWindowsThatAreNotThereAndThatItIsDegraded() {
        var admission = admission(true, new Gauge(30, 29, 60), Gauge.NONE, true, 1);

        assertThat(admission.policy()).isEqualTo("\"minute\";q=30;w=60;millrace-degraded=1");
        assertThat(admission.rate()).isEqualTo("\"minute\";r=29;t=60");
        assertThat(admission(true, Gauge.NONE, Gauge.NONE, false, 0).policy()).isEmpty();
    }

    @Test
    void sendsAwayForAsLongAsTheLongestViolatedWindowAsks() {
        var byMinute = admission(false, new Gauge(60, 0, 12), new Gauge(1_000, 5, 40_000), false, 0);
        var byBoth = admission(false, new Gauge(60, 0, 12), new Gauge(1_000, 0, 40_000), false, 0);
        var now = admission(false, new Gauge(60, 0, 0), Gauge.NONE, false, 0);

        assertThat(byMinute.retryAfter()).isEqualTo(Duration.ofSeconds(12));
        assertThat(byBoth.retryAfter()).isEqualTo(Duration.ofSeconds(40_000));
        assertThat(now.retryAfter()).isEqualTo(Duration.ofSeconds(1));
        Problem problem = catchThrowableOfType(Problem.class, byBoth::require);
        assertThat(problem.type()).isEqualTo(ProblemType.RATE_LIMITED);
        assertThat(problem.retryAfter()).isEqualTo(Duration.ofSeconds(40_000));
        assertThat(problem.detail()).isEqualTo("That was too often. Try again in 12 hours.");
    }

    @Test
    void tellsTheWindowsOfAKeyBesideThoseOfItsAccount() {
        var both = new Admission(
                false,
                List.of(
                        new Stand("a", "", new Gauge(60, 59, 1), Gauge.NONE),
                        new Stand("k", "key-", new Gauge(5, 0, 30), new Gauge(50, 45, 2))),
                false,
                0);

        assertThat(both.rate()).isEqualTo("\"minute\";r=59;t=1, \"key-minute\";r=0;t=30, \"key-day\";r=45;t=2");
        assertThat(both.retryAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(both.givenBack().rate())
                .isEqualTo("\"minute\";r=60;t=1, \"key-minute\";r=1;t=30, \"key-day\";r=46;t=2");
        assertThat(both.givenBack().givenBack().minute().remaining()).isEqualTo(60);
    }

    @Test
    void theWindowThatKeepsHimLongestIsNamedAsInTheField() {
        var free = new Gauge(60, 1, 12);
        assertThat(admission(false, new Gauge(60, 0, 12), new Gauge(1_000, 5, 40_000), false, 0)
                        .full())
                .isEqualTo("minute");
        assertThat(admission(false, new Gauge(60, 0, 12), new Gauge(1_000, 0, 40_000), false, 0)
                        .full())
                .isEqualTo("day");
        assertThat(admission(false, new Gauge(60, 0, 12), new Gauge(1_000, 0, 11), false, 0)
                        .full())
                .isEqualTo("minute");
        assertThat(admission(false, new Gauge(60, 0, 12), new Gauge(1_000, 0, 12), false, 0)
                        .full())
                .isEqualTo("minute");
        assertThat(admission(true, free, free, false, 1).full()).isEmpty();
        assertThat(admission(false, new Gauge(60, 0, 0), new Gauge(9, 0, 0), false, 0)
                        .full())
                .isEmpty();
        var byKey = new Admission(
                false,
                List.of(
                        new Stand("a", "", new Gauge(60, 0, 12), free),
                        new Stand("k", "key-", new Gauge(5, 0, 30), new Gauge(50, 0, 31)),
                        new Stand("l", "late-", new Gauge(5, 0, 31), new Gauge(50, 0, 31))),
                false,
                0);
        assertThat(byKey.full()).isEqualTo("key-day");
    }

    @Test
    void whoIsLetInWaitsForNothingAndGoesOn() {
        var admission = admission(true, new Gauge(60, 0, 12), new Gauge(1_000, 7, 40_000), false, 1);

        assertThat(admission.require()).isSameAs(admission);
        assertThat(admission.retryAfter()).isEqualTo(Duration.ZERO);
        assertThat(admission.day().remaining()).isEqualTo(7);
        assertThat(admission.keys()).containsExactly("k");
    }

    @Test
    void aWaitIsToldInWordsThatRoundUp() {
        assertThat(Admission.words(Duration.ofSeconds(1))).isEqualTo("a second");
        assertThat(Admission.words(Duration.ofMinutes(2))).isEqualTo("120 seconds");
        assertThat(Admission.words(Duration.ofSeconds(121))).isEqualTo("3 minutes");
        assertThat(Admission.words(Duration.ofHours(2))).isEqualTo("120 minutes");
        assertThat(Admission.words(Duration.ofSeconds(7_201))).isEqualTo("3 hours");
    }

    private static Admission admission(boolean allowed, Gauge minute, Gauge day, boolean degraded, long ticket) {
        return new Admission(allowed, List.of(new Stand("k", "", minute, day)), degraded, ticket);
    }
}
