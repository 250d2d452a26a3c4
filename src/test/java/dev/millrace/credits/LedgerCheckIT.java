package dev.millrace.credits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.Ids;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The check of the books: silent while they are right, whatever is done to them, and loud for each fault that is planted. */
class LedgerCheckIT {
    private static final int WORKERS = 8;
    private static final int MOVES = 150;

    @Test
    void randomHoldsSettlesAndReleasesByManyAtOnceKeepTheBooksRight() throws Exception {
        long seed = System.nanoTime();
        try (var house = new LedgerHouse()) {
            var owners = List.of(house.owner(500), house.owner(60), house.newcomer());
            house.give(owners.get(0), Purse.PROMO, 50, null);
            house.give(owners.get(1), Purse.ALLOWANCE, 25, Instant.now().plusSeconds(86_400));
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var playing = new ArrayList<Future<?>>();
                for (int worker = 0; worker < WORKERS; worker++) {
                    var random = new Random(seed + worker);
                    playing.add(threads.submit(() -> play(house, owners, random)));
                }
                for (Future<?> player : playing) {
                    player.get();
                }
            }
            house.sql("UPDATE hold SET expires_at = now() - interval '1 second' WHERE state = 'open'");
            house.credits.expireHolds();

            assertThat(house.broken()).as("seed %s", seed).isEmpty();
            owners.forEach(owner -> {
                List<Long> funds = house.funds(owner);
                assertThat(funds.get(1)).as("held, seed %s", seed).isZero();
                assertThat(house.lines(owner).getFirst().balance().longValueExact())
                        .as("the last balance, seed %s", seed)
                        .isEqualTo(funds.get(0));
            });
        }
    }

    @TestFactory
    Stream<DynamicTest> eachPlantedFaultIsFoundByItsName() {
        return faults().entrySet().stream()
                .map(fault -> DynamicTest.dynamicTest(fault.getKey(), () -> planted(fault.getKey(), fault.getValue())));
    }

    @Test
    void theBooksCannotBeRewritten() {
        try (var house = new LedgerHouse()) {
            UUID owner = house.owner(10);
            house.settle(house.hold(owner, 5), 3);

            for (String table : List.of("entry", "transfer")) {
                assertThatThrownBy(() -> house.sql("UPDATE " + table + " SET amount = amount + 1"))
                        .hasMessageContaining("the books are only added to");
                assertThatThrownBy(() -> house.sql("DELETE FROM " + table))
                        .hasMessageContaining("the books are only added to");
                assertThatThrownBy(() -> house.sql("TRUNCATE " + table + " CASCADE"))
                        .hasMessageContaining("the books are only added to");
            }
        }
    }

    @Test
    void theSchemaRefusesWhatTheCodeMustNeverDo() {
        try (var house = new LedgerHouse()) {
            UUID owner = house.owner(10);
            UUID hold = house.hold(owner, 5);

            refused(
                    house,
                    "credit_account_is_never_overdrawn",
                    "UPDATE credit_account SET held = posted + 1 WHERE posted > 0");
            refused(
                    house,
                    "credit_account_is_never_overdrawn",
                    "UPDATE credit_account SET posted = -1 WHERE owner IS NOT NULL");
            refused(
                    house,
                    "credit_account_is_never_overdrawn",
                    "UPDATE credit_account SET posted = 1 WHERE kind = 'revenue'");
            refused(
                    house,
                    "hold_never_charges_more",
                    "UPDATE hold SET state = 'settled', closed_at = now(), charged = amount + 1");
            refused(house, "hold_closes_with_a_time", "UPDATE hold SET state = 'released'");
            refused(house, "hold_part_is_something", "UPDATE hold_part SET amount = 0");
            refused(
                    house,
                    "entry_once_a_hold",
                    "INSERT INTO entry (id, owner, kind, amount, hold, description) "
                            + "SELECT admin.new_id(), '%s', 'charge', 0, '%s', 'twice' FROM generate_series(1, 2)"
                                    .formatted(owner, hold));
            refused(
                    house,
                    "transfer_moves_something",
                    "INSERT INTO transfer SELECT id, 9, '%s', '%s', 0 FROM entry LIMIT 1".formatted(owner, hold));
        }
    }

    private static void play(LedgerHouse house, List<UUID> owners, Random random) {
        var open = new ArrayList<UUID>();
        for (int move = 0; move < MOVES; move++) {
            UUID owner = owners.get(random.nextInt(owners.size()));
            int dice = random.nextInt(10);
            if (dice < 5 || open.isEmpty()) {
                UUID hold = Ids.next();
                try {
                    long micros = (1L + random.nextInt(40)) * 1_000_000;
                    house.patiently(tx -> {
                        house.credits.hold(tx, hold, owner, micros, "a move");
                        return hold;
                    });
                    open.add(hold);
                } catch (Problem refused) {
                    assertThat(refused.type()).isEqualTo(ProblemType.INSUFFICIENT_CREDITS);
                }
            } else if (dice < 8) {
                house.settle(open.remove(random.nextInt(open.size())), random.nextInt(45));
            } else if (dice == 8) {
                house.release(open.remove(random.nextInt(open.size())));
            } else {
                UUID some = open.get(random.nextInt(open.size()));
                house.patiently(tx -> {
                    house.credits.extend(tx, List.of(some));
                    return some;
                });
            }
        }
    }

    private static void planted(String rule, String sql) {
        try (var house = new LedgerHouse()) {
            UUID owner = house.owner(100);
            house.settle(house.hold(owner, 30), 12);
            house.release(house.hold(owner, 7));
            house.hold(owner, 20);
            UUID stranger = house.owner(5);
            assertThat(house.broken()).isEmpty();

            // as somebody with all rights would: past triggers and checks
            house.sql(
                    "ALTER TABLE entry DISABLE TRIGGER USER",
                    "ALTER TABLE transfer DISABLE TRIGGER USER",
                    "ALTER TABLE credit_account DROP CONSTRAINT credit_account_is_never_overdrawn");
            house.sql(sql.replace(":owner", "'" + owner + "'")
                    .replace(":stranger", "'" + stranger + "'")
                    .split("; "));

            assertThat(house.broken()).contains(rule);
        }
    }

    private static Map<String, String> faults() {
        var faults = new LinkedHashMap<String, String>();
        faults.put(
                "a purse is overdrawn",
                "UPDATE credit_account SET held = posted + 1 WHERE owner = :owner AND kind = 'purchased'");
        faults.put(
                "held is not what open holds set aside",
                "UPDATE credit_account SET held = held - 1 WHERE owner = :owner AND held > 0");
        faults.put(
                "posted is not what transfers come to",
                "UPDATE credit_account SET posted = posted + 1 WHERE owner = :owner AND kind = 'purchased'");
        faults.put(
                "an account of the house was updated", "UPDATE credit_account SET posted = 5 WHERE kind = 'revenue'");
        faults.put(
                "the books do not sum to zero",
                "UPDATE credit_account SET posted = posted - 3 WHERE owner = :owner AND kind = 'purchased'");
        faults.put(
                "a transfer names no account",
                "UPDATE transfer SET credit = admin.new_id() WHERE credit = '00000000-0000-7000-8000-000000000001'");
        faults.put(
                "a receivable is in favour of its owner or held",
                "INSERT INTO credit_account (id, owner, kind, posted) VALUES (admin.new_id(), :owner, 'receivable', 1)");
        faults.put(
                "the parts of a hold are not its amount",
                "UPDATE hold_part SET amount = amount + 1 WHERE amount = 30000000");
        faults.put(
                "a hold is taken from somebody else",
                "UPDATE hold_part SET account = (SELECT id FROM credit_account WHERE owner = :stranger AND kind = 'purchased') WHERE amount = 20000000");
        faults.put(
                "a settled hold has no charge of its amount",
                "DELETE FROM transfer WHERE entry IN (SELECT id FROM entry WHERE kind = 'charge'); DELETE FROM entry WHERE kind = 'charge'");
        faults.put(
                "a charge has no settled hold",
                "UPDATE hold SET state = 'expired', charged = NULL WHERE state = 'settled'");
        faults.put("a freed hold has no line in the ledger", "DELETE FROM entry WHERE kind = 'release'");
        faults.put(
                "a charge is taken from a purse its hold does not name",
                "UPDATE transfer SET debit = (SELECT id FROM credit_account WHERE owner = :owner AND kind = 'promo') "
                        + "WHERE credit = '00000000-0000-7000-8000-000000000001'");
        faults.put(
                "an entry is not what its transfers come to",
                "UPDATE transfer SET amount = amount + 1 WHERE amount = 12000000");
        faults.put(
                "an entry moves what belongs to somebody else",
                "UPDATE transfer SET debit = (SELECT id FROM credit_account WHERE owner = :stranger AND kind = 'purchased') "
                        + "WHERE credit = '00000000-0000-7000-8000-000000000001'");
        faults.put(
                "the lines of a charge do not add up to it",
                "UPDATE entry SET lines = '[{\"amount\": 11.999999}]' WHERE kind = 'charge'");
        faults.put(
                "a hold is long overdue",
                "UPDATE hold SET expires_at = now() - interval '6 minutes' WHERE state = 'open'");
        return faults;
    }

    private static void refused(LedgerHouse house, String constraint, String sql) {
        assertThatThrownBy(() -> house.sql(sql)).hasStackTraceContaining(constraint);
    }
}
