package dev.millrace.credits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import dev.millrace.platform.problem.Problem;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Money that goes back: refunds, disputes, what is owed, and holds that somebody has to free. After each test the books must be right. */
class ReversalsIT {
    private static final LedgerHouse HOUSE = new LedgerHouse();

    @AfterEach
    void theBooksAreRight() {
        assertThat(HOUSE.broken()).isEmpty();
    }

    @AfterAll
    static void close() {
        HOUSE.close();
    }

    @Test
    void whatIsLeftIsTakenAndTheRestIsOwedAndPaidFirst() {
        UUID owner = HOUSE.owner(0);
        String pack = bought(owner, 100);
        HOUSE.settle(HOUSE.hold(owner, 70), 70);

        assertThat(takeBack(pack, 100)).isEqualTo(Undoing.DONE);

        assertThat(HOUSE.funds(owner)).containsExactly(0L, 0L, 0L);
        assertThat(HOUSE.lines(owner).getFirst().amount()).isEqualByComparingTo("-100");
        assertThat(HOUSE.lines(owner).getFirst().balance()).isEqualByComparingTo("-70");
        // what is owed refuses even a hold that new credits would cover, until it is paid
        HOUSE.give(owner, Purse.PROMO, 50, null);
        assertThat(HOUSE.funds(owner)).containsExactly(0L, 0L, 0L);
        assertThatThrownBy(() -> HOUSE.hold(owner, 1))
                .isInstanceOfSatisfying(
                        Problem.class,
                        refused -> assertThat(refused.members())
                                .containsEntry("missing", new BigDecimal("21"))
                                .containsEntry("reason", "balance"));
        bought(owner, 30);
        assertThat(HOUSE.funds(owner)).containsExactly(10L, 0L, 10L);
        HOUSE.release(HOUSE.hold(owner, 10));
    }

    @Test
    void partsAddUpToWhatWasGivenHoweverOftenTheyAreAskedFor() throws Exception {
        UUID owner = HOUSE.owner(0);
        String pack = bought(owner, 100);
        String request = "taken:" + Ids.next();

        List<Undoing> same = LedgerHouse.together(
                20,
                () -> HOUSE.patiently(tx -> HOUSE.credits.takeBack(tx, pack, 40 * Micros.CREDIT, request, "Refund")));

        assertThat(same).containsOnlyOnce(Undoing.DONE).contains(Undoing.REPEATED);
        assertThat(HOUSE.funds(owner)).containsExactly(60L, 0L, 60L);
        var others = new ArrayList<Callable<Undoing>>();
        for (int i = 0; i < 5; i++) {
            others.add(() -> takeBack(pack, 40));
        }
        assertThat(LedgerHouse.all(others)).containsOnly(Undoing.DONE);
        assertThat(HOUSE.funds(owner)).containsExactly(0L, 0L, 0L);
        assertThat(owed(owner)).isZero();
        assertThat(takeBack("bought:" + Ids.next(), 1)).isEqualTo(Undoing.UNKNOWN);
    }

    @Test
    void creditsThatAreHeldAreOwedAndNotTakenFromUnderTheWork() {
        UUID owner = HOUSE.owner(0);
        String pack = bought(owner, 100);
        UUID hold = HOUSE.hold(owner, 80);

        takeBack(pack, 100);

        assertThat(owed(owner)).isEqualTo(80);
        HOUSE.settle(hold, 30);
        assertThat(HOUSE.tryHold(owner, 1)).isFalse();
        bought(owner, 100);
        assertThat(HOUSE.funds(owner)).containsExactly(70L, 0L, 70L);
    }

    @Test
    void creditsThatComeFreePayWhatIsOwedAndTheRestCanBeSpent() {
        UUID owner = HOUSE.owner(0);
        String pack = bought(owner, 100);
        UUID hold = HOUSE.hold(owner, 60);
        takeBack(pack, 50);
        assertThat(owed(owner)).isEqualTo(10);
        assertThat(HOUSE.funds(owner)).containsExactly(60L, 60L, 0L);

        HOUSE.release(hold);

        assertThat(owed(owner)).isZero();
        assertThat(HOUSE.funds(owner)).containsExactly(50L, 0L, 50L);
        assertThat(HOUSE.lines(owner).getFirst()).satisfies(line -> {
            assertThat(line.kind()).isEqualTo("adjustment");
            assertThat(line.description()).isEqualTo("10 credits paid of what was owed");
            assertThat(line.amount()).isEqualByComparingTo("0");
            assertThat(line.balance()).isEqualByComparingTo("50");
        });
        HOUSE.release(hold);
        assertThat(paid(owner)).isEqualTo(1);
        assertThat(HOUSE.settle(HOUSE.hold(owner, 50), 50).chargedMicros()).isEqualTo(50 * Micros.CREDIT);
    }

    @Test
    void whatAChargeLeavesOfItsHoldPaysWhatIsOwed() {
        UUID owner = HOUSE.owner(0);
        String pack = bought(owner, 100);
        UUID hold = HOUSE.hold(owner, 60);
        takeBack(pack, 50);

        HOUSE.settle(hold, 45);

        assertThat(owed(owner)).isZero();
        assertThat(HOUSE.funds(owner)).containsExactly(5L, 0L, 5L);
        HOUSE.settle(hold, 45);
        assertThat(paid(owner)).isEqualTo(1);
    }

    @Test
    void aForgottenHoldAndOneThatAnOperatorFreesPayWhatIsOwed() {
        UUID owner = HOUSE.owner(0);
        String pack = bought(owner, 100);
        UUID forgotten = HOUSE.hold(owner, 4);
        UUID freed = HOUSE.hold(owner, 50);
        UUID later = HOUSE.hold(owner, 46);
        takeBack(pack, 60);
        assertThat(owed(owner)).isEqualTo(60);

        HOUSE.sql("UPDATE hold SET expires_at = now() - interval '1 second' WHERE id = '" + forgotten + "'");
        HOUSE.credits.expireHolds();
        assertThat(owed(owner)).isEqualTo(56);
        assertThat(HOUSE.tryHold(owner, 1)).isFalse();
        release(freed, "ops@example.com", "the customer asked");
        assertThat(owed(owner)).isEqualTo(6);
        HOUSE.release(later);

        assertThat(owed(owner)).isZero();
        assertThat(HOUSE.funds(owner)).containsExactly(40L, 0L, 40L);
        assertThat(paid(owner)).isEqualTo(3);
    }

    @Test
    void whatIsFreeInOtherPursesPaysAtOnceInTheOrderOfSpendingAndNothingThatExpired() {
        UUID owner = HOUSE.owner(0);
        String pack = bought(owner, 30);
        HOUSE.settle(HOUSE.hold(owner, 30), 30);
        HOUSE.give(owner, Purse.PROMO, 5, Instant.now().plus(Duration.ofDays(1)));
        HOUSE.give(owner, Purse.ALLOWANCE, 8, Instant.now().plus(Duration.ofDays(30)));
        HOUSE.give(owner, Purse.PROMO, 20, null);
        HOUSE.give(owner, Purse.PROMO, 7, Instant.now().plus(Duration.ofDays(2)));
        HOUSE.sql("UPDATE credit_account SET expires_at = now() - interval '1 second' WHERE owner = '" + owner
                + "' AND posted = 7000000");
        takeBack(pack, 30);

        assertThat(owed(owner)).isZero();
        assertThat(HOUSE.tryHold(owner, 4)).isFalse();
        assertThat(HOUSE.tryHold(owner, 3)).isTrue();
        assertThat(HOUSE.funds(owner)).containsExactly(3L, 3L, 0L);
        assertThat(legs(owner)).containsExactly("allowance 8", "promo 5", "promo 17");
        HOUSE.credits.expireGrants();
    }

    @Test
    void workThatEndsAfterItsHoldExpiredIsChargedFromWhatItsOwnerHasBeyondHisDebts() {
        UUID owner = HOUSE.owner(0);
        String pack = bought(owner, 30);
        UUID hold = HOUSE.hold(owner, 10);
        HOUSE.sql("UPDATE hold SET expires_at = now() - interval '1 second' WHERE id = '" + hold + "'");
        HOUSE.credits.expireHolds();
        HOUSE.settle(HOUSE.hold(owner, 30), 30);
        HOUSE.give(owner, Purse.PROMO, 35, null);
        takeBack(pack, 30);

        assertThat(HOUSE.settle(hold, 9).chargedMicros()).isEqualTo(5 * Micros.CREDIT);

        assertThat(owed(owner)).isZero();
        assertThat(HOUSE.funds(owner)).containsExactly(0L, 0L, 0L);
    }

    @Test
    void workThatEndsAfterItsHoldExpiredIsNotChargedToWhoOwesAllHeHas() {
        UUID owner = HOUSE.owner(0);
        String pack = bought(owner, 30);
        UUID hold = HOUSE.hold(owner, 10);
        HOUSE.sql("UPDATE hold SET expires_at = now() - interval '1 second' WHERE id = '" + hold + "'");
        HOUSE.credits.expireHolds();
        HOUSE.settle(HOUSE.hold(owner, 30), 30);
        takeBack(pack, 30);

        Receipt receipt = HOUSE.settle(hold, 9);

        assertThat(receipt).isEqualTo(new Receipt(0, 10 * Micros.CREDIT, List.of()));
        assertThat(owed(owner)).isEqualTo(30);
    }

    @Test
    void endsAndBeginningsAtOncePayADebtOnceAndNeverMeet() throws Exception {
        for (int round = 0; round < 10; round++) {
            UUID owner = HOUSE.owner(0);
            UUID other = HOUSE.owner(0);
            var moves = new ArrayList<Callable<Object>>();
            for (UUID one : List.of(owner, other)) {
                String pack = bought(one, 100);
                HOUSE.give(one, Purse.PROMO, 20, null);
                var holds = new ArrayList<UUID>();
                for (int i = 0; i < 12; i++) {
                    holds.add(HOUSE.hold(one, 10));
                }
                takeBack(pack, 90);
                for (int i = 0; i < 12; i++) {
                    UUID hold = holds.get(i);
                    boolean released = i % 2 == 0;
                    moves.add(() -> released ? HOUSE.release(hold) : HOUSE.settle(hold, 4));
                    moves.add(() -> HOUSE.tryHold(one, 1) ? 1L : 0L);
                }
            }
            Collections.shuffle(moves, new Random(round));

            List<Object> all = LedgerHouse.all(moves);

            // 120 less the 90 taken back and six charges of 4; every hold was small enough for the six credits that
            // stay
            assertThat(owed(owner) + owed(other)).isZero();
            long begun = all.stream()
                    .filter(Long.class::isInstance)
                    .mapToLong(answer -> (Long) answer)
                    .sum();
            assertThat(HOUSE.funds(owner).get(0)).isEqualTo(6);
            assertThat(HOUSE.funds(other).get(0)).isEqualTo(6);
            assertThat(HOUSE.funds(owner).get(1) + HOUSE.funds(other).get(1)).isEqualTo(begun);
        }
    }

    @Test
    void aRefundThatFailsIsGivenAgainOnce() {
        UUID owner = HOUSE.owner(0);
        String pack = bought(owner, 100);
        HOUSE.settle(HOUSE.hold(owner, 30), 30);
        String request = "taken:" + Ids.next();
        HOUSE.db.run(tx -> HOUSE.credits.takeBack(tx, pack, 100 * Micros.CREDIT, request, "Refund"));

        assertThat(giveAgain(request)).isEqualTo(Undoing.DONE);

        assertThat(giveAgain(request)).isEqualTo(Undoing.REPEATED);
        assertThat(giveAgain("taken:" + Ids.next())).isEqualTo(Undoing.UNKNOWN);
        assertThat(HOUSE.funds(owner)).containsExactly(70L, 0L, 70L);
        assertThat(owed(owner)).isZero();
        // and it may be refunded once more
        assertThat(takeBack(pack, 100)).isEqualTo(Undoing.DONE);
        assertThat(owed(owner)).isEqualTo(30);
    }

    @Test
    void anAllowanceIsTakenBackFromItsOwnPurseAndNotWhatExpiredOfIt() {
        UUID owner = HOUSE.owner(50);
        String invoice = "month:" + Ids.next();
        HOUSE.db.run(tx -> HOUSE.credits.grant(
                tx,
                owner,
                new Grant(
                        Purse.ALLOWANCE,
                        100 * Micros.CREDIT,
                        Instant.now().plus(Duration.ofDays(30)),
                        invoice,
                        "A month")));
        HOUSE.settle(HOUSE.hold(owner, 20), 20);
        takeBack(invoice, 30);
        assertThat(HOUSE.funds(owner)).containsExactly(100L, 0L, 100L);

        HOUSE.sql("UPDATE credit_account SET expires_at = now() - interval '1 minute' WHERE owner = '" + owner
                + "' AND kind = 'allowance'");
        HOUSE.credits.expireGrants();
        takeBack(invoice, 100);

        // twenty of it were spent, and are paid by what is free elsewhere; the fifty that expired had been written off
        assertThat(HOUSE.funds(owner)).containsExactly(30L, 0L, 30L);
        assertThat(owed(owner)).isZero();
    }

    @Test
    void whatIsDisputedIsSetAsideWithoutAnEndAndReleasedOrTaken() {
        UUID owner = HOUSE.owner(0);
        String pack = bought(owner, 100);
        HOUSE.settle(HOUSE.hold(owner, 60), 60);
        UUID dispute = Ids.next();

        assertThat(freeze(pack, 100, dispute)).isEqualTo(Undoing.DONE);

        assertThat(freeze(pack, 100, dispute)).isEqualTo(Undoing.REPEATED);
        assertThat(HOUSE.funds(owner)).containsExactly(40L, 40L, 0L);
        assertThat(HOUSE.tryHold(owner, 1)).isFalse();
        assertThat(HOUSE.credits.expireHolds()).isZero();
        HOUSE.release(dispute);
        HOUSE.sql("UPDATE payment_case SET state = 'returned' WHERE hold = '" + dispute + "'");
        assertThat(HOUSE.funds(owner)).containsExactly(40L, 0L, 40L);
        takeBack(pack, 100);
        assertThat(owed(owner)).isEqualTo(60);
    }

    @Test
    void aHoldThatOutlivesItsWorkIsFoundFreedAndWrittenDown() {
        UUID owner = HOUSE.owner(10);
        UUID hold = HOUSE.hold(owner, 8);
        assertThat(HOUSE.credits.freeLeaked()).isZero(); // it may be about to begin
        HOUSE.sql("UPDATE hold SET created_at = now() - interval '6 minutes' WHERE id = '" + hold + "'");
        assertThat(HOUSE.broken()).containsExactly("a hold outlives what it pays for");

        assertThat(HOUSE.credits.freeLeaked()).isEqualTo(1);

        assertThat(HOUSE.funds(owner)).containsExactly(10L, 0L, 10L);
        assertThat(audit(hold)).containsEntry("how", "leaked").containsEntry("actor", "the server");
        assertThat(HOUSE.credits.freeLeaked()).isZero();
    }

    @Test
    void anOperatorFreesAHoldAndSaysWhy() {
        UUID owner = HOUSE.owner(10);
        UUID hold = HOUSE.hold(owner, 8);
        assertThatThrownBy(() -> release(hold, "ops@example.com", " "))
                .hasStackTraceContaining("say who frees it and why");

        release(hold, "ops@example.com", "the customer asked");

        assertThat(HOUSE.funds(owner)).containsExactly(10L, 0L, 10L);
        assertThat(audit(hold)).containsEntry("how", "operator").containsEntry("reason", "the customer asked");
        assertThat(HOUSE.settle(hold, 5).chargedMicros()).isEqualTo(5 * Micros.CREDIT); // its work ended all the same
        assertThatThrownBy(() -> release(hold, "ops", "again")).hasStackTraceContaining("there is no open hold");
    }

    @Test
    void givingTakingAndSpendingAtOnceNeitherMeetNorLoseAnything() throws Exception {
        UUID owner = HOUSE.owner(500);
        var moves = new ArrayList<Callable<Object>>();
        for (int i = 0; i < 12; i++) {
            String pack = bought(owner, 50);
            moves.add(() -> takeBack(pack, 50));
            moves.add(() -> bought(owner, 10));
            moves.add(() -> {
                HOUSE.give(owner, Purse.PROMO, 10, Instant.now().plusSeconds(3600));
                return "given";
            });
            moves.add(() -> HOUSE.tryHold(owner, 20) ? "held" : "refused");
        }

        LedgerHouse.all(moves);

        long spendable = HOUSE.funds(owner).getFirst();
        assertThat(spendable - owed(owner)).isEqualTo(500 + 12 * (50 - 50 + 10 + 10));
    }

    @Test
    void theWatchTellsWhatItFindsAndOneNodeAnHourLooks() {
        try (var house = new LedgerHouse();
                var watch = LedgerWatch.over(house.db);
                var other = LedgerWatch.over(house.db)) {
            UUID owner = house.owner(10);
            watch.round();
            assertThat(watch.standing().broken()).isZero();
            assertThat(watch.standing().checkedAt()).isNotNull();

            house.sql("UPDATE credit_account SET posted = posted + 1 WHERE owner = '" + owner + "' AND posted > 0");
            other.round();
            assertThat(other.standing().broken()).isZero(); // somebody has looked within the hour
            house.sql("UPDATE ledger_watch SET checked_at = now() - interval '61 minutes'");
            other.round();
            watch.round();

            assertThat(other.standing().broken()).isPositive();
            assertThat(watch.standing().broken()).isEqualTo(other.standing().broken());
        }
    }

    private static String bought(UUID owner, long credits) {
        String request = "bought:" + Ids.next();
        HOUSE.patiently(tx -> HOUSE.credits.grant(
                tx, owner, new Grant(Purse.PURCHASED, credits * Micros.CREDIT, null, request, "A pack")));
        return request;
    }

    private static Undoing takeBack(String of, long credits) {
        String request = "taken:" + Ids.next();
        return HOUSE.patiently(tx -> HOUSE.credits.takeBack(tx, of, credits * Micros.CREDIT, request, "Refund"));
    }

    private static Undoing giveAgain(String of) {
        return HOUSE.patiently(tx -> HOUSE.credits.giveAgain(tx, of, "again:" + of, "The refund failed"));
    }

    private static Undoing freeze(String of, long credits, UUID hold) {
        HOUSE.disputed(hold);
        return HOUSE.patiently(tx -> HOUSE.credits.freeze(tx, of, credits * Micros.CREDIT, hold, "Disputed"));
    }

    private static void release(UUID hold, String who, String why) {
        HOUSE.sql("DO $$ BEGIN PERFORM admin.release_hold('%s', '%s', '%s'); END $$".formatted(hold, who, why));
    }

    private static long owed(UUID owner) {
        return HOUSE.db.<Long>read(tx ->
                        tx.query("""
                        SELECT coalesce(-sum(posted), 0)::bigint FROM credit_account WHERE owner = :owner AND kind = 'receivable'""").bind("owner", owner).mapTo(Long.class).one())
                / Micros.CREDIT;
    }

    /** How often what was free paid what was owed. */
    private static long paid(UUID owner) {
        return HOUSE.lines(owner).stream()
                .filter(line -> line.kind().equals("adjustment"))
                .count();
    }

    /** From which purses a debt was paid. */
    private static List<String> legs(UUID owner) {
        return HOUSE.db.read(
                tx -> tx.query("""
                        SELECT a.kind || ' ' || t.amount / 1000000
                        FROM transfer t
                        JOIN entry e ON e.id = t.entry AND e.kind = 'adjustment'
                        JOIN credit_account a ON a.id = t.debit
                        WHERE e.owner = :owner
                        ORDER BY t.place""").bind("owner", owner).mapTo(String.class).list());
    }

    private static Map<String, Object> audit(UUID hold) {
        return HOUSE.db.read(tx -> tx.query("SELECT how, actor, reason FROM hold_audit WHERE hold = :hold")
                .bind("hold", hold)
                .mapToMap()
                .one());
    }
}
