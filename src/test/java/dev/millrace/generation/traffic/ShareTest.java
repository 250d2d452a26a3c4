package dev.millrace.generation.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ShareTest {
    private final AtomicLong now =
            new AtomicLong(Long.MAX_VALUE - 50); // as the monotonic clock may stand: about to overflow
    private final Share share = new Share(100, now::get);

    @Test
    void thereAreSoManyPlacesAndNoMore() {
        assertThat(share.take(2, true)).isTrue();
        assertThat(share.take(2, true)).isTrue();
        assertThat(share.take(2, false)).isFalse();
        share.leave();
        assertThat(share.take(2, false)).isTrue();
    }

    @Test
    void whoWasTurnedAwayComesBeforeThoseWhoAreNewUntilHeMustHaveComeAgain() {
        assertThat(share.take(1, true)).isTrue();
        assertThat(share.take(1, true)).isFalse();
        share.leave();
        now.addAndGet(99);
        assertThat(share.take(1, true)).isFalse();
        now.addAndGet(1);
        assertThat(share.take(1, true)).isTrue();
        share.leave();
        assertThat(share.take(1, false)).isTrue();
    }
}
