package dev.millrace.credits;

import dev.millrace.platform.Recent;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table of plans, and which account is on which; remembered for a moment, because every creation asks. */
final class Plans {
    private static final long FRESH_NANOS = Duration.ofSeconds(3).toNanos();
    private static final int ACCOUNTS = 20_000;

    private final Recent<UUID, Remembered> remembered = new Recent<>(ACCOUNTS);

    /** The account's plan; opens a reading transaction when it is not remembered. */
    Plan of(Db db, UUID account) {
        Plan plan = fresh(account);
        return plan == null ? db.read(tx -> look(tx, account)) : plan;
    }

    Plan of(Tx tx, UUID account) {
        Plan plan = fresh(account);
        return plan == null ? look(tx, account) : plan;
    }

    private static final String ALL = """
            SELECT id, name, coalesce(per_minute, -1) AS per_minute, coalesce(per_day, -1) AS per_day, running,
                   once_micros AS credits_once_micros, storage_bytes
            FROM plan
            ORDER BY rank, id""";

    List<Plan> all(Tx tx) {
        return tx.query(ALL).mapTo(Plan.class).list();
    }

    private @Nullable Plan fresh(UUID account) {
        Remembered known = remembered.get(account);
        return known == null || System.nanoTime() - known.readAtNanos() > FRESH_NANOS ? null : known.plan();
    }

    private static final String OF_ACCOUNT = """
            SELECT p.id, p.name, coalesce(p.per_minute, -1) AS per_minute, coalesce(p.per_day, -1) AS per_day, p.running,
                   p.once_micros AS credits_once_micros, p.storage_bytes
            FROM account a
            JOIN plan p ON p.id = a.plan
            WHERE a.id = :account""";

    private Plan look(Tx tx, UUID account) {
        long now = System.nanoTime();
        Plan plan = tx.query(OF_ACCOUNT)
                .bind("account", account)
                .mapTo(Plan.class)
                .findOne()
                .orElseThrow(() -> Problem.of(ProblemType.NOT_FOUND, "There is no such account any more."));
        remembered.put(account, new Remembered(plan, now));
        return plan;
    }

    private static final String MOVE = """
            UPDATE account
            SET plan = :plan
            WHERE id = :account AND plan <> :plan""";

    void move(Tx tx, UUID account, String plan) {
        tx.update(MOVE).bind("account", account).bind("plan", plan).execute();
        tx.afterCommit(() -> remembered.remove(account));
    }

    private record Remembered(Plan plan, long readAtNanos) {}
}
