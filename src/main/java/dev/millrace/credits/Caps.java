package dev.millrace.credits;

import dev.millrace.analytics.Analytics;
import dev.millrace.analytics.Fact;
import dev.millrace.platform.Recent;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Caps on what is spent in a day, counted in the transaction of the hold and under a lock, so that they hold however many ask at
 * once and on however many nodes.
 *
 * <p>Locks come before those of the purses: the cap's row or the key's, then the provider's sum. Whether there is a cap at all is
 * remembered for a moment, because most have none; a new one counts on every node within three seconds.
 */
final class Caps {
    private static final Logger LOG = LoggerFactory.getLogger(Caps.class);
    private static final long FRESH_NANOS = Duration.ofSeconds(3).toNanos();
    private static final int ACCOUNTS = 20_000;

    private final Recent<UUID, Known> capped = new Recent<>(ACCOUNTS);
    private final AtomicReference<Budgets> budgets =
            new AtomicReference<>(new Budgets(Set.of(), System.nanoTime() - FRESH_NANOS));

    /** Refuses what a cap does not allow; otherwise counts it. To be called before the purses are locked. */
    Counted admit(Tx tx, Spending spending, UUID hold, long micros) {
        Spender spender = spending.spender();
        Long ofAccount = hasCap(tx, spender.account()) ? cap(tx, CAP, "owner", spender.account()) : null;
        Long ofKey = spender.apiKey() == null ? null : cap(tx, KEY_CAP, "key", spender.apiKey());
        if (ofAccount != null || ofKey != null) {
            Spent spent = spent(tx, spender);
            check(
                    tx,
                    Cap.CAP_DAY,
                    spender.account().toString(),
                    new Use(spender, hold, ofAccount, spent.account(), micros));
            check(
                    tx,
                    Cap.CAP_KEY,
                    String.valueOf(spender.apiKey()),
                    new Use(spender, hold, ofKey, spent.key(), micros));
        }
        boolean budgeted = budgets(tx).contains(spending.provider()) && spendBudget(tx, spending, hold, micros);
        return new Counted(spender.apiKey(), budgeted ? spending.provider() : null);
    }

    private static final String NOTE = """
            UPDATE hold
            SET api_key = :key, budget = :budget
            WHERE id = :hold""";

    /** Writes at the hold what it counts against. */
    void note(Tx tx, UUID hold, Counted counted) {
        if (counted.apiKey() != null || counted.budget() != null) {
            tx.update(NOTE)
                    .bind("hold", hold)
                    .bind("key", counted.apiKey())
                    .bind("budget", counted.budget())
                    .execute();
        }
    }

    private static final String SET = """
            INSERT INTO spending_cap (owner, day_micros)
            VALUES (:owner, :micros)
            ON CONFLICT (owner) DO UPDATE SET day_micros = excluded.day_micros""";

    private static final String DROP = """
            DELETE FROM spending_cap
            WHERE owner = :owner""";

    /** Sets what the account may spend in a day; null for as much as it has. What was spent today counts. */
    void set(Tx tx, UUID owner, @Nullable Long micros) {
        if (micros == null) {
            tx.update(DROP).bind("owner", owner).execute();
        } else {
            tx.update(SET).bind("owner", owner).bind("micros", micros).execute();
        }
        tx.afterCommit(() -> capped.remove(owner));
    }

    private static final String STANDING = """
            WITH today AS (
                SELECT api_key, sum(hold_weight(state, amount, charged)) AS micros
                FROM hold
                WHERE owner = :owner AND created_at >= date_trunc('day', now(), 'UTC')
                GROUP BY api_key
            )
            SELECT owner AS id, CAST(NULL AS text) AS name, day_micros AS limit_micros,
                   CAST(coalesce((SELECT sum(micros) FROM today), 0) AS bigint) AS spent_micros
            FROM spending_cap
            WHERE owner = :owner
            UNION ALL
            (SELECT k.id, k.name, k.cap_day_micros, CAST(coalesce(t.micros, 0) AS bigint)
            FROM api_key k
            LEFT JOIN today t ON t.api_key = k.id
            WHERE k.account = :owner AND k.revoked_at IS NULL AND k.cap_day_micros IS NOT NULL
            ORDER BY k.id DESC)""";

    /** The caps of an account; that of the account itself has no name. */
    static List<Standing> standing(Tx tx, UUID owner) {
        return tx.query(STANDING).bind("owner", owner).mapTo(Standing.class).list();
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

    private static final String FORGET_ALARMS = """
            DELETE FROM cap_alarm
            WHERE day < CAST(now() AT TIME ZONE 'UTC' AS date) - 40""";

    /** Forgets days that nothing open counts against any more. */
    static void forget(Tx tx) {
        tx.update(FORGET).execute();
        tx.update(FORGET_ALARMS).execute();
    }

    private static final String CAP = """
            SELECT day_micros
            FROM spending_cap
            WHERE owner = :owner
            FOR NO KEY UPDATE""";

    private static final String KEY_CAP = """
            SELECT cap_day_micros
            FROM api_key
            WHERE id = :key AND cap_day_micros IS NOT NULL
            FOR NO KEY UPDATE""";

    /** The cap, locked until the end of the transaction: whoever spends under it takes his turn. */
    private static @Nullable Long cap(Tx tx, String query, String name, UUID id) {
        return tx.query(query).bind(name, id).mapTo(Long.class).findOne().orElse(null);
    }

    // In a statement of its own, after the lock: only then it sees what those before us have spent.
    private static final String SPENT = """
            SELECT CAST(coalesce(sum(hold_weight(state, amount, charged)), 0) AS bigint) AS account,
                   CAST(coalesce(sum(hold_weight(state, amount, charged)) FILTER (WHERE api_key = CAST(:key AS uuid)), 0) AS bigint) AS key
            FROM hold
            WHERE owner = :owner AND created_at >= date_trunc('day', now(), 'UTC')""";

    private static Spent spent(Tx tx, Spender spender) {
        return tx.query(SPENT)
                .bind("owner", spender.account())
                .bind("key", spender.apiKey())
                .mapTo(Spent.class)
                .one();
    }

    private static void check(Tx tx, Cap cap, String subject, Use use) {
        Long limit = use.limit();
        if (limit == null) {
            return;
        }
        if (use.micros() > 0 && use.spent() + use.micros() > limit) {
            throw cap.refusal(limit, use.spent(), use.micros(), untilMidnight(tx));
        }
        if (Cap.nears(limit, use.spent(), use.micros())) {
            alarm(tx, cap, subject, use);
        }
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

    /** Counts it; false when the operator took the budget away a moment ago. */
    private static boolean spendBudget(Tx tx, Spending spending, UUID hold, long micros) {
        Spend spend = tx.query(SPEND)
                .bind("provider", spending.provider())
                .bind("micros", micros)
                .mapTo(Spend.class)
                .findOne()
                .orElse(null);
        if (spend == null) {
            return false;
        }
        Long after = spend.spentMicros();
        if (after == null) {
            throw Cap.PROVIDER_BUDGET.refusal(
                    spend.limitMicros(), ofBudget(tx, spending.provider()), micros, untilMidnight(tx));
        }
        if (Cap.nears(spend.limitMicros(), after - micros, micros)) {
            var use = new Use(spending.spender(), hold, spend.limitMicros(), after - micros, micros);
            alarm(tx, Cap.PROVIDER_BUDGET, spending.provider(), use);
        }
        return true;
    }

    private static final String OF_BUDGET = """
            SELECT coalesce(max(micros), 0)
            FROM provider_spending
            WHERE provider = :provider AND day = CAST(now() AT TIME ZONE 'UTC' AS date)""";

    private static long ofBudget(Tx tx, String provider) {
        return tx.query(OF_BUDGET).bind("provider", provider).mapTo(Long.class).one();
    }

    private static final String ALARM = """
            INSERT INTO cap_alarm (cap, subject, day)
            VALUES (:cap, :subject, CAST(now() AT TIME ZONE 'UTC' AS date))
            ON CONFLICT DO NOTHING""";

    private static void alarm(Tx tx, Cap cap, String subject, Use use) {
        int first = tx.update(ALARM)
                .bind("cap", cap.code())
                .bind("subject", subject)
                .execute();
        Long limit = use.limit();
        if (first == 0 || limit == null) {
            return;
        }
        long spent = use.spent() + use.micros();
        Analytics.record(
                tx, new Fact.CapNeared(use.spender().account(), use.hold(), cap.code(), subject, spent, limit));
        if (cap == Cap.PROVIDER_BUDGET) {
            tx.afterCommit(
                    () -> LOG.warn("{} of {} micro-credits of today's budget for {} are spent", spent, limit, subject));
        }
    }

    private static final String UNTIL_MIDNIGHT = """
            SELECT CAST(ceil(extract(epoch FROM date_trunc('day', now(), 'UTC') + interval '1 day' - now())) AS bigint)""";

    private static Duration untilMidnight(Tx tx) {
        return Duration.ofSeconds(tx.query(UNTIL_MIDNIGHT).mapTo(Long.class).one());
    }

    private static final String HAS_CAP = """
            SELECT EXISTS (SELECT FROM spending_cap WHERE owner = :owner)""";

    private boolean hasCap(Tx tx, UUID owner) {
        long now = System.nanoTime();
        Known known = capped.get(owner);
        if (known == null || now - known.readAtNanos() > FRESH_NANOS) {
            known = new Known(
                    tx.query(HAS_CAP).bind("owner", owner).mapTo(Boolean.class).one(), now);
            capped.put(owner, known);
        }
        return known.capped();
    }

    private Set<String> budgets(Tx tx) {
        Budgets known = budgets.get();
        long now = System.nanoTime();
        if (now - known.readAtNanos() >= FRESH_NANOS) {
            known = new Budgets(
                    Set.copyOf(tx.query("SELECT provider FROM provider_budget")
                            .mapTo(String.class)
                            .list()),
                    now);
            budgets.set(known);
        }
        return known.providers();
    }

    /** What a hold counts against besides its owner's cap. */
    record Counted(@Nullable UUID apiKey, @Nullable String budget) {}

    /** @param name of the key; null for the cap of the account */
    record Standing(UUID id, @Nullable String name, long limitMicros, long spentMicros) {}

    private record Use(Spender spender, UUID hold, @Nullable Long limit, long spent, long micros) {}

    private record Spent(long account, long key) {}

    private record Spend(long limitMicros, @Nullable Long spentMicros) {}

    private record Known(boolean capped, long readAtNanos) {}

    private record Budgets(Set<String> providers, long readAtNanos) {}
}
