package dev.millrace.generation.provider.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All who ask one vendor wait in one line, and nobody asks while it wants a pause. */
@Timeout(60)
class TurnsTest {
    private final List<Duration> pauses = new ArrayList<>();
    private final Cancellation over = new Cancellation();

    @Test
    void thoseWhoLookAndThoseWhoAskForThemselvesShareThePace() throws Exception {
        var turns = new Turns(20, pauses::add);
        long from = System.nanoTime();
        for (int i = 0; i < 5; i++) {
            turns.await();
            assertThat(turns.await(over)).isTrue();
        }

        assertThat(since(from)).isGreaterThan(Duration.ofMillis(450));
    }

    @Test
    void aPauseIsKeptByWhoeverWaits() throws Exception {
        var turns = new Turns(1_000, pauses::add);
        long from = System.nanoTime();
        turns.hold(refusal(Duration.ofMillis(700)));
        turns.hold(refusal(Duration.ofMillis(100))); // a shorter one does not end it

        assertThat(turns.await(over)).isTrue();
        assertThat(since(from)).isGreaterThanOrEqualTo(Duration.ofMillis(700));
        assertThat(turns.held()).isZero();
        assertThat(pauses).containsExactly(Duration.ofMillis(700), Duration.ofMillis(100));
    }

    @Test
    void nobodyWaitsForLongerThanAMinuteNorLessThanASecondWhenNoTimeWasTold() {
        var turns = new Turns(1_000, pauses::add);

        assertThat(turns.hold(refusal(null))).isEqualTo(Duration.ofSeconds(1));
        assertThat(turns.hold(refusal(Duration.ofDays(1)))).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void whoIsNotWantedAnyMoreWaitsNoLonger() throws Exception {
        var turns = new Turns(1_000, pauses::add);
        turns.hold(refusal(Duration.ofSeconds(50)));
        Thread.ofVirtual().start(over::cancel);

        assertThat(turns.await(over)).isFalse();
    }

    private static Duration since(long from) {
        return Duration.ofNanos(System.nanoTime() - from);
    }

    private static ProviderFailure refusal(@Nullable Duration wait) {
        return new ProviderFailure(Kind.RATE_LIMITED, "slowly", wait, null);
    }
}
