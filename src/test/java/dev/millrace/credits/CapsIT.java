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
        house.sql(
                "INSERT INTO provider_budget VALUES ('dear', 5000000), ('fair', 1000000), ('alarming', 10000000), ('left', 100000000), ('right', 100000000),"
                        + " ('taker', 5000000), ('short', 1000000), ('near', 10000000)");
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
        UUID key = house.key(owner, 5);
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
        var spender = new Spender(owner, house.key(owner, 1));
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
    void whatMovesToAnotherProviderCountsAgainstHisBudgetToTheLastCreditOnBothNodes() throws Exception {
        var spender = new Spender(house.owner(1_000), null);
        var moves = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < CALLERS; i++) {
            Db db = i % 2 == 0 ? house.db : other;
            Credits credits = i % 2 == 0 ? house.credits : there;
            UUID hold = hold(house.credits, house.db, spender, "left", TENTH);
            moves.add(() -> moved(credits, db, hold, "taker"));
        }
        assertThat(budgetSpent("left")).isEqualTo(CALLERS * TENTH);

        assertThat(LedgerHouse.all(moves)).filteredOn(moved -> moved).hasSize(50);

        assertThat(budgetSpent("taker")).isEqualTo(5_000_000);
        assertThat(budgetSpent("left")).isEqualTo((CALLERS - 50) * TENTH);
        house.forgetBudgets("left", "taker");
    }

    @Test
    void manyThatChangePlacesNeitherLoseACreditNorWaitForEachOtherForEver() throws Exception {
        var spender = new Spender(house.owner(1_000), null);
        var moves = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < 200; i++) {
            String from = i % 2 == 0 ? "left" : "right";
            String to = i % 2 == 0 ? "right" : "left";
            Db db = i % 4 < 2 ? house.db : other;
            Credits credits = i % 4 < 2 ? house.credits : there;
            UUID hold = hold(house.credits, house.db, spender, from, i % 2 == 0 ? TENTH : 2 * TENTH);
            moves.add(() -> {
                boolean first = moved(credits, db, hold, to);
                return moved(credits, db, hold, to) && first; // the second time there is nothing to move
            });
        }

        assertThat(LedgerHouse.all(moves)).containsOnly(true);

        assertThat(budgetSpent("right")).isEqualTo(100 * TENTH);
        assertThat(budgetSpent("left")).isEqualTo(200 * TENTH);
        house.forgetBudgets("left", "right");
    }

    @Test
    void whatMovesAfterMidnightCountsAgainstTheNewDayAndWhatMovesToNobodysBudgetAgainstNone() {
        var spender = new Spender(house.owner(100), null);
        UUID late = hold(house.credits, house.db, spender, "left", 300_000);
        UUID free = hold(house.credits, house.db, spender, "right", 400_000);
        house.sql("UPDATE hold SET created_at = created_at - interval '1 day' WHERE id = '" + late + "'");
        house.sql("UPDATE provider_spending SET day = day - 1 WHERE provider = 'left'");

        assertThat(moved(house.credits, house.db, late, "fair")).isTrue();
        assertThat(moved(house.credits, house.db, free, "nobody")).isTrue();

        long before = budgetSpent("fair");
        assertThat(before).isGreaterThanOrEqualTo(300_000);
        assertThat(house.db.<Long>read(
                        tx -> tx.query("SELECT sum(micros) FROM provider_spending WHERE provider = 'left'")
                                .mapTo(Long.class)
                                .one()))
                .isZero();
        assertThat(budgetSpent("right")).isZero();
        house.db.run(tx -> house.credits.settle(tx, late, List.of(line(100_000))));
        assertThat(budgetSpent("fair")).isEqualTo(before - 200_000);
        house.db.run(tx -> house.credits.settle(tx, free, List.of(line(100_000))));
        assertThat(budgetSpent("right")).isZero();
        house.forgetBudgets("left", "right", "fair");
    }

    private static boolean moved(Credits credits, Db db, UUID hold, String provider) {
        while (true) {
            try {
                db.run(tx -> credits.redirect(tx, hold, provider));
                return true;
            } catch (Problem refused) {
                if (refused.type() != ProblemType.UNAVAILABLE) {
                    assertThat(refused.members()).containsEntry("reason", "provider_budget");
                    return false;
                }
            }
        }
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
    void aBudgetSaysHowMuchIsMissingOfIt() {
        var spender = new Spender(house.owner(100), null);
        hold(house.credits, house.db, spender, "short", 600_000);

        assertThat(problem(spender, "short", 700_000).members())
                .containsEntry("reason", "provider_budget")
                .containsEntry("missing", new BigDecimal("0.3"));
    }

    @Test
    void aCapCountsFromTheMomentItIsSetForWhoSpentWithoutOneJustNow() {
        UUID owner = house.owner(100);
        var spender = new Spender(owner, null);
        hold(house.credits, house.db, spender, "one", 600_000);

        cap(owner, 1);
        assertThat(refusal(spender, "one", 400_001)).isEqualTo("cap_day");
        cap(owner, null);

        hold(house.credits, house.db, spender, "one", 400_001);
    }

    @Test
    void anOwnerSeesHisCapsAndThoseOfHisKeysAndWhatIsLeftOfEach() {
        UUID owner = house.owner(100);
        UUID first = house.key(owner, 3);
        assertThat(view(owner)).isEqualTo("null k 3 0 3");
        UUID second = house.key(owner, 2);
        hold(house.credits, house.db, new Spender(owner, first), "one", 1_500_000);
        hold(house.credits, house.db, new Spender(owner, second), "one", 2_000_000);
        cap(owner, 5);
        assertThat(view(owner)).isEqualTo("5 3.5 1.5 k 2 2 0 k 3 1.5 1.5");

        cap(owner, 1);

        assertThat(view(owner)).isEqualTo("1 3.5 0 k 2 2 0 k 3 1.5 1.5");
    }

    private static String view(UUID owner) {
        CapsView view = house.db.read(tx -> CapsView.of(tx, owner));
        var words = new ArrayList<String>();
        CapsView.Day day = view.day();
        words.add(day == null ? "null" : day.limit() + " " + day.spent() + " " + day.remaining());
        view.keys()
                .forEach(key -> words.add(key.name() + " " + key.limit() + " " + key.spent() + " " + key.remaining()));
        return String.join(" ", words);
    }

    @Test
    void whatMovesToAProviderAndMakesItFourFifthsOfHisBudgetIsTold() {
        UUID owner = house.owner(100);
        UUID hold = hold(house.credits, house.db, new Spender(owner, null), "left", 8_000_000);
        assertThat(facts(owner)).isEmpty();

        assertThat(moved(house.credits, house.db, hold, "near")).isTrue();

        assertThat(facts(owner)).containsExactly("provider_budget");
        house.forgetBudgets("left");
    }

    @Test
    void daysLongGoneAreForgotten() {
        house.sql(
                "INSERT INTO provider_spending SELECT 'old', CAST(now() AT TIME ZONE 'UTC' AS date) - days, 0 FROM unnest('{40,41}'::int[]) days",
                "INSERT INTO cap_alarm (cap, subject, day) SELECT 'provider_budget', 'old', CAST(now() AT TIME ZONE 'UTC' AS date) - days"
                        + " FROM unnest('{40,41}'::int[]) days");

        house.credits.budgets();

        for (String kept : List.of("provider_spending WHERE provider = 'old'", "cap_alarm WHERE subject = 'old'")) {
            assertThat(house.db.<List<Integer>>read(
                            tx -> tx.query("SELECT CAST(now() AT TIME ZONE 'UTC' AS date) - day FROM " + kept)
                                    .mapTo(Integer.class)
                                    .list()))
                    .containsExactly(40);
        }
    }

    @Test
    void fourFifthsAreToldOnceADay() {
        UUID owner = house.owner(100);
        UUID key = house.key(owner, 10);
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
        db.run(tx -> credits.hold(tx, new Wanted(id, spender, provider, micros, "one of many")));
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
