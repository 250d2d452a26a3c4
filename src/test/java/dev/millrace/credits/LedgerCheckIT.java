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
            generations(house, owner);
            payments(house, owner);
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
        faults.put(
                "a hold outlives what it pays for",
                "DELETE FROM generation WHERE finished_at IS NULL; "
                        + "UPDATE hold SET created_at = now() - interval '6 minutes' WHERE amount = 20000000");
        faults.put(
                "a generation runs without a hold",
                "UPDATE generation SET id = admin.new_id() WHERE finished_at IS NULL");
        faults.put(
                "a generation says another charge than its ledger",
                "UPDATE generation SET charged_micros = charged_micros - 1 WHERE charged_micros > 0");
        faults.put(
                "a receipt is not the lines of its ledger",
                "UPDATE generation SET receipt = jsonb_set(receipt, '{lines,0,quantity}', '13') WHERE charged_micros > 0");
        faults.put(
                "a receipt and its hold do not add up",
                "UPDATE generation SET receipt = jsonb_set(receipt, '{released}', '17') WHERE charged_micros > 0");
        faults.put(
                "a terminal event tells another end",
                "UPDATE generation_event SET event = 'failed' WHERE event = 'completed'");
        faults.put(
                "more is taken back than was given",
                "INSERT INTO entry (id, owner, kind, amount, description, reverses) "
                        + "SELECT admin.new_id(), owner, 'refund', -amount - 1, 'too much', id FROM entry WHERE request_id = 'pi:pi_1'");
        faults.put(
                "a purse long past its time is not written off",
                "UPDATE credit_account SET expires_at = now() - interval '16 minutes' WHERE owner = :stranger AND posted > 0");
        faults.put("a paid pack was not granted as it was sold", "UPDATE purchase SET micros = micros + 1");
        faults.put("a paid invoice was not granted as it was sold", "UPDATE paid_invoice SET micros = micros + 1");
        faults.put("a grant names a payment that is not there", "DELETE FROM paid_invoice");
        faults.put(
                "an invoice was granted for other periods than it paid for",
                "UPDATE paid_period SET micros = micros - 1");
        faults.put(
                "a period was granted more often than once",
                "INSERT INTO paid_period (invoice, subscription, period_end, earned, most, micros) "
                        + "SELECT 'in_2', subscription, period_end, earned, most, micros FROM paid_period");
        faults.put(
                "a case that is over still sets credits aside",
                "UPDATE payment_case SET hold = (SELECT id FROM hold WHERE state = 'open' LIMIT 1)");
        faults.put("a case and the ledger disagree", "UPDATE payment_case SET state = 'open'");
        faults.put(
                "credits are set aside for no open dispute",
                "UPDATE hold SET purpose = 'dispute' WHERE state = 'open'");
        faults.put(
                "an open dispute sets nothing aside any more",
                "INSERT INTO payment_case SELECT 'dp_1', 'dispute', 'pi_1', id, 'open', 10 FROM hold WHERE state = 'released'");
        faults.put(
                "credits were taken or returned for a case that is not there",
                "DELETE FROM payment_case WHERE id = 're_1'");
        faults.put(
                "a month's spending is not what was charged in it",
                "UPDATE credit_account SET spent = spent - 1 WHERE spent > 0");
        faults.put(
                "a transfer is on the wrong account of the house",
                "UPDATE transfer SET credit = (SELECT id FROM credit_account WHERE kind = 'breakage') "
                        + "WHERE credit = '00000000-0000-7000-8000-000000000001'");
        faults.put(
                "a budget and the holds it pays for disagree",
                "UPDATE hold SET budget = 'dear' WHERE state = 'open'; "
                        + "INSERT INTO provider_spending (provider, day, micros) VALUES ('dear', CAST(now() AT TIME ZONE 'UTC' AS date), 19999999)");
        return faults;
    }

    /** A pack that was paid for and refunded in part, and a month of a plan. */
    private static void payments(LedgerHouse house, UUID owner) {
        house.sql("""
                DO $$ BEGIN
                    INSERT INTO purchase (id, account, kind, item, version, micros, amount, currency, livemode, state, session,
                                          payment_intent, ended_at)
                    VALUES (admin.new_id(), '%1$s', 'pack', 'small', 1, 5000000, 50, 'usd', false, 'paid', 'cs_1', 'pi_1', now());
                    PERFORM credit_give('%1$s', 'purchased', 5000000, NULL, 'pi:pi_1', 'bought', admin.new_id(), admin.new_id());
                    PERFORM credit_take_back('pi:pi_1', 1000000, 're:re_1', 'refunded', admin.new_id(), admin.new_id());
                    INSERT INTO payment_case VALUES ('re_1', 'refund', 'pi_1', admin.new_id(), 'taken', 10);
                    INSERT INTO paid_invoice VALUES ('in_1', '%1$s', 'sub_1', 'pi_2', 3000000, 30, 'usd', now() + interval '30 days');
                    INSERT INTO paid_period (invoice, subscription, period_end, earned, most, micros)
                    VALUES ('in_1', 'sub_1', now() + interval '30 days', 3000000, 3000000, 3000000);
                    PERFORM credit_give('%1$s', 'allowance', 3000000, now() + interval '33 days', 'in:in_1', 'a month',
                                        admin.new_id(), admin.new_id());
                END $$""".formatted(owner));
    }

    /** Two of them for the holds of this owner: one that ended with its charge, one that runs. */
    private static void generations(LedgerHouse house, UUID owner) {
        house.sql("""
                INSERT INTO generation (id, account, kind, model, provider, status, prompt, options, sanitized, price, expected_micros,
                                        maximum_micros, size, receipt, charged_micros, started_at, finished_at)
                SELECT h.id, h.owner, 'video', 'studio/video', 'studio', CASE h.state WHEN 'settled' THEN 'completed' ELSE 'running' END,
                       'a boat', '{}', '{}', '[]', h.amount, h.amount, '-',
                       CASE h.state WHEN 'settled' THEN jsonb_build_object('charged', h.charged / 1000000, 'released',
                           (h.amount - h.charged) / 1000000, 'lines', (SELECT lines FROM entry WHERE hold = h.id AND kind = 'charge')) END,
                       h.charged, now(), h.closed_at
                FROM hold h WHERE h.owner = '%s' AND h.state IN ('open', 'settled')""".formatted(owner), """
                INSERT INTO generation_event (generation, epoch, seq, position, event, data)
                SELECT id, 1, 1, 0, 'completed', jsonb_build_object('id', id, 'receipt', receipt)::text
                FROM generation WHERE finished_at IS NOT NULL""");
    }

    private static void refused(LedgerHouse house, String constraint, String sql) {
        assertThatThrownBy(() -> house.sql(sql)).hasStackTraceContaining(constraint);
    }
}
