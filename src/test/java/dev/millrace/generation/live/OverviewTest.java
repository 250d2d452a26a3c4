package dev.millrace.generation.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.live.OverviewRows.Begun;
import dev.millrace.generation.live.OverviewRows.Place;
import dev.millrace.generation.live.OverviewRows.Standing;
import dev.millrace.generation.live.OverviewRows.Told;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an onlooker is told of what stands in the table. */
class OverviewTest {
    private static final UUID ACCOUNT = new UUID(1, 1);
    private static final UUID OLD = new UUID(10L << 16, 1);
    private static final UUID NEW = new UUID(20L << 16, 1);

    private final Overview overview = new Overview(ACCOUNT);
    private final Onlooker onlooker = new Onlooker(() -> true);
    private long seq = 1;

    @Test
    void whoArrivesIsToldWhatIsNotOverAndThenEveryChangeOnce() throws InterruptedException {
        overview.join(onlooker);
        overview.begin(OLD);
        overview.stands(standing(OLD, "running", "starting", false, "{\"percent\":12.5,\"stage\":\"generating\"}"));
        overview.stands(standing(NEW, "completed", "finishing", true, null));
        overview.settle(OLD);
        assertThat(told()).containsExactly(state(OLD, "running", "generating", "12.5"));

        overview.told(event(OLD, "progress", "{\"percent\":13,\"stage\":\"generating\"}"), null);
        overview.told(event(OLD, "preview", ""), null);
        overview.told(event(OLD, "reset", ""), null);
        overview.told(event(OLD, "progress", "{\"percent\":90,\"stage\":\"finishing\"}"), null);
        overview.told(event(OLD, "asset", ""), "{\"id\":\"a\"}");
        overview.told(event(OLD, "completed", ""), null);
        assertThat(told())
                .containsExactly(
                        state(OLD, "running", "generating", "13"),
                        state(OLD, "processing", "finishing", "90"),
                        "{\"id\":\"a\"}",
                        state(OLD, "completed", "finishing", "100"));
        assertThat(overview.places()).as("what is over is not read any more").isEmpty();
    }

    @Test
    void whatBeginsIsToldFromItsFirstEventAlsoWhenItIsOverAlready() throws InterruptedException {
        overview.join(onlooker);
        overview.begin(OLD);
        overview.settle(OLD);
        overview.begins(new Begun(ACCOUNT, NEW));
        overview.begins(new Begun(ACCOUNT, NEW));
        assertThat(overview.places()).containsEntry(NEW, Place.BEGINNING);
        overview.told(event(NEW, "queued", ""), null);
        overview.told(event(NEW, "queued", ""), null);
        overview.told(event(NEW, "started", ""), null);
        overview.told(event(NEW, "retrying", ""), null);
        overview.told(event(NEW, "failed", ""), null);
        assertThat(told())
                .containsExactly(
                        state(NEW, "queued", "queued", "0"),
                        state(NEW, "running", "starting", "0"),
                        state(NEW, "running", "retrying", "0"),
                        state(NEW, "failed", "finishing", "100"));
    }

    @Test
    void aPercentThatDoesNotGrowIsNoNews() throws InterruptedException {
        overview.join(onlooker);
        overview.begin(OLD);
        overview.stands(standing(OLD, "running", "generating", false, "{\"percent\":50,\"stage\":\"generating\"}"));
        overview.settle(OLD);
        told();
        overview.told(event(OLD, "progress", "{\"percent\":50,\"stage\":\"generating\"}"), null);
        overview.told(event(OLD, "progress", "{\"percent\":40,\"stage\":\"generating\"}"), null);
        assertThat(told()).isEmpty();
    }

    @Test
    void whatEndedLongAgoIsForgottenAndWhoLeftIsToldNothing() throws InterruptedException {
        overview.join(onlooker);
        overview.begin(OLD);
        overview.stands(standing(OLD, "completed", "finishing", true, null));
        overview.settle(NEW);
        overview.begins(new Begun(ACCOUNT, OLD));
        assertThat(overview.places()).as("forgotten, so it would be read again").containsKey(OLD);
        assertThat(overview.leave(onlooker)).isFalse();
        overview.told(event(OLD, "queued", ""), null);
        assertThat(told()).isEmpty();
    }

    private List<String> told() throws InterruptedException {
        var notices = new ArrayList<Notice>();
        onlooker.take(notices, 0);
        return notices.stream().map(Notice::json).toList();
    }

    private static String state(UUID id, String status, String stage, String percent) {
        return "{\"id\":\"" + id + "\",\"status\":\"" + status + "\",\"stage\":\"" + stage + "\",\"percent\":" + percent
                + "}";
    }

    private static Standing standing(UUID id, String status, String stage, boolean over, @Nullable String progress) {
        return new Standing(ACCOUNT, id, status, stage, BigDecimal.ZERO, over, 1, 1, progress);
    }

    private Told event(UUID id, String event, String data) {
        return new Told(id, 1, ++seq, event, data, event, "finishing", new BigDecimal("100.00"));
    }
}
