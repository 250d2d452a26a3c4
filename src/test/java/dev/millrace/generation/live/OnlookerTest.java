package dev.millrace.generation.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.events.Outlet.Parting;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What waits for a client who does not keep up with its account. */
class OnlookerTest {
    private static final Notice STATE = new Notice(Notice.Kind.STATE, "generation", "{}");
    private static final Notice PERCENT = new Notice(Notice.Kind.PERCENT, "generation", "{}");

    private final Onlooker onlooker = new Onlooker(() -> true);
    private final List<Notice> taken = new ArrayList<>();

    @Test
    void percentagesAreLeftOutBeforeAnythingElse() throws InterruptedException {
        for (int i = 0; i < 400; i++) {
            onlooker.offer(PERCENT);
            onlooker.offer(STATE);
        }
        assertThat(take()).isNull();
        assertThat(taken).filteredOn(STATE::equals).hasSize(400);
        assertThat(taken).filteredOn(PERCENT::equals).hasSize(Onlooker.CROWDED / 2);
    }

    @Test
    void whoTakesNothingAtAllIsSentAwayAndHoldsNoMemory() throws InterruptedException {
        for (int i = 0; i <= Onlooker.MOST; i++) {
            onlooker.offer(STATE);
        }
        assertThat(take()).isEqualTo(Parting.OVERLOAD);
        assertThat(taken).isEmpty();
    }

    @Test
    void theFirstReasonToPartCountsUnlessHeMayNotLookAnyMore() throws InterruptedException {
        onlooker.part(Parting.DRAIN);
        onlooker.part(Parting.LEFT);
        assertThat(take()).isEqualTo(Parting.DRAIN);
        onlooker.part(Parting.REVOKED);
        assertThat(take()).isEqualTo(Parting.REVOKED);
        onlooker.offer(STATE);
        assertThat(take()).isEqualTo(Parting.REVOKED);
        assertThat(taken).isEmpty();
    }

    private @Nullable Parting take() throws InterruptedException {
        return onlooker.take(taken, 0);
    }
}
