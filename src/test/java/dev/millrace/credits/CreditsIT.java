package dev.millrace.credits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.problem.Problem;
import dev.millrace.testing.Waiting;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Holding, charging and freeing credits on a real Postgres. After each test the books must be right. */
class CreditsIT {
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
    void aNewcomerHasWhatThePlanGrantsOnce() {
        UUID owner = HOUSE.newcomer();

        assertThat(HOUSE.funds(owner)).containsExactly(200L, 0L, 200L);
        HOUSE.hold(owner, 150);

        assertThat(HOUSE.funds(owner)).containsExactly(200L, 150L, 50L);
        assertThat(HOUSE.lines(owner)).singleElement().satisfies(line -> {
            assertThat(line.kind()).isEqualTo("grant");
            assertThat(line.description()).isEqualTo("Welcome credits");
        });
    }

    @Test
    void theWelcomeIsGivenOnceHoweverManyComeAtOnce() throws Exception {
        UUID owner = HOUSE.newcomer();

        LedgerHouse.together(40, () -> HOUSE.tryHold(owner, 10));

        assertThat(HOUSE.funds(owner)).containsExactly(200L, 200L, 0L);
        assertThat(HOUSE.lines(owner)).hasSize(1);
    }

    @Test
    void settlingChargesTheBillAndFreesTheRest() {
        UUID owner = HOUSE.owner(100);
        UUID hold = HOUSE.hold(owner, 30);

        Receipt receipt = HOUSE.settle(hold, 12);

        assertThat(receipt.chargedMicros()).isEqualTo(12 * Micros.CREDIT);
        assertThat(receipt.releasedMicros()).isEqualTo(18 * Micros.CREDIT);
        assertThat(HOUSE.funds(owner)).containsExactly(88L, 0L, 88L);
        assertThat(HOUSE.lines(owner).getFirst()).satisfies(line -> {
            assertThat(line.kind()).isEqualTo("charge");
            assertThat(line.generation()).isEqualTo(hold);
            assertThat(line.amount()).isEqualByComparingTo("-12");
            assertThat(line.released()).isEqualByComparingTo("18");
            assertThat(line.balance()).isEqualByComparingTo("88");
            assertThat(line.lines()).isEqualTo(receipt.lines());
        });
    }

    @Test
    void releasingChargesNothingAndSaysSo() {
        UUID owner = HOUSE.owner(100);
        UUID hold = HOUSE.hold(owner, 30);

        Receipt receipt = HOUSE.release(hold);

        assertThat(receipt).isEqualTo(new Receipt(0, 30 * Micros.CREDIT, List.of()));
        assertThat(HOUSE.funds(owner)).containsExactly(100L, 0L, 100L);
        assertThat(HOUSE.lines(owner).getFirst().kind()).isEqualTo("release");
        assertThat(HOUSE.lines(owner).getFirst().released()).isEqualByComparingTo("30");
    }

    @Test
    void aHoldOfNothingSettlesAndReleasesLikeAnyOther() {
        UUID owner = HOUSE.owner(0);
        UUID free = HOUSE.hold(owner, 0);
        UUID dropped = HOUSE.hold(owner, 0);

        assertThat(HOUSE.settle(free, 0).chargedMicros()).isZero();
        assertThat(HOUSE.release(dropped).releasedMicros()).isZero();
    }

    @Test
    void aBillBeyondTheHoldIsChargedAsFarAsTheHoldGoes() {
        UUID owner = HOUSE.owner(100);
        UUID hold = HOUSE.hold(owner, 10);

        Receipt receipt = HOUSE.settle(hold, 13);

        assertThat(receipt.chargedMicros()).isEqualTo(10 * Micros.CREDIT);
        assertThat(receipt.releasedMicros()).isZero();
        assertThat(receipt.lines().stream().mapToLong(ReceiptLine::amountMicros).sum())
                .isEqualTo(receipt.chargedMicros());
        assertThat(receipt.lines().getLast().amountMicros()).isEqualTo(-3 * Micros.CREDIT);
        assertThat(HOUSE.lines(owner).getFirst().lines()).isEqualTo(receipt.lines());
    }

    @Test
    void amountsBelowAMillionthOfACreditAreExactToTheLastOne() {
        UUID owner = HOUSE.owner(1);
        UUID hold = Ids.next();
        HOUSE.db.run(tx -> HOUSE.credits.hold(tx, hold, owner, 333_334, "words"));
        var line = new ReceiptLine("words", new BigDecimal("3333.33"), new BigDecimal("0.0001"), 333_333);

        Receipt receipt = HOUSE.db.transact(tx -> HOUSE.credits.settle(tx, hold, List.of(line)));

        assertThat(receipt).isEqualTo(new Receipt(333_333, 1, List.of(line)));
        assertThat(HOUSE.lines(owner).getFirst().balance()).isEqualByComparingTo("0.666667");
    }

    @Test
    void twoHundredHoldsOfAHundredAgainstAThousandAdmitTen() throws Exception {
        UUID owner = HOUSE.owner(1000);

        List<Boolean> admitted = LedgerHouse.together(200, () -> HOUSE.tryHold(owner, 100));

        assertThat(admitted).filteredOn(taken -> taken).hasSize(10);
        assertThat(HOUSE.funds(owner)).containsExactly(1000L, 1000L, 0L);
    }

    @Test
    void fiftySettlesOfOneHoldChargeOnceAndAllGetTheSameReceipt() throws Exception {
        UUID owner = HOUSE.owner(100);
        UUID hold = HOUSE.hold(owner, 40);

        List<Receipt> receipts = LedgerHouse.together(50, () -> HOUSE.settle(hold, 25));

        assertThat(receipts).containsOnly(receipts.getFirst());
        assertThat(HOUSE.funds(owner)).containsExactly(75L, 0L, 75L);
    }

    @Test
    void settlesAndReleasesOfOneHoldAgreeOnWhoWasFirst() throws Exception {
        UUID owner = HOUSE.owner(100);
        for (int round = 0; round < 20; round++) {
            UUID hold = HOUSE.hold(owner, 5);
            var calls = new ArrayList<Callable<Receipt>>();
            for (int i = 0; i < 4; i++) {
                calls.add(() -> HOUSE.settle(hold, 1));
                calls.add(() -> HOUSE.release(hold));
            }
            List<Receipt> receipts = LedgerHouse.all(calls);
            assertThat(receipts).containsOnly(receipts.getFirst());
        }
    }

    @Test
    void whatDiesSoonestIsSpentFirst() {
        UUID owner = HOUSE.owner(10);
        HOUSE.give(owner, Purse.PROMO, 10, null);
        HOUSE.give(owner, Purse.PROMO, 10, Instant.now().plus(Duration.ofDays(9)));
        HOUSE.give(owner, Purse.PROMO, 10, Instant.now().plus(Duration.ofDays(2)));
        HOUSE.give(owner, Purse.ALLOWANCE, 10, Instant.now().plus(Duration.ofDays(20)));
        UUID hold = HOUSE.hold(owner, 45);

        HOUSE.settle(hold, 33);

        assertThat(left(owner))
                .containsExactly("allowance 0/0", "promo 0/0", "promo 0/0", "promo 7/0", "purchased 10/0");
        assertThat(HOUSE.funds(owner)).containsExactly(17L, 0L, 17L);
    }

    @Test
    void severalPursesTogetherCannotBeOverspent() throws Exception {
        UUID owner = HOUSE.owner(30);
        HOUSE.give(owner, Purse.PROMO, 35, null);
        HOUSE.give(owner, Purse.ALLOWANCE, 35, Instant.now().plus(Duration.ofDays(1)));

        List<Boolean> admitted = LedgerHouse.together(60, () -> HOUSE.tryHold(owner, 7));

        assertThat(admitted).filteredOn(taken -> taken).hasSize(14);
        assertThat(HOUSE.funds(owner)).containsExactly(100L, 98L, 2L);
    }

    @Test
    void aRefusalSaysWhatIsMissingAndWhatHelps() {
        UUID owner = HOUSE.owner(10);
        HOUSE.hold(owner, 8);

        Problem held = catchThrowableOfType(Problem.class, () -> HOUSE.hold(owner, 5));
        assertThat(held.members()).containsEntry("reason", "in_flight").containsEntry("missing", new BigDecimal("3"));
        assertThat(held.members().get("remedy"))
                .isEqualTo("Wait until work that still runs gives some back, add 3 credits, or ask for less.");
        Problem whole = catchThrowableOfType(Problem.class, () -> HOUSE.hold(owner, 10));
        assertThat(whole.members()).containsEntry("reason", "in_flight").containsEntry("missing", new BigDecimal("8"));

        Problem poor = catchThrowableOfType(Problem.class, () -> HOUSE.hold(owner, 12));
        assertThat(poor.members()).containsEntry("reason", "balance").containsEntry("missing", new BigDecimal("10"));
        assertThat(poor.members().get("remedy")).isEqualTo("Add 10 credits, or ask for less.");
        assertThat(poor.retryAfter()).isNull();
    }

    @Test
    void whoIsMovedToAnotherPlanIsOnItAtOnce() {
        UUID owner = HOUSE.owner(1);
        UUID account = HOUSE.newcomer();
        assertThat(HOUSE.credits.plan(account).id()).isEqualTo("free");
        assertThat(HOUSE.credits.plan(owner).id()).isEqualTo("bare");

        HOUSE.db.run(tx -> HOUSE.credits.move(tx, account, "bare"));

        assertThat(HOUSE.credits.plan(account).id()).isEqualTo("bare");
    }

    @Test
    void whatIsDisputedIsNothingToWaitFor() {
        UUID owner = HOUSE.owner(0);
        String pack = "bought:" + Ids.next();
        UUID dispute = Ids.next();
        HOUSE.disputed(dispute);
        HOUSE.db.run(tx -> {
            HOUSE.credits.grant(tx, owner, new Grant(Purse.PURCHASED, 10 * Micros.CREDIT, null, pack, "A pack"));
            HOUSE.credits.freeze(tx, pack, 6 * Micros.CREDIT, dispute, "Disputed");
        });
        HOUSE.hold(owner, 3);

        Problem running = catchThrowableOfType(Problem.class, () -> HOUSE.hold(owner, 4));
        Problem disputed = catchThrowableOfType(Problem.class, () -> HOUSE.hold(owner, 5));

        assertThat(running.members())
                .containsEntry("reason", "in_flight")
                .containsEntry("missing", new BigDecimal("3"));
        assertThat(disputed.members()).containsEntry("reason", "balance").containsEntry("missing", new BigDecimal("4"));
    }

    @Test
    void whoOwesHoldsNothingUntilItIsPaid() {
        UUID owner = HOUSE.owner(10);
        HOUSE.sql("""
                WITH e AS (
                    INSERT INTO entry (id, owner, kind, amount, description)
                    VALUES (admin.new_id(), '%s', 'refund', -14000000, 'charged back') RETURNING id, owner
                ), a AS (
                    INSERT INTO credit_account (id, owner, kind, posted)
                    SELECT admin.new_id(), owner, 'receivable', -14000000 FROM e RETURNING id
                )
                INSERT INTO transfer (entry, place, debit, credit, amount)
                SELECT e.id, 0, a.id, h.id, 14000000 FROM e, a, credit_account h WHERE h.kind = 'clearing'""".formatted(owner));

        Problem refused = catchThrowableOfType(Problem.class, () -> HOUSE.hold(owner, 1));

        assertThat(refused.members()).containsEntry("reason", "balance").containsEntry("missing", new BigDecimal("5"));
        assertThat(refused.members().get("remedy")).isEqualTo("Add credits: what is owed from before is paid first.");
        HOUSE.give(owner, Purse.PURCHASED, 5, null);
        assertThat(HOUSE.tryHold(owner, 1)).isTrue();
    }

    @Test
    void aGrantIsGivenOnceForEachName() throws Exception {
        UUID owner = HOUSE.owner(0);
        var grant = new Grant(Purse.PURCHASED, 5 * Micros.CREDIT, null, "code:" + owner, "A pack of five");

        List<Boolean> given =
                LedgerHouse.together(20, () -> HOUSE.patiently(tx -> HOUSE.credits.grant(tx, owner, grant)));

        assertThat(given).filteredOn(first -> first).hasSize(1);
        assertThat(HOUSE.funds(owner)).containsExactly(5L, 0L, 5L);
        assertThat(HOUSE.lines(owner).getFirst().kind()).isEqualTo("purchase");
    }

    @Test
    void theOperatorGrantsBySqlToWhoWasNeverHere() {
        UUID owner = HOUSE.newcomer();

        BigDecimal balance = HOUSE.db.transact(tx -> tx.query("SELECT admin.grant(:email, 2.5, 'sorry for the outage')")
                .bind("email", owner + "@example.com")
                .mapTo(BigDecimal.class)
                .one());

        assertThat(balance).isEqualByComparingTo("202.5");
        assertThat(HOUSE.lines(owner))
                .extracting(Ledger.Line::description)
                .containsExactly("sorry for the outage", "Welcome credits");
        assertThat(HOUSE.lines(owner).getFirst().id().version()).isEqualTo(7);
    }

    @Test
    void aHoldCanBeTakenOnlyOnce() {
        UUID owner = HOUSE.owner(10);
        UUID hold = HOUSE.hold(owner, 1);

        assertThatThrownBy(() -> HOUSE.db.run(tx -> HOUSE.credits.hold(tx, hold, owner, 1, "again")))
                .isInstanceOf(RuntimeException.class);

        assertThat(HOUSE.funds(owner)).containsExactly(10L, 1L, 9L);
        HOUSE.release(hold);
    }

    @Test
    void whatIsRolledBackNeverHappened() {
        UUID owner = HOUSE.owner(10);
        UUID hold = HOUSE.hold(owner, 4);

        assertThatThrownBy(() -> HOUSE.db.run(tx -> {
                    HOUSE.credits.settle(tx, hold, List.of(LedgerHouse.line(4)));
                    throw new IllegalStateException("the result could not be stored");
                }))
                .hasMessage("the result could not be stored");

        assertThat(HOUSE.funds(owner)).containsExactly(10L, 4L, 6L);
        assertThat(HOUSE.release(hold).chargedMicros()).isZero();
    }

    @Test
    void theBalanceOfALineIsTheSumOfAllUpToIt() {
        UUID owner = HOUSE.owner(50);
        for (int i = 1; i <= 5; i++) {
            HOUSE.settle(HOUSE.hold(owner, 10), i);
        }

        List<Ledger.Line> first = page(owner, null, 3);
        List<Ledger.Line> second = page(owner, first.getLast().id(), 10);

        assertThat(first).extracting(line -> line.balance().intValue()).containsExactly(35, 40, 44);
        assertThat(second).extracting(line -> line.balance().intValue()).containsExactly(47, 49, 50, 0);
    }

    @Test
    void whatWasSpentThisMonthIsKnownWithoutReadingTheBooks() {
        UUID owner = HOUSE.owner(50);
        HOUSE.settle(HOUSE.hold(owner, 10), 3);
        HOUSE.sql(
                "UPDATE credit_account SET month = month - interval '1 month' WHERE owner = '" + owner + "'",
                "UPDATE hold SET closed_at = closed_at - interval '1 month' WHERE owner = '" + owner + "'");

        assertThat(spent(owner)).isZero();
        HOUSE.settle(HOUSE.hold(owner, 10), 4);

        assertThat(spent(owner)).isEqualTo(4 * Micros.CREDIT);

        // a transaction that began before the month ended, and came last, takes nothing of the new one away
        HOUSE.sql("UPDATE credit_account SET month = month + interval '1 month' WHERE owner = '" + owner + "'");
        HOUSE.settle(HOUSE.hold(owner, 10), 5);
        HOUSE.sql("UPDATE credit_account SET month = month - interval '1 month' WHERE owner = '" + owner + "'");
        assertThat(spent(owner)).isEqualTo(4 * Micros.CREDIT);
        HOUSE.sql("UPDATE hold SET closed_at = closed_at - interval '1 month' WHERE owner = '" + owner
                + "' AND charged = 5000000");
    }

    @Test
    void aPlanChangedBySqlIsInEffectWithinFiveSeconds() {
        UUID owner = HOUSE.owner(0);
        assertThat(HOUSE.credits.plan(owner).running()).isEqualTo(2);
        HOUSE.sql("UPDATE plan SET running = 20, per_minute = 5 WHERE id = 'bare'");

        Waiting.until(
                "the new plan",
                Duration.ofSeconds(5),
                () -> HOUSE.credits.plan(owner).running() == 20);

        assertThat(HOUSE.credits.plan(owner).perMinute()).isEqualTo(5);
        assertThat(HOUSE.credits.plan(owner).perDay()).isEqualTo(Limits.NONE);
    }

    private static long spent(UUID owner) {
        return HOUSE.db.read(tx -> new Ledger().standing(tx, owner).spent());
    }

    private static List<Ledger.Line> page(UUID owner, @Nullable UUID after, int limit) {
        return HOUSE.db.read(tx -> new Ledger().page(tx, owner, after, limit));
    }

    /** Kind, posted and held of each purse with anything ever in it, in the order of spending. */
    private static List<String> left(UUID owner) {
        return HOUSE.db.read(
                tx -> tx.query("""
                        SELECT kind || ' ' || posted / 1000000 || '/' || held / 1000000
                        FROM credit_account
                        WHERE owner = :owner AND (expires_at IS NOT NULL OR posted > 0)
                        ORDER BY kind = 'purchased', kind, expires_at NULLS LAST""").bind("owner", owner).mapTo(String.class).list());
    }
}
