package dev.millrace.credits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.Ids;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Caps on spending, under a thousand at once, on one node and on two. */
class CapsIT {
    private static final int CALLERS = 1_000;
    private static final long TENTH = 100_000;

    private static LedgerHouse house;
    private static Db other;
    private static Credits there;

    @BeforeAll
    static void open() {
        house = new LedgerHouse();
        house.sql("INSERT INTO provider_budget VALUES ('dear', 5000000), ('fair', 1000000), ('alarming', 10000000)");
        other = Db.open(house.config);
        there = new Credits(other);
    }

    @AfterAll
    static void close() {
        assertThat(house.broken()).isEmpty();
        other.close();
        house.close();
    }

    @Test
    void aThousandHoldsOfATenthUnderACapOfFiveAdmitExactlyFifty() throws Exception {
        UUID owner = house.owner(1_000);
        cap(owner, 5);

        assertThat(admitted(CALLERS, 1, new Spender(owner, null), "one", "cap_day"))
                .isEqualTo(50);

        UUID both = house.owner(1_000);
        cap(both, 5);
        assertThat(admitted(CALLERS, 2, new Spender(both, null), "one", "cap_day"))
                .isEqualTo(50);
        assertThat(standing(both).path("spent").decimalValue()).isEqualByComparingTo("5");
    }

    @Test
    void theCapOfAKeyAndTheBudgetOfAProviderHoldAsWell() throws Exception {
        UUID owner = house.owner(1_000);
        UUID key = key(owner, 5);
        assertThat(admitted(CALLERS, 2, new Spender(owner, key), "one", "cap_key"))
                .isEqualTo(50);
        assertThat(hold(house.credits, house.db, new Spender(owner, null), "one", TENTH))
                .isNotNull();

        var many = new ArrayList<Spender>();
        for (int i = 0; i < 20; i++) {
            many.add(new Spender(house.owner(1_000), null));
        }
        int all = 0;
        for (boolean admitted : LedgerHouse.all(calls(CALLERS, 2, many, "dear", "provider_budget"))) {
            all += admitted ? 1 : 0;
        }
        assertThat(all).isEqualTo(50);
        assertThat(budgetSpent("dear")).isEqualTo(5_000_000);
    }

    @Test
    void whatIsGivenBackMayBeSpentAgainAndWhatIsChargedStays() {
        UUID owner = house.owner(100);
        var spender = new Spender(owner, key(owner, 1));
        cap(owner, 1);
        UUID first = hold(house.credits, house.db, spender, "fair", 600_000);
        UUID second = hold(house.credits, house.db, spender, "fair", 400_000);
        assertThat(refusal(spender, "fair", 1)).isEqualTo("cap_day");

        house.db.run(tx -> house.credits.settle(tx, first, List.of(line(100_000))));
        assertThat(budgetSpent("fair")).isEqualTo(500_000);
        assertThat(refusal(spender, "fair", 500_001)).isEqualTo("cap_day");
        UUID third = hold(house.credits, house.db, spender, "fair", 500_000);
        house.release(second);
        house.release(second);
        assertThat(budgetSpent("fair")).isEqualTo(600_000);

        house.sql("UPDATE hold SET expires_at = now() - interval '1 second' WHERE id = '" + third + "'");
        assertThat(house.credits.expireHolds()).isEqualTo(1);
        assertThat(budgetSpent("fair")).isEqualTo(100_000);
        // the work was done all the same, and is charged late
        house.db.run(tx -> house.credits.settle(tx, third, List.of(line(200_000))));
        assertThat(budgetSpent("fair")).isEqualTo(300_000);
        assertThat(standing(owner).path("spent").decimalValue()).isEqualByComparingTo("0.3");
        assertThat(refusal(spender, "fair", 700_001)).isEqualTo("cap_day");

        house.sql("UPDATE hold SET created_at = created_at - interval '1 day' WHERE owner = '" + owner + "'");
        assertThat(standing(owner).path("spent").decimalValue()).isEqualByComparingTo("0");
        cap(owner, null);
        assertThat(refusal(spender, "fair", 700_001)).isEqualTo("provider_budget");
        assertThat(refusal(spender, "other", 1_000_001)).isEqualTo("cap_key");
    }

    @Test
    void aRefusalSaysWhatIsMissingAndWhetherWaitingHelps() {
        UUID owner = house.owner(100);
        cap(owner, 2);
        var spender = new Spender(owner, null);
        hold(house.credits, house.db, spender, "one", 1_500_000);

        Problem later = problem(spender, "one", 1_000_000);
        assertThat(later.type()).isEqualTo(ProblemType.INSUFFICIENT_CREDITS);
        assertThat(later.members()).containsEntry("reason", "cap_day").containsEntry("missing", new BigDecimal("0.5"));
        assertThat(String.valueOf(later.members().get("remedy"))).contains("cap");
        assertThat(later.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofDays(1));
        Problem never = problem(spender, "one", 3_000_000);
        assertThat(never.retryAfter()).isNull();
        assertThat(house.funds(owner)).containsExactly(100L, 1L, 98L);
    }

    @Test
    void fourFifthsAreToldOnceADay() {
        UUID owner = house.owner(100);
        UUID key = key(owner, 10);
        cap(owner, 10);
        var spender = new Spender(owner, key);
        hold(house.credits, house.db, spender, "alarming", 7_999_999);
        assertThat(facts(owner)).isEmpty();

        UUID crossing = hold(house.credits, house.db, spender, "alarming", 1);
        assertThat(facts(owner)).containsExactlyInAnyOrder("cap_day", "cap_key", "provider_budget");
        house.release(crossing);
        hold(house.credits, house.db, spender, "alarming", 1);

        assertThat(facts(owner)).hasSize(3);
        assertThat(house.credits.budgets()).contains(new Budget("alarming", 10_000_000, 8_000_000));
    }

    private static int admitted(int calls, int nodes, Spender spender, String provider, String reason)
            throws Exception {
        return (int) LedgerHouse.all(calls(calls, nodes, List.of(spender), provider, reason)).stream()
                .filter(admitted -> admitted)
                .count();
    }

    /** Each call asks until it is answered; too many in line for a connection is no answer. */
    private static List<Callable<Boolean>> calls(
            int calls, int nodes, List<Spender> spenders, String provider, String reason) {
        var all = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < calls; i++) {
            boolean here = i % nodes == 0;
            Spender spender = spenders.get(i % spenders.size());
            all.add(() -> {
                while (true) {
                    try {
                        hold(here ? house.credits : there, here ? house.db : other, spender, provider, TENTH);
                        return true;
                    } catch (Problem refused) {
                        if (refused.type() != ProblemType.UNAVAILABLE) {
                            assertThat(refused.members()).containsEntry("reason", reason);
                            return false;
                        }
                    }
                }
            });
        }
        return all;
    }

    private static UUID hold(Credits credits, Db db, Spender spender, String provider, long micros) {
        UUID id = Ids.next();
        db.run(tx -> credits.hold(tx, id, new Spending(spender, provider), micros, "one of many"));
        return id;
    }

    private static Problem problem(Spender spender, String provider, long micros) {
        return catchThrowableOfType(Problem.class, () -> hold(house.credits, house.db, spender, provider, micros));
    }

    private static String refusal(Spender spender, String provider, long micros) {
        return String.valueOf(problem(spender, provider, micros).members().get("reason"));
    }

    private static ReceiptLine line(long micros) {
        return new ReceiptLine("words", BigDecimal.ONE, BigDecimal.valueOf(micros, 6), micros);
    }

    private static void cap(UUID owner, Integer credits) {
        house.db.run(tx -> house.credits.caps().set(tx, owner, credits == null ? null : credits * 1_000_000L));
    }

    private static UUID key(UUID owner, int credits) {
        UUID key = Ids.next();
        house.sql("""
                INSERT INTO api_key (id, account, name, hash, hint, scopes, cap_day_micros)
                VALUES ('%s', '%s', 'k', sha256('%s'), 'abcd', '{generate}', %d)""".formatted(key, owner, key, credits * 1_000_000L));
        return key;
    }

    private static long budgetSpent(String provider) {
        return house.credits.budgets().stream()
                .filter(budget -> budget.provider().equals(provider))
                .mapToLong(Budget::spentMicros)
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode standing(UUID owner) {
        return Json.tree(Json.bytes(house.db.read(tx -> CapsView.of(tx, owner))))
                .path("day");
    }

    private static List<String> facts(UUID owner) {
        return house.db.read(
                tx -> tx.query("SELECT data ->> 'cap' FROM fact WHERE kind = 'cap_neared' AND account = :owner")
                        .bind("owner", owner)
                        .mapTo(String.class)
                        .list());
    }
}
