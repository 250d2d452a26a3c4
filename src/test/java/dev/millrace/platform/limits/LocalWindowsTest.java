package dev.millrace.platform.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What one node lets through while Redis is away. Time moves when told. */
class LocalWindowsTest {
    private final AtomicLong clock = new AtomicLong(Duration.ofHours(5).toNanos());
    private final LocalWindows windows = new LocalWindows(clock::get);
    private final Pair tenAMinute = new Pair(Window.minute(10), Window.day(100));

    @Test
    void isExactInEverySpanOfItsLength() {
        pass(Duration.ofSeconds(59));
        assertThat(taken(6)).isEqualTo(6);
        pass(Duration.ofSeconds(2));
        assertThat(taken(10)).isEqualTo(4);

        pass(Duration.ofSeconds(57));
        assertThat(taken(10)).isZero();
        pass(Duration.ofMillis(1_001)); // stamps are unique, so six at once are a few nanoseconds apart
        assertThat(taken(10)).isEqualTo(6);
    }

    @Test
    void tellsWhatIsLeftAndWhenMoreIsFree() {
        Take first = take("k", tenAMinute);
        pass(Duration.ofMillis(10_500));
        Take second = look("k", tenAMinute);

        assertThat(first.gauges().getFirst().brief()).isEqualTo(new Gauge(10, 9, 60));
        assertThat(second.gauges().getFirst().brief()).isEqualTo(new Gauge(10, 9, 50));
        assertThat(second.gauges().getFirst().wide()).isEqualTo(new Gauge(100, 99, 86_390));
        assertThat(look("other", tenAMinute).gauges().getFirst().brief()).isEqualTo(new Gauge(10, 10, 0));
    }

    @Test
    void theLongWindowHoldsToo() {
        int all = 0;
        for (int minute = 0; minute < 20; minute++) {
            all += taken(10);
            pass(Duration.ofMinutes(2));
        }
        assertThat(all).isEqualTo(100);
        pass(Duration.ofHours(24));
        assertThat(taken(10)).isEqualTo(10);
    }

    @Test
    void anOutageHandsOutNoFreshQuota() {
        heard(new Gauge(10, 3, 20), new Gauge(100, 80, 300));

        pass(Duration.ofSeconds(5));
        Take before = look("k", tenAMinute);
        assertThat(taken(10)).isEqualTo(3);
        assertThat(before.gauges().getFirst().brief()).isEqualTo(new Gauge(10, 3, 55));
        pass(Duration.ofSeconds(55));
        assertThat(taken(10)).isEqualTo(7); // three of its own are still within the minute
    }

    @Test
    void aPlaceGivenBackIsFreeOnce() {
        Take last = take("k", tenAMinute);
        assertThat(taken(10)).isEqualTo(9);

        windows.giveBack(List.of("k"), last.ticket());
        windows.giveBack(List.of("k"), last.ticket());

        assertThat(taken(10)).isEqualTo(1);
    }

    @Test
    void anOutageInTurnsHandsOutNoMoreThanOneOutage() {
        heard(new Gauge(10, 9, 60), new Gauge(100, 99, 300));
        assertThat(taken(5)).isEqualTo(5);

        // back for one call, and away again: Redis does not know of the five
        heard(new Gauge(10, 8, 60), new Gauge(100, 98, 300));

        assertThat(taken(10)).isEqualTo(3);
    }

    @Test
    void aLimitOfNothingLetsNothingThroughAndNoLimitEverything() {
        var nothing = new Pair(Window.minute(0), Window.day(Limits.NONE));
        var noMinute = new Pair(Window.minute(Limits.NONE), Window.day(3));

        assertThat(take("a", nothing).allowed()).isFalse();
        assertThat(look("a", nothing).gauges().getFirst().brief()).isEqualTo(new Gauge(0, 0, 60));
        assertThat(take("b", noMinute).gauges().getFirst().brief()).isEqualTo(Gauge.NONE);
        assertThat(look("b", noMinute).gauges().getFirst().wide().remaining()).isEqualTo(2);
    }

    @Test
    void theShareOfANodeIsRoundedUpAndNeverNothing() {
        assertThat(Window.minute(10).share(3).limit()).isEqualTo(4);
        assertThat(Window.minute(1).share(50).limit()).isEqualTo(1);
        assertThat(Window.minute(0).share(2).limit()).isZero();
        assertThat(Window.minute(Limits.NONE).share(2).limited()).isFalse();
    }

    @Test
    void aCallUnderTwoKeysTakesAPlaceInBothOrInNeither() {
        var both = List.of(
                new Asked("a", "", tenAMinute), new Asked("b", "key-", new Pair(Window.minute(2), Window.day(100))));
        assertThat(windows.take(both).allowed()).isTrue();
        Take second = windows.take(both);
        assertThat(second.allowed()).isTrue();
        assertThat(windows.take(both).allowed()).isFalse();
        assertThat(look("a", tenAMinute).gauges().getFirst().brief().remaining())
                .isEqualTo(8);

        windows.giveBack(List.of("a", "b"), second.ticket());

        assertThat(look("a", tenAMinute).gauges().getFirst().brief().remaining())
                .isEqualTo(9);
        assertThat(windows.take(both).allowed()).isTrue();
    }

    private Take take(String key, Pair pair) {
        return windows.take(List.of(new Asked(key, "", pair)));
    }

    private Take look(String key, Pair pair) {
        return windows.look(List.of(new Asked(key, "", pair)));
    }

    private void heard(Gauge brief, Gauge wide) {
        windows.heard(
                List.of(new Asked("k", "", tenAMinute)), new Take(true, List.of(new Take.Gauges(brief, wide)), 1));
    }

    private int taken(int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += take("k", tenAMinute).allowed() ? 1 : 0;
        }
        return taken;
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }
}
