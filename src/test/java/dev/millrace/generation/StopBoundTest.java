package dev.millrace.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.events.EventLog.Told;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.catalogue.Per;
import dev.millrace.generation.provider.catalogue.Price;
import dev.millrace.generation.provider.catalogue.PriceLine;
import dev.millrace.generation.store.Order;
import dev.millrace.generation.store.Stage;
import dev.millrace.generation.store.Status;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StopBoundTest {
    /** 100 micro-credits a word. */
    private static final Order TEXT = order(GenerationKind.TEXT, Per.WORDS_100, 10_000, 102_400);

    private static final Order VIDEO = order(GenerationKind.VIDEO, Per.SECOND, 1_000_000, 8_000_000);
    private static final Order PICTURES = order(GenerationKind.IMAGE, Per.IMAGE, 1_000_000, 4_000_000);

    @Test
    void ofATextItIsWhatCameAndWhatMayComeMeanwhileAtTheFastestRateSeen() {
        // twenty words a second, once thirty: five seconds of it, and a group of sixteen that nobody was told of
        var lately = List.of(text(4, 9_000), text(3, 7_000), text(2, 4_000), text(1, 2_000));

        assertThat(StopBound.of(TEXT, lately)).isEqualTo(9_000 + 5 * 3_000 + 1_600);
    }

    @Test
    void aStreamThatHasStoppedMayGoOnAsItWent() {
        assertThat(StopBound.of(TEXT, List.of(text(30, 2_000), text(2, 2_000), text(1, 0))))
                .isEqualTo(2_000 + 5 * 2_000 + 1_600);
    }

    @Test
    void itIsNeverMoreThanIsHeld() {
        assertThat(StopBound.of(TEXT, List.of(text(4, 102_000), text(3, 80_000))))
                .isEqualTo(102_400);
    }

    @Test
    void whereNothingIsKnownOfItsPaceItIsAllThatIsHeld() {
        assertThat(StopBound.of(TEXT, List.of())).isEqualTo(102_400);
        assertThat(StopBound.of(TEXT, List.of(text(1, 0)))).isEqualTo(102_400);
        assertThat(StopBound.of(TEXT, List.of(text(1, 500)))).isEqualTo(102_400);
    }

    @Test
    void anAttemptThatBeginsAnewDoesNotMakeTheRateLess() {
        assertThat(StopBound.of(TEXT, List.of(text(4, 1_000), text(3, 5_000), text(2, 3_000))))
                .isEqualTo(1_000 + 5 * 2_000 + 1_600);
    }

    @Test
    void whatComesAtOnceCostsNothingLongBeforeItsEndAndAllCloseToIt() {
        assertThat(StopBound.of(VIDEO, List.of(new Told(40, 30.0, 20, 0)))).isZero();
        assertThat(StopBound.of(VIDEO, List.of(new Told(80, 8.0, 40, 0)))).isEqualTo(8_000_000);
        assertThat(StopBound.of(VIDEO, List.of(new Told(92, 30.0, 40, 0)))).isEqualTo(8_000_000);
        assertThat(StopBound.of(VIDEO, List.of(new Told(5, null, 1, 0)))).isEqualTo(8_000_000);
    }

    @Test
    void ofPicturesTheOneInTheMakingMayComeToo() {
        assertThat(StopBound.of(PICTURES, List.of(new Told(25, 60.0, 20, 1_000_000))))
                .isEqualTo(2_000_000);
    }

    private static Told text(double elapsed, long micros) {
        return new Told(10, 5.0, elapsed, micros);
    }

    private static Order order(GenerationKind kind, Per per, long amount, long held) {
        var id = UUID.fromString("0190c1d0-0000-7000-8000-000000000002");
        return new Order(
                id,
                id,
                new Order.Wish(kind, "a/b", "a", "a mill", List.of(), GenerationOptions.NONE, null, List.of()),
                new Price(List.of(new PriceLine(per, amount, null))),
                new Order.Money(held / 2, held),
                "one",
                new Order.Standing(Status.RUNNING, Stage.GENERATING, 1, Instant.EPOCH, 10),
                Instant.EPOCH);
    }
}
