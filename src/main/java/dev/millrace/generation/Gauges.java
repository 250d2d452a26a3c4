package dev.millrace.generation;

import dev.millrace.credits.Balance;
import dev.millrace.credits.Credits;
import dev.millrace.credits.Plan;
import dev.millrace.platform.Micros;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.limits.Gauge;
import dev.millrace.platform.limits.Limits;
import dev.millrace.platform.limits.Usage;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.sql.Db;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The gauges that stand on every stream: windows and credits of an account, as old as the reader will have it. */
final class Gauges {
    private static final int MOST_REMEMBERED = 5_000;

    private final Db db;
    private final Credits credits;
    private final Limits limits;
    private final Map<UUID, Look> looks = new ConcurrentHashMap<>();

    Gauges(Db db, Credits credits, Limits limits) {
        this.db = db;
        this.credits = credits;
        this.limits = limits;
    }

    /** The name under which an account's calls are counted; its keys' calls are counted beside it. */
    static String key(UUID account) {
        return "{" + account + "}:account";
    }

    /** Something changed for this account: what is known of it is too old for everybody. */
    void forget(UUID account) {
        looks.remove(account);
    }

    /** One line of JSON, at most so old; null when nothing can be known at present. */
    @Nullable
    String read(UUID account, Duration oldest) {
        Look known = looks.get(account);
        if (known != null && System.nanoTime() - known.atNanos() < oldest.toNanos()) {
            return known.json();
        }
        if (looks.size() > MOST_REMEMBERED) {
            looks.clear();
        }
        try {
            long now = System.nanoTime();
            String json = Json.write(look(account));
            looks.put(account, new Look(json, now));
            return json;
        } catch (Problem away) {
            return null;
        }
    }

    private Reading look(UUID account) {
        Plan plan = credits.plan(account);
        Usage usage = limits.look(key(account), plan.perMinute(), plan.perDay());
        Balance balance = db.read(tx -> credits.balance(tx, account));
        return new Reading(
                limited(usage.minute()),
                limited(usage.day()),
                new Sums(
                        Micros.credits(balance.balance()),
                        Micros.credits(balance.held()),
                        Micros.credits(balance.available())));
    }

    private static @Nullable Gauge limited(Gauge gauge) {
        return gauge.limited() ? gauge : null;
    }

    /** A window that the plan does not have is null. */
    private record Reading(@Nullable Gauge minute, @Nullable Gauge day, Sums credits) {}

    private record Sums(BigDecimal balance, BigDecimal held, BigDecimal available) {}

    private record Look(String json, long atNanos) {}
}
