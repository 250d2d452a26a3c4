package dev.millrace.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Holds that were forgotten and grants whose time is over. After each test the books must be right. */
class ExpiryIT {
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
    void aForgottenHoldIsFreedAndItsOwnerReadsIt() {
        UUID owner = HOUSE.owner(10);
        UUID hold = HOUSE.hold(owner, 8);
        forget(hold);

        assertThat(HOUSE.credits.expireHolds()).isEqualTo(1);

        assertThat(HOUSE.credits.expireHolds()).isZero();
        assertThat(HOUSE.funds(owner)).containsExactly(10L, 0L, 10L);
        assertThat(HOUSE.lines(owner).getFirst().kind()).isEqualTo("release");
    }

    @Test
    void aHoldThatIsExtendedIsNotForgotten() {
        UUID owner = HOUSE.owner(10);
        UUID hold = HOUSE.hold(owner, 8);
        forget(hold);

        HOUSE.db.run(tx -> HOUSE.credits.extend(tx, List.of(hold, Ids.next())));

        assertThat(HOUSE.credits.expireHolds()).isZero();
        HOUSE.release(hold);
    }

    /** As after two hours without any server: nobody could say that the work goes on. */
    @Test
    void whatIsWorkedForOrWaitsIsNotForgottenHoweverLongNobodyWasThereToSaySo() {
        UUID owner = HOUSE.owner(40);
        UUID running = HOUSE.hold(owner, 8);
        UUID queued = HOUSE.hold(owner, 9);
        UUID nobodys = HOUSE.hold(owner, 10);
        HOUSE.atWork(running, "running");
        HOUSE.atWork(queued, "queued");
        HOUSE.sql(
                "UPDATE hold SET created_at = created_at - interval '2 hours', expires_at = expires_at - interval '2 hours' "
                        + "WHERE state = 'open'");

        assertThat(HOUSE.credits.expireHolds()).isEqualTo(1);

        assertThat(HOUSE.credits.freeLeaked()).isZero();
        assertThat(HOUSE.funds(owner)).containsExactly(40L, 17L, 23L);
        assertThat(HOUSE.lines(owner).getFirst())
                .satisfies(line -> assertThat(line.kind()).isEqualTo("release"))
                .satisfies(line -> assertThat(line.generation()).isEqualTo(nobodys));
        HOUSE.db.run(tx -> HOUSE.credits.extend(tx, List.of(running, queued)));
        HOUSE.sql("DELETE FROM generation");
        assertThat(HOUSE.settle(running, 8).chargedMicros()).isEqualTo(8 * Micros.CREDIT);
        HOUSE.release(queued);
    }

    @Test
    void workThatEndsAfterItsHoldExpiredIsChargedFromWhatIsThere() {
        UUID owner = HOUSE.owner(10);
        UUID hold = HOUSE.hold(owner, 8);
        forget(hold);
        HOUSE.credits.expireHolds();
        UUID other = HOUSE.hold(owner, 6);

        Receipt receipt = HOUSE.settle(hold, 5);

        assertThat(receipt.chargedMicros()).isEqualTo(4 * Micros.CREDIT);
        assertThat(HOUSE.settle(hold, 5)).isEqualTo(receipt);
        HOUSE.settle(other, 6);
        assertThat(HOUSE.funds(owner)).containsExactly(0L, 0L, 0L);
    }

    @Test
    void lateSettlesOfOneHoldChargeOnce() throws Exception {
        UUID owner = HOUSE.owner(100);
        UUID hold = HOUSE.hold(owner, 8);
        forget(hold);
        HOUSE.credits.expireHolds();

        List<Receipt> receipts = LedgerHouse.together(20, () -> HOUSE.settle(hold, 5));

        assertThat(receipts).containsOnly(receipts.getFirst());
        assertThat(HOUSE.funds(owner)).containsExactly(95L, 0L, 95L);
    }

    @Test
    void aGrantThatExpiresIsWrittenOffOnceNothingOfItIsHeld() {
        UUID owner = HOUSE.owner(1);
        HOUSE.give(owner, Purse.PROMO, 10, Instant.now().plus(Duration.ofDays(1)));
        UUID hold = HOUSE.hold(owner, 4);
        HOUSE.sql("UPDATE credit_account SET expires_at = now() - interval '1 second' WHERE owner = '" + owner
                + "' AND expires_at IS NOT NULL");

        assertThat(HOUSE.credits.expireGrants()).isZero();
        assertThat(HOUSE.funds(owner)).containsExactly(5L, 4L, 1L);
        assertThat(HOUSE.tryHold(owner, 2)).isFalse();

        HOUSE.settle(hold, 3);
        assertThat(HOUSE.credits.expireGrants()).isEqualTo(1);
        assertThat(HOUSE.funds(owner)).containsExactly(1L, 0L, 1L);
        assertThat(HOUSE.lines(owner).getFirst()).satisfies(line -> {
            assertThat(line.kind()).isEqualTo("expiry");
            assertThat(line.amount()).isEqualByComparingTo("-7");
        });
    }

    private static void forget(UUID hold) {
        HOUSE.sql("UPDATE hold SET expires_at = now() - interval '1 second' WHERE id = '" + hold + "'");
    }
}
