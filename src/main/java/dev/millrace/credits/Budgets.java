package dev.millrace.credits;

import dev.millrace.credits.Credits.Cost;
import dev.millrace.platform.sql.Columns;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the operator lets be spent on a provider in a day: a sum in one row, so that it holds on however many nodes. Which providers
 * have one is remembered for a moment; a new budget counts on every node within three seconds.
 */
final class Budgets {
    private static final long FRESH_NANOS = Duration.ofSeconds(3).toNanos();

    private final AtomicReference<Known> known =
            new AtomicReference<>(new Known(Set.of(), System.nanoTime() - FRESH_NANOS));

    private static final String MOVING = """
            SELECT owner, api_key, budget, coalesce(budget_day, CAST(created_at AT TIME ZONE 'UTC' AS date)) AS day,
                   hold_weight(state, amount, charged) AS micros
            FROM hold
            WHERE id = :hold
            FOR NO KEY UPDATE""";

    private static final String MOVE = """
            UPDATE hold
            SET budget = :budget, budget_day = CAST(now() AT TIME ZONE 'UTC' AS date)
            WHERE id = :hold""";

    /** Counts the hold against another provider's budget of today, if he has one, and no longer against that of whoever had it. */
    void redirect(Tx tx, UUID hold, String provider) {
        String budget = providers(tx).contains(provider) ? provider : null;
        Moving moving = tx.query(MOVING)
                .bind("hold", hold)
                .mapTo(Moving.class)
                .findOne()
                .orElse(null);
        if (moving == null || Objects.equals(budget, moving.budget())) {
            return;
        }
        // two that change places take the sums in the same order
        String before = moving.budget();
        boolean firstBack = before != null && (budget == null || before.compareTo(budget) < 0);
        if (firstBack) {
            giveBack(tx, moving);
        }
        Cap.Use use = budget == null ? null : spend(tx, budget, moving.micros());
        if (!firstBack && before != null) {
            giveBack(tx, moving);
        }
        tx.update(MOVE)
                .bind("hold", hold)
                .bind("budget", use == null ? null : budget)
                .execute();
        if (use != null) {
            var wanted = new Wanted(hold, moving.spender(), budget, moving.micros(), "");
            Cap.note(tx, wanted, List.of(use));
        }
    }

    private static final String GIVE_BACK = """
            UPDATE provider_spending
            SET micros = greatest(0, micros - :micros)
            WHERE provider = :budget AND day = :day""";

    private static void giveBack(Tx tx, Moving moving) {
        tx.update(GIVE_BACK)
                .bind("micros", moving.micros())
                .bind("budget", moving.budget())
                .bind("day", moving.day())
                .execute();
    }

    private static final String BUDGETS = """
            SELECT b.provider, b.day_micros AS limit_micros, coalesce(s.micros, 0) AS spent_micros
            FROM provider_budget b
            LEFT JOIN provider_spending s ON s.provider = b.provider AND s.day = CAST(now() AT TIME ZONE 'UTC' AS date)
            ORDER BY b.provider""";

    /** The operator's budgets, and what is spent of them today. */
    static List<Budget> all(Tx tx) {
        return tx.query(BUDGETS).mapTo(Budget.class).list();
    }

    private static final String FORGET = """
            DELETE FROM provider_spending
            WHERE day < CAST(now() AT TIME ZONE 'UTC' AS date) - 40""";

    /** Forgets days that nothing open counts against any more. */
    static void forget(Tx tx) {
        tx.update(FORGET).execute();
    }

    private static final String FIRST_OF_THE_DAY = """
            INSERT INTO provider_spending (provider, day, micros)
            SELECT provider, CAST(now() AT TIME ZONE 'UTC' AS date), 0
            FROM provider_budget
            WHERE provider = ANY(:providers)
            ORDER BY provider
            ON CONFLICT DO NOTHING""";

    private static final String LOCK = """
            SELECT provider
            FROM provider_spending
            WHERE provider = ANY(:providers) AND day = CAST(now() AT TIME ZONE 'UTC' AS date)
            ORDER BY provider
            FOR NO KEY UPDATE""";

    /** Takes the sums of providers in the order of their names, as everybody does, and before the purses of those who spend. */
    static void lock(Tx tx, Set<String> providers) {
        if (!providers.isEmpty()) {
            beginDay(tx, providers);
            tx.query(LOCK)
                    .bindArray("providers", String.class, providers)
                    .mapTo(String.class)
                    .list();
        }
    }

    private static void beginDay(Tx tx, Set<String> providers) {
        tx.update(FIRST_OF_THE_DAY)
                .bindArray("providers", String.class, providers)
                .execute();
    }

    // The row is locked by the update, which then looks at it as it is now, whatever was seen before.
    private static final String SPEND = """
            WITH budget AS (
                SELECT day_micros FROM provider_budget WHERE provider = :provider
            ), spending AS (
                INSERT INTO provider_spending (provider, day, micros)
                SELECT :provider, CAST(now() AT TIME ZONE 'UTC' AS date), :micros FROM budget WHERE :micros <= day_micros
                ON CONFLICT (provider, day) DO UPDATE
                    SET micros = provider_spending.micros + excluded.micros
                    WHERE provider_spending.micros + excluded.micros <= (SELECT day_micros FROM budget)
                RETURNING micros
            )
            SELECT day_micros AS limit_micros, (SELECT micros FROM spending) AS spent_micros FROM budget""";

    /** Counts it; null when the operator took the budget away a moment ago. */
    static Cap.@Nullable Use spend(Tx tx, String provider, long micros) {
        Spend spend = tx.query(SPEND)
                .bind("provider", provider)
                .bind("micros", micros)
                .mapTo(Spend.class)
                .findOne()
                .orElse(null);
        if (spend == null) {
            return null;
        }
        Long after = spend.spentMicros();
        if (after == null) {
            throw Cap.PROVIDER_BUDGET.refusal(
                    spend.limitMicros(), ofBudget(tx, provider), micros, Cap.untilMidnight(tx));
        }
        return new Cap.Use(Cap.PROVIDER_BUDGET, provider, spend.limitMicros(), after - micros);
    }

    // A charge pays for the work of the provider whose budget the hold counts against, and counts there itself.
    private static final String UNCOVERED = """
            SELECT c.hold, c.account, c.provider, c.micros - paid.micros AS micros
            FROM unnest(CAST(:holds AS uuid[]), CAST(:accounts AS uuid[]), CAST(:providers AS text[]), CAST(:micros AS bigint[]),
                        CAST(:charged AS bigint[]))
                AS c (hold, account, provider, micros, charged)
            LEFT JOIN hold h ON h.id = c.hold AND h.state IN ('open', 'expired') -- one that expired is charged all the same
            CROSS JOIN LATERAL (
                SELECT CASE WHEN h.budget = c.provider THEN least(c.charged, h.amount) ELSE 0 END AS micros) paid
            WHERE c.micros > paid.micros
            ORDER BY c.provider, c.hold""";

    private static final String LOCK_OF_HOLDS = """
            SELECT provider
            FROM provider_spending
            WHERE day >= CAST(now() AT TIME ZONE 'UTC' AS date) - 1
              AND provider IN (
                  SELECT budget FROM hold WHERE id = ANY(:holds) UNION SELECT unnest(CAST(:providers AS text[])))
            ORDER BY provider, day
            FOR NO KEY UPDATE""";

    // What was paid for is counted also where the budget is used up by it.
    private static final String PAY = """
            INSERT INTO provider_spending (provider, day, micros, uncovered_micros)
            SELECT provider, CAST(now() AT TIME ZONE 'UTC' AS date), :micros, :micros FROM provider_budget WHERE provider = :provider
            ON CONFLICT (provider, day) DO UPDATE
                SET micros = provider_spending.micros + excluded.micros,
                    uncovered_micros = provider_spending.uncovered_micros + excluded.micros
            RETURNING micros AS spent_micros, (SELECT day_micros FROM provider_budget WHERE provider = :provider) AS limit_micros""";

    /**
     * Counts what work that ends has cost beyond what is charged for it. To be called before its holds end, which takes the sums of
     * their budgets too: all of them are locked here, in the order in which everybody does.
     */
    static void pay(Tx tx, List<UUID> holds, List<Cost> costs) {
        Set<String> providers = costs.stream().map(Cost::provider).collect(Collectors.toSet());
        beginDay(tx, providers);
        lock(tx, holds, providers);
        List<Uncovered> uncovered = Columns.of(costs)
                .uuids("holds", Cost::hold)
                .uuids("accounts", Cost::account)
                .texts("providers", Cost::provider)
                .longs("micros", Cost::micros)
                .longs("charged", Cost::chargedMicros)
                .bind(tx.query(UNCOVERED))
                .mapTo(Uncovered.class)
                .list();
        for (Uncovered one : uncovered) {
            tx.query(PAY)
                    .bind("provider", one.provider())
                    .bind("micros", one.micros())
                    .mapTo(Spend.class)
                    .findOne()
                    .ifPresent(spend -> note(tx, one, spend));
        }
    }

    /** The sums that these holds count in, before they end: in the order in which everybody takes them. */
    static void lock(Tx tx, List<UUID> holds, Set<String> providers) {
        tx.query(LOCK_OF_HOLDS)
                .bindArray("holds", UUID.class, holds)
                .bindArray("providers", String.class, providers)
                .mapTo(String.class)
                .list();
    }

    private static void note(Tx tx, Uncovered one, Spend spend) {
        Long after = spend.spentMicros();
        if (after != null) {
            var wanted = new Wanted(one.hold(), new Spender(one.account(), null), one.provider(), one.micros(), "");
            var use = new Cap.Use(Cap.PROVIDER_BUDGET, one.provider(), spend.limitMicros(), after - one.micros());
            Cap.note(tx, wanted, List.of(use));
        }
    }

    private static final String OF_BUDGET = """
            SELECT coalesce(max(micros), 0)
            FROM provider_spending
            WHERE provider = :provider AND day = CAST(now() AT TIME ZONE 'UTC' AS date)""";

    private static long ofBudget(Tx tx, String provider) {
        return tx.query(OF_BUDGET).bind("provider", provider).mapTo(Long.class).one();
    }

    /** Those who have a budget. */
    Set<String> providers(Tx tx) {
        Known known = this.known.get();
        long now = System.nanoTime();
        if (now - known.readAtNanos() >= FRESH_NANOS) {
            known = new Known(
                    Set.copyOf(tx.query("SELECT provider FROM provider_budget")
                            .mapTo(String.class)
                            .list()),
                    now);
            this.known.set(known);
        }
        return known.providers();
    }

    private record Moving(
            UUID owner, @Nullable UUID apiKey, @Nullable String budget, LocalDate day, long micros) {
        Spender spender() {
            return new Spender(owner, apiKey);
        }
    }

    private record Uncovered(UUID hold, UUID account, String provider, long micros) {}

    private record Spend(long limitMicros, @Nullable Long spentMicros) {}

    private record Known(Set<String> providers, long readAtNanos) {}
}
