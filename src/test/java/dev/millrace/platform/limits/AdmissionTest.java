package dev.millrace.platform.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    @Test
    void tellsItsWindowsAsStructuredFields() {
        var admission = new Admission(true, new Gauge(60, 59, 12), new Gauge(1_000, 999, 40_000), false, "k", 1);

        assertThat(admission.policy()).isEqualTo("\"minute\";q=60;w=60, \"day\";q=1000;w=86400");
        assertThat(admission.rate()).isEqualTo("\"minute\";r=59;t=12, \"day\";r=999;t=40000");
    }

    @Test
    void saysNothingOfWindowsThatAreNotThereAndThatItIsDegraded() {
        var admission = new Admission(true, new Gauge(30, 29, 60), Gauge.NONE, true, "k", 1);

        assertThat(admission.policy()).isEqualTo("\"minute\";q=30;w=60;millrace-degraded=1");
        assertThat(admission.rate()).isEqualTo("\"minute\";r=29;t=60");
        assertThat(new Admission(true, Gauge.NONE, Gauge.NONE, false, "k", 0).policy())
                .isEmpty();
    }

    @Test
    void sendsAwayForAsLongAsTheLongestViolatedWindowAsks() {
        var byMinute = new Admission(false, new Gauge(60, 0, 12), new Gauge(1_000, 5, 40_000), false, "k", 0);
        var byBoth = new Admission(false, new Gauge(60, 0, 12), new Gauge(1_000, 0, 40_000), false, "k", 0);
        var now = new Admission(false, new Gauge(60, 0, 0), Gauge.NONE, false, "k", 0);

        assertThat(byMinute.retryAfter()).isEqualTo(Duration.ofSeconds(12));
        assertThat(byBoth.retryAfter()).isEqualTo(Duration.ofSeconds(40_000));
        assertThat(now.retryAfter()).isEqualTo(Duration.ofSeconds(1));
        Problem problem = catchThrowableOfType(Problem.class, byBoth::require);
        assertThat(problem.type()).isEqualTo(ProblemType.RATE_LIMITED);
        assertThat(problem.retryAfter()).isEqualTo(Duration.ofSeconds(40_000));
        assertThat(problem.detail()).isEqualTo("That was too often. Try again in 12 hours.");
    }
}
