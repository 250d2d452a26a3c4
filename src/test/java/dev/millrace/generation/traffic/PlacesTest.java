package dev.millrace.generation.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private final AtomicLong now =
            new AtomicLong(Long.MAX_VALUE - 50); // as the monotonic clock may stand: about to overflow
    private final Places places = new Places(100, now::get);

    @Test
    void oneAloneFillsTwoThirdsAndNoMore() {
        assertThat(fill("a", 12)).isEqualTo(8);
        assertThat(places.take("a", 12, false)).isFalse();
        places.leave("a");
        assertThat(places.take("a", 12, false)).isTrue();
        assertThat(places.take("a", 12, false)).isFalse();
    }

    @Test
    void howeverManyCrawlSomethingStaysFreeForTheNext() {
        int all = 600;
        int taken = 0;
        for (String provider : new String[] {"a", "b", "c", "d"}) {
            int more = fill(provider, all);
            assertThat(more).as(provider).isPositive();
            taken += more;
        }
        assertThat(taken).isLessThan(all);
        assertThat(places.take("e", all, true)).isTrue();
    }

    @Test
    void twoThatCrawlComeToTwoFifthsEachWhenTheyComeTogether() {
        int first = 0;
        int second = 0;
        for (int i = 0; i < 100; i++) {
            first += places.take("a", 100, true) ? 1 : 0;
            second += places.take("b", 100, true) ? 1 : 0;
        }
        assertThat(first).isEqualTo(40);
        assertThat(second).isEqualTo(40);
    }

    @Test
    void thereIsAPlaceOnTheSmallestNode() {
        assertThat(places.take("a", 1, true)).isTrue();
        assertThat(places.take("b", 1, true)).isFalse();
        places.leave("a");
        assertThat(places.take("b", 1, false)).isTrue();
    }

    @Test
    void whoChangesTakesNothingFromTheOthers() {
        assertThat(fill("a", 12)).isEqualTo(8);
        for (int i = 0; i < 8; i++) {
            assertThat(places.change("b", 12)).isTrue();
            places.left("a");
        }
        assertThat(places.take("b", 12, false)).isFalse();
        assertThat(places.change("b", 12)).as("one of the others still fits").isTrue();
        places.left("b");
        now.addAndGet(100);
        assertThat(fill("a", 12)).as("a begins anew").isEqualTo(3);
    }

    @Test
    void whoWasTurnedAwayComesBeforeThoseWhoAreNewUntilHeMustHaveComeAgain() {
        assertThat(places.take("a", 1, true)).isTrue();
        assertThat(places.take("a", 1, true)).isFalse();
        places.leave("a");
        now.addAndGet(99);
        assertThat(places.take("a", 1, true)).isFalse();
        now.addAndGet(1);
        assertThat(places.take("a", 1, true)).isTrue();
        places.leave("a");
        assertThat(places.take("a", 1, false)).isTrue();
    }

    private int fill(String provider, int all) {
        int taken = 0;
        while (places.take(provider, all, true)) {
            taken++;
        }
        return taken;
    }
}
