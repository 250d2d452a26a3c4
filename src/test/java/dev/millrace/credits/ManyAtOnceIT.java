package dev.millrace.credits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.sql.Duplicate;
import dev.millrace.platform.sql.Many;
import dev.millrace.platform.sql.Told;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many holds and many bills in the same statements come to what they come to one after the other. */
class ManyAtOnceIT {
    private static final LedgerHouse HOUSE = new LedgerHouse();

    private final Many<Wanted, Boolean> holds = ManyAtOnceIT::hold;
    private final Many<Bill, Receipt> bills = (tx, all) -> HOUSE.credits.settle(tx, all).stream()
            .<Told<Receipt>>map(Told.Answer::new)
            .toList();

    @AfterEach
    void theBooksAreRight() {
        assertThat(HOUSE.broken()).isEmpty();
    }

    @AfterAll
    static void close() {
        HOUSE.close();
    }

    @Test
    void aRefusedOneAmongTheGrantedTakesNothingAndALaterSmallerOneStillFits() {
        UUID owner = HOUSE.owner(10);
        UUID other = HOUSE.owner(5);
        UUID poor = HOUSE.owner(0);

        List<@Nullable Problem> refusals = holding(
                wanted(owner, 6),
                wanted(other, 5),
                wanted(owner, 5),
                wanted(poor, 1),
                wanted(owner, 4),
                wanted(other, 1));

        assertThat(refusals.stream().map(refusal -> refusal == null))
                .containsExactly(true, true, false, false, true, false);
        assertThat(refusals.get(2))
                .satisfies(refusal -> assertThat(refusal.members())
                        .containsEntry("missing", new BigDecimal("1"))
                        .containsEntry("reason", "in_flight"));
        assertThat(HOUSE.funds(owner)).containsExactly(10L, 10L, 0L);
        assertThat(HOUSE.funds(other)).containsExactly(5L, 5L, 0L);
        assertThat(HOUSE.funds(poor)).containsExactly(0L, 0L, 0L);
    }

    @Test
    void capsCountWhatThoseBeforeItTakeUnderTheSameCapAndNobodyElse() {
        UUID owner = HOUSE.owner(100);
        UUID other = HOUSE.owner(100);
        UUID key = HOUSE.key(owner, 5);
        HOUSE.db.run(tx -> HOUSE.credits.caps().set(tx, owner, credits(10)));

        List<@Nullable Problem> refusals = holding(
                wanted(owner, key, 4),
                wanted(owner, null, 3),
                wanted(other, null, 9),
                wanted(owner, key, 2), // six of five
                wanted(owner, null, 4), // eleven of ten
                wanted(owner, key, 1),
                wanted(owner, null, 2),
                wanted(owner, null, 1)); // eleven of ten

        assertThat(refusals.stream()
                        .map(refusal ->
                                refusal == null ? "held" : refusal.members().get("reason")))
                .containsExactly("held", "held", "held", "cap_key", "cap_day", "held", "held", "cap_day");
        assertThat(refusals.get(3))
                .satisfies(refusal -> assertThat(refusal.members()).containsEntry("missing", new BigDecimal("1")));
        assertThat(refusals.get(4))
                .satisfies(refusal -> assertThat(refusal.members()).containsEntry("missing", new BigDecimal("1")));
        assertThat(HOUSE.funds(owner)).containsExactly(100L, 10L, 90L);
    }

    @Test
    void eachTakesFromThePursesWhatThoseBeforeItLeft() {
        UUID owner = HOUSE.owner(10);
        HOUSE.give(owner, Purse.PROMO, 10, null);
        HOUSE.give(owner, Purse.PROMO, 10, Instant.now().plus(Duration.ofDays(2)));
        HOUSE.give(owner, Purse.ALLOWANCE, 10, Instant.now().plus(Duration.ofDays(20)));
        List<Wanted> wanted = List.of(wanted(owner, 7), wanted(owner, 8), wanted(owner, 20), wanted(owner, 5));

        assertThat(holding(wanted.toArray(Wanted[]::new))).containsOnlyNulls();

        assertThat(parts(wanted.get(0))).containsExactly("1 allowance 7");
        assertThat(parts(wanted.get(1))).containsExactly("1 allowance 3", "2 promo 5");
        assertThat(parts(wanted.get(2))).containsExactly("1 promo 5", "2 promo 10", "3 purchased 5");
        assertThat(parts(wanted.get(3))).containsExactly("1 purchased 5");
        List<Receipt> receipts = settling(
                bill(wanted.get(2), 16), bill(wanted.get(0), 7), bill(wanted.get(1), 1), bill(wanted.get(3), 0));
        assertThat(receipts.stream().map(Receipt::chargedMicros))
                .containsExactly(credits(16), credits(7), credits(1), 0L);
        assertThat(HOUSE.funds(owner)).containsExactly(16L, 0L, 16L);
        assertThat(left(owner)).containsExactly("allowance 2", "promo 5", "purchased 9");
    }

    @Test
    void whoWasNeverHereIsGivenHisFirstPurseAmongTheOthers() {
        UUID newcomer = HOUSE.newcomer();
        UUID owner = HOUSE.owner(3);

        assertThat(holding(wanted(newcomer, 150), wanted(owner, 3), wanted(newcomer, 50)))
                .containsOnlyNulls();

        assertThat(HOUSE.funds(newcomer)).containsExactly(200L, 200L, 0L);
    }

    @Test
    void billsOfHoldsThatEndedAreToldHowAmongThoseThatAreOpen() {
        UUID owner = HOUSE.owner(100);
        UUID open = HOUSE.hold(owner, 10);
        UUID settled = HOUSE.hold(owner, 10);
        UUID released = HOUSE.hold(owner, 10);
        UUID expired = HOUSE.hold(owner, 10);
        HOUSE.settle(settled, 4);
        HOUSE.release(released);
        HOUSE.sql("UPDATE hold SET expires_at = now() - interval '1 second' WHERE id = '" + expired + "'");
        HOUSE.credits.expireHolds();

        List<Receipt> receipts =
                settling(bill(settled, 9), bill(open, 3), bill(released, 9), bill(expired, 2), bill(open, 8));

        assertThat(receipts.stream().map(Receipt::chargedMicros))
                .containsExactly(credits(4), credits(3), 0L, credits(2), credits(3));
        assertThat(HOUSE.funds(owner)).containsExactly(91L, 0L, 91L);
    }

    @Test
    void aBillOfNothingThereFailsForHimAloneWhoSentIt() throws Exception {
        UUID owner = HOUSE.owner(100);
        var calls = new ArrayList<Callable<Receipt>>();
        for (int i = 0; i < 30; i++) {
            UUID hold = i == 11 ? Ids.next() : HOUSE.hold(owner, 2);
            calls.add(() -> {
                try {
                    return HOUSE.db.together(bills, bill(hold, 1));
                } catch (IllegalStateException absent) {
                    return new Receipt(-1, 0, List.of());
                }
            });
        }

        List<Receipt> receipts = LedgerHouse.all(calls);

        for (int i = 0; i < 30; i++) {
            assertThat(receipts.get(i).chargedMicros()).isEqualTo(i == 11 ? -1 : credits(1));
        }
        assertThat(HOUSE.funds(owner)).containsExactly(71L, 0L, 71L);
    }

    @Test
    void theSameHoldTwiceIsGrantedOnce() {
        UUID owner = HOUSE.owner(100);
        Wanted one = wanted(owner, 5);

        assertThatThrownBy(() -> holding(one, wanted(owner, 1), one)).isInstanceOf(RuntimeException.class);
        assertThat(HOUSE.funds(owner)).containsExactly(100L, 0L, 100L);
        boolean granted = HOUSE.db.together(holds, one);
        assertThat(granted).isTrue();
        assertThatThrownBy(() -> HOUSE.db.together(holds, one)).isInstanceOf(Duplicate.class);
        assertThat(HOUSE.funds(owner)).containsExactly(100L, 5L, 95L);
    }

    @Test
    void manyWhoAskTogetherAndSomeWhoAskAloneCannotOverspend() throws Exception {
        UUID owner = HOUSE.owner(500);
        UUID rich = HOUSE.owner(10_000);
        var granted = new AtomicInteger();
        var calls = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < 300; i++) {
            boolean together = i % 3 > 0;
            UUID whose = i % 5 == 0 ? rich : owner;
            calls.add(() -> {
                try {
                    if (together) {
                        HOUSE.db.together(holds, wanted(whose, 7));
                    } else {
                        HOUSE.hold(whose, 7);
                    }
                    granted.addAndGet(whose.equals(owner) ? 1 : 0);
                    return true;
                } catch (Problem refused) {
                    return false;
                }
            });
        }

        LedgerHouse.all(calls);

        assertThat(granted).hasValue(71);
        assertThat(HOUSE.funds(owner)).containsExactly(500L, 497L, 3L);
    }

    @Test
    void atRandomManyAtOnceComeToWhatOneAfterTheOtherComesTo() {
        for (int seed = 0; seed < 12; seed++) {
            var random = new Random(seed);
            long first = random.nextLong(60);
            long second = random.nextLong(60);
            UUID many = HOUSE.owner(first);
            UUID each = HOUSE.owner(first);
            for (UUID owner : List.of(many, each)) {
                HOUSE.give(owner, Purse.PROMO, second, Instant.now().plus(Duration.ofDays(3)));
            }
            List<Long> amounts = random.longs(12, 0, 25).boxed().toList();
            List<Wanted> wanted =
                    amounts.stream().map(amount -> wanted(many, amount)).toList();

            List<@Nullable Problem> refusals = holding(wanted.toArray(Wanted[]::new));

            List<Boolean> oneByOne =
                    amounts.stream().map(amount -> HOUSE.tryHold(each, amount)).toList();
            assertThat(refusals.stream().map(refusal -> refusal == null))
                    .as("seed %s", seed)
                    .isEqualTo(oneByOne);
            assertThat(HOUSE.funds(many)).as("seed %s", seed).isEqualTo(HOUSE.funds(each));
            Bill[] bills = IntStream.range(0, 12)
                    .filter(i -> refusals.get(i) == null)
                    .mapToObj(i -> bill(wanted.get(i), random.nextLong(amounts.get(i) + 3)))
                    .toArray(Bill[]::new);
            settling(bills);
            assertThat(HOUSE.funds(many).get(1)).isZero();
        }
    }

    private static List<Told<Boolean>> hold(Tx tx, List<Wanted> all) {
        return HOUSE.credits.hold(tx, all).stream()
                .<Told<Boolean>>map(refusal -> refusal == null ? new Told.Answer<>(true) : new Told.Refusal<>(refusal))
                .toList();
    }

    private static List<@Nullable Problem> holding(Wanted... wanted) {
        return HOUSE.patiently(tx -> HOUSE.credits.hold(tx, List.of(wanted)));
    }

    private static List<Receipt> settling(Bill... bills) {
        return HOUSE.patiently(tx -> HOUSE.credits.settle(tx, List.of(bills)));
    }

    private static Wanted wanted(UUID owner, long credit) {
        return new Wanted(Ids.next(), owner, credits(credit), "studio/video");
    }

    private static Wanted wanted(UUID owner, @Nullable UUID key, long credit) {
        return new Wanted(Ids.next(), new Spender(owner, key), "studio", credits(credit), "studio/video");
    }

    private static Bill bill(Wanted wanted, long credit) {
        return bill(wanted.hold(), credit);
    }

    private static Bill bill(UUID hold, long credit) {
        return new Bill(hold, List.of(LedgerHouse.line(credit)));
    }

    private static long credits(long credit) {
        return credit * Micros.CREDIT;
    }

    private static List<String> parts(Wanted wanted) {
        return HOUSE.db.read(tx ->
                tx.query("""
                        SELECT p.place || ' ' || a.kind || ' ' || p.amount / 1000000
                        FROM hold_part p
                        JOIN credit_account a ON a.id = p.account
                        WHERE p.hold = :hold
                        ORDER BY p.place""").bind("hold", wanted.hold()).mapTo(String.class).list());
    }

    private static List<String> left(UUID owner) {
        return HOUSE.db.read(
                tx -> tx.query("""
                        SELECT kind || ' ' || posted / 1000000
                        FROM credit_account
                        WHERE owner = :owner AND (expires_at IS NOT NULL OR posted > 0)
                        ORDER BY kind = 'purchased', kind, expires_at NULLS LAST""").bind("owner", owner).mapTo(String.class).list());
    }
}
