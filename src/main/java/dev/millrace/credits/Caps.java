package dev.millrace.credits;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.sql.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Caps on what is spent in a day, counted in the transaction of the hold and under a lock, so that they hold however many ask at
 * once and on however many nodes.
 *
 * <p>Locks come before those of the purses: the cap's row or the key's, then the provider's sum. A new cap counts for whatever is
 * held after it was answered, on every node.
 */
final class Caps {
    private final Budgets budgets;

    Caps(Budgets budgets) {
        this.budgets = budgets;
    }

    /** Takes the locks of all who ask, before those of their purses, so that they can be judged one after the other. */
    Round round(Tx tx, List<Wanted> all) {
        Limits limits = limits(tx, all);
        Set<String> budgeted = budgets.providers(tx);
        Budgets.lock(
                tx,
                all.stream()
                        .map(Wanted::provider)
                        .filter(provider -> provider != null && budgeted.contains(provider))
                        .collect(Collectors.toSet()));
        return new Round(tx, limits, budgeted);
    }

    /** Those who ask at once, each judged by what those before him were granted. */
    static final class Round {
        private final Tx tx;
        private final Limits limits;
        private final Set<String> budgeted;
        private final List<Wanted> granted = new ArrayList<>();

        private Round(Tx tx, Limits limits, Set<String> budgeted) {
            this.tx = tx;
            this.limits = limits;
            this.budgeted = budgeted;
        }

        /**
         * What he has spent of his own caps and his key's, when this still fits; writes nothing.
         *
         * @throws Problem INSUFFICIENT_CREDITS when it does not
         */
        List<Cap.Use> check(Wanted wanted) {
            Spender spender = wanted.spender();
            Long ofAccount = limits.accounts().get(spender.account());
            Long ofKey = spender.apiKey() == null ? null : limits.keys().get(spender.apiKey());
            if (ofAccount == null && ofKey == null) {
                return List.of();
            }
            var uses = new ArrayList<Cap.Use>();
            Spent spent = spent(tx, spender);
            if (ofAccount != null) {
                long more = sum(granted, other -> other.account().equals(spender.account()));
                uses.add(new Cap.Use(Cap.CAP_DAY, spender.account().toString(), ofAccount, spent.account() + more));
            }
            if (ofKey != null) {
                long more = sum(granted, other -> Objects.equals(other.spender().apiKey(), spender.apiKey()));
                uses.add(new Cap.Use(Cap.CAP_KEY, String.valueOf(spender.apiKey()), ofKey, spent.key() + more));
            }
            uses.forEach(use -> use.check(tx, wanted.micros()));
            return uses;
        }

        /**
         * Counts what is about to be held, also against the provider's budget; {@code own} is what {@link #check} answered.
         *
         * @throws Problem INSUFFICIENT_CREDITS when the budget does not allow it; then nothing is counted
         */
        Counted count(Wanted wanted, List<Cap.Use> own) {
            String provider = wanted.provider();
            Cap.Use budget = provider == null || !budgeted.contains(provider)
                    ? null
                    : Budgets.spend(tx, provider, wanted.micros());
            granted.add(wanted);
            if (budget == null) {
                return new Counted(null, own);
            }
            return new Counted(
                    provider, Stream.concat(own.stream(), Stream.of(budget)).toList());
        }
    }

    /** The caps there are on those who ask, locked until the end of the transaction: whoever spends under one takes his turn. */
    private static Limits limits(Tx tx, List<Wanted> all) {
        Set<UUID> accounts = all.stream().map(Wanted::account).collect(Collectors.toSet());
        Set<UUID> keys = all.stream()
                .map(wanted -> wanted.spender().apiKey())
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        return new Limits(caps(tx, CAPS, accounts), caps(tx, KEY_CAPS, keys));
    }

    private static long sum(List<Wanted> all, Predicate<Wanted> which) {
        return all.stream().filter(which).mapToLong(Wanted::micros).sum();
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
    }

    private static final String STANDING = """
            WITH today AS (
                SELECT api_key, sum(hold_weight(state, amount, charged)) AS micros
                FROM hold
                WHERE owner = :owner AND created_at >= date_trunc('day', now(), 'UTC') AND purpose <> 'dispute'
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

    private static final String CAPS = """
            SELECT owner AS id, day_micros AS micros
            FROM spending_cap
            WHERE owner = ANY(:ids)
            ORDER BY owner
            FOR NO KEY UPDATE""";

    private static final String KEY_CAPS = """
            SELECT id, cap_day_micros AS micros
            FROM api_key
            WHERE id = ANY(:ids) AND cap_day_micros IS NOT NULL
            ORDER BY id
            FOR NO KEY UPDATE""";

    private static Map<UUID, Long> caps(Tx tx, String query, Set<UUID> ids) {
        return ids.isEmpty()
                ? Map.of()
                : tx.query(query).bindArray("ids", UUID.class, ids).mapTo(Limit.class).stream()
                        .collect(Collectors.toMap(Limit::id, Limit::micros));
    }

    // In a statement of its own, after the lock: only then it sees what those before us have spent.
    private static final String SPENT = """
            SELECT CAST(coalesce(sum(hold_weight(state, amount, charged)), 0) AS bigint) AS account,
                   CAST(coalesce(sum(hold_weight(state, amount, charged)) FILTER (WHERE api_key = CAST(:key AS uuid)), 0) AS bigint) AS key
            FROM hold
            WHERE owner = :owner AND created_at >= date_trunc('day', now(), 'UTC') AND purpose <> 'dispute'""";

    private static Spent spent(Tx tx, Spender spender) {
        return tx.query(SPENT)
                .bind("owner", spender.account())
                .bind("key", spender.apiKey())
                .mapTo(Spent.class)
                .one();
    }

    /**
     * What a hold counts against.
     *
     * @param budget the provider whose budget it is, written at the hold
     * @param uses each cap, as it was before
     */
    record Counted(@Nullable String budget, List<Cap.Use> uses) {
        static final Counted NOWHERE = new Counted(null, List.of());
    }

    /** @param name of the key; null for the cap of the account */
    record Standing(UUID id, @Nullable String name, long limitMicros, long spentMicros) {}

    private record Limits(Map<UUID, Long> accounts, Map<UUID, Long> keys) {}

    private record Limit(UUID id, long micros) {}

    private record Spent(long account, long key) {}
}
