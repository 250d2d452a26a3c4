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
        assertThat(retry.after(failure(Kind.TRANSIENT, null), 0)).isNotNull();
        assertThat(retry.after(failure(Kind.OVERLOADED, null), 1)).isNotNull();
        assertThat(retry.after(failure(Kind.TRANSIENT, null), 2)).isNull();
    }

    @Test
    void whatTheVendorAsksForIsWaitedForWithinAMinute() {
        assertThat(retry.after(failure(Kind.RATE_LIMITED, Duration.ofSeconds(20)), 0))
                .isEqualTo(Duration.ofSeconds(20));
        assertThat(new Retry(bound -> 0).after(failure(Kind.RATE_LIMITED, Duration.ofSeconds(61)), 0))
                .isNull();
        long later = Duration.ofSeconds(45).toNanos();
        assertThat(retry.after(failure(Kind.RATE_LIMITED, Duration.ofSeconds(20)), later))
                .isNull();
    }

    @Test
    void whatCannotMendIsNotTriedAgain() {
        for (Kind kind : Kind.values()) {
            Duration wait = new Retry(bound -> 0).after(failure(kind, null), 0);
            assertThat(wait != null).as(kind.name()).isEqualTo(kind.retryable());
        }
    }

    @Test
    void theJitterIsFullAndItsBoundDoubles() {
        var random = new Random(5);
        for (int i = 0; i < 1_000; i++) {
            var one = new Retry(bound -> (long) (random.nextDouble() * bound));
            assertThat(one.after(failure(Kind.TRANSIENT, null), 0)).isBetween(Duration.ZERO, Duration.ofSeconds(1));
            assertThat(one.after(failure(Kind.TRANSIENT, null), 0)).isBetween(Duration.ZERO, Duration.ofSeconds(2));
        }
    }

    private static ProviderFailure failure(Kind kind, @Nullable Duration retryAfter) {
        return new ProviderFailure(kind, "No.", retryAfter, null);
    }
}
