package dev.millrace.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.credits.Funds.Part;
import dev.millrace.credits.Funds.Pot;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FundsTest {
    private static final Instant SOON = Instant.parse("2026-03-02T00:00:00Z");
    private static final Instant LATER = SOON.plusSeconds(3_600);

    private final Pot purchased = pot(1, "purchased", 100, 20, null);
    private final Pot promo = pot(2, "promo", 50, 0, null);
    private final Pot promoSoon = pot(3, "promo", 10, 3, SOON);
    private final Pot promoLater = pot(4, "promo", 10, 0, LATER);
    private final Pot allowance = pot(5, "allowance", 30, 30, LATER);
    private final Pot dead = new Pot(id(9), id(6), "promo", 40, 5, SOON, false);
    private final Funds funds = new Funds(List.of(purchased, promo, promoSoon, promoLater, allowance, dead));

    @Test
    void onlyWhatLivesCounts() {
        assertThat(funds.balance()).isEqualTo(200);
        assertThat(funds.available()).isEqualTo(147);
        assertThat(funds.owed()).isZero();
    }

    @Test
    void whatDiesSoonestIsTakenFirstAndEmptyPursesAreLeftOut() {
        assertThat(funds.parts(77))
                .containsExactly(new Part(id(3), 7), new Part(id(4), 10), new Part(id(2), 50), new Part(id(1), 10));
    }

    @Test
    void whatSufficesIsTakenToTheLast() {
        assertThat(funds.suffice(147)).isTrue();
        assertThat(funds.parts(147).stream().mapToLong(Part::amount).sum()).isEqualTo(147);
        assertThat(funds.suffice(148)).isFalse();
        assertThat(funds.parts(0)).isEmpty();
    }

    @Test
    void whatIsHeldIsGoneForWhoeverComesNext() {
        Funds after = funds.holding(funds.parts(12));

        assertThat(after.standing()).isEqualTo(new Balance(200, 65, 135));
        assertThat(after.parts(10)).containsExactly(new Part(id(4), 5), new Part(id(2), 5));
        assertThat(funds.available()).isEqualTo(147);
    }

    @Test
    void whoOwesHasNothingToHold() {
        var debtor = new Funds(List.of(purchased, pot(7, "receivable", -1, 0, null)));

        assertThat(debtor.owed()).isEqualTo(1);
        assertThat(debtor.suffice(1)).isFalse();
        assertThat(debtor.suffice(0)).isFalse();
        assertThat(debtor.payable()).isTrue();
        assertThat(funds.payable()).isFalse();
        assertThat(new Funds(List.of(dead, pot(7, "receivable", -1, 0, null))).payable())
                .isFalse();
    }

    @Test
    void whoWasNeverHereHoldsNotEvenNothing() {
        assertThat(new Funds(List.of()).suffice(0)).isFalse();
    }

    private static Pot pot(int number, String kind, long posted, long held, @Nullable Instant expires) {
        return new Pot(id(9), id(number), kind, posted, held, expires, true);
    }

    private static UUID id(int number) {
        return new UUID(0, number);
    }
}
