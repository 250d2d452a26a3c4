package dev.millrace.generation.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetryTest {
    private final Retry retry = new Retry(bound -> bound - 1);

    @Test
    void threeAttemptsAreMadeAndNoFourth() {
        assertThat(retry.after(failure(Kind.TRANSIENT, null))).isNotNull();
        assertThat(retry.after(failure(Kind.OVERLOADED, null))).isNotNull();
        assertThat(retry.after(failure(Kind.TRANSIENT, null))).isNull();
    }

    @Test
    void anotherModelHasAttemptsOfItsOwn() {
        retry.after(failure(Kind.TRANSIENT, null));
        retry.after(failure(Kind.TRANSIENT, null));
        assertThat(retry.after(failure(Kind.TRANSIENT, null))).isNull();
        retry.elsewhere();
        assertThat(retry.after(failure(Kind.TRANSIENT, null))).isNotNull();
    }

    @Test
    void whatTheVendorAsksForIsWaitedForWithATenthOnTop() {
        assertThat(new Retry(bound -> 0).after(failure(Kind.RATE_LIMITED, Duration.ofSeconds(20))))
                .isEqualTo(Duration.ofSeconds(20));
        assertThat(retry.after(failure(Kind.RATE_LIMITED, Duration.ofSeconds(20))))
                .isEqualTo(Duration.ofSeconds(22));
        assertThat(new Retry(bound -> 0).after(failure(Kind.RATE_LIMITED, Duration.ofSeconds(61))))
                .isNull();
    }

    @Test
    void aMinuteIsAllThatIsWaitedBetweenAttempts() {
        var patient = new Retry(bound -> 0);
        assertThat(patient.after(failure(Kind.RATE_LIMITED, Duration.ofSeconds(45))))
                .isNotNull();
        assertThat(patient.after(failure(Kind.RATE_LIMITED, Duration.ofSeconds(16))))
                .isNull();
        patient.elsewhere();
        assertThat(patient.after(failure(Kind.RATE_LIMITED, Duration.ofSeconds(8))))
                .isNotNull();
        assertThat(patient.leftAlone(failure(Kind.OVERLOADED, Duration.ofSeconds(1))))
                .isNull();
    }

    @Test
    void silenceIsWaitingToo() {
        var patient = new Retry(bound -> 0);
        patient.silent(Duration.ofSeconds(30));
        assertThat(patient.after(failure(Kind.DEADLINE, null))).isNotNull();
        patient.silent(Duration.ofSeconds(28));
        assertThat(patient.after(failure(Kind.DEADLINE, null))).isNull();

        var late = new Retry(bound -> 0);
        late.silent(Duration.ofSeconds(61));
        assertThat(late.after(failure(Kind.DEADLINE, null))).isNull();
        assertThat(late.longer()).isNull();
    }

    @Test
    void nobodyComesBackAtOnceForThatNoWaitWasAskedFor() {
        assertThat(retry.after(failure(Kind.RATE_LIMITED, Duration.ZERO))).isEqualTo(Duration.ofMillis(999));
    }

    @Test
    void anAttemptThatDidNotGoOnWithWhatWasBegunIsOneOfTheThree() {
        assertThat(retry.after(failure(Kind.TRUNCATED, null))).isNotNull();
        assertThat(retry.anew()).isTrue();
        assertThat(retry.after(failure(Kind.TRUNCATED, null))).isNull();
        assertThat(retry.anew()).isFalse();
    }

    @Test
    void aLongerWaitThanOurPatienceEndsBeforeTheDeadlineOrIsNotBegun() {
        var told = failure(Kind.RATE_LIMITED, Duration.ofMinutes(2));
        var patient = new Retry(bound -> 0);
        assertThat(patient.after(told)).isNull();
        assertThat(patient.asTold(told, Duration.ofMinutes(10))).isEqualTo(Duration.ofMinutes(2));
        assertThat(patient.asTold(told, Duration.ofMinutes(2))).isNull();
        assertThat(patient.asTold(failure(Kind.TRANSIENT, null), Duration.ofMinutes(10)))
                .isNull();
        assertThat(patient.asTold(failure(Kind.INVALID, Duration.ofMinutes(2)), Duration.ofMinutes(10)))
                .isNull();
    }

    @Test
    void whatCannotMendIsNotTriedAgain() {
        for (Kind kind : Kind.values()) {
            Duration wait = new Retry(bound -> 0).after(failure(kind, null));
            assertThat(wait != null).as(kind.name()).isEqualTo(kind.retryable());
        }
    }

    @Test
    void theJitterIsFullAndItsBoundDoubles() {
        var random = new Random(5);
        for (int i = 0; i < 1_000; i++) {
            var one = new Retry(bound -> (long) (random.nextDouble() * bound));
            assertThat(one.after(failure(Kind.TRANSIENT, null))).isBetween(Duration.ZERO, Duration.ofSeconds(1));
            assertThat(one.after(failure(Kind.TRANSIENT, null))).isBetween(Duration.ZERO, Duration.ofSeconds(2));
        }
    }

    private static ProviderFailure failure(Kind kind, @Nullable Duration retryAfter) {
        return new ProviderFailure(kind, "No.", retryAfter, null);
    }
}
