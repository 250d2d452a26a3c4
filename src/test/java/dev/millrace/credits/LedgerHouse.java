package dev.millrace.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.platform.sql.Tx;
import dev.millrace.testing.TestServices;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Credits over a database of their own, in the words of the tests. */
final class LedgerHouse implements AutoCloseable {
    final SqlConfig config = TestServices.freshDatabase();
    final Db db = Db.open(config);
    final Credits credits = new Credits(db);

    /** An account that was never here, on the plan that grants 200 once. */
    UUID newcomer() {
        UUID id = Ids.next();
        db.run(tx -> tx.update("INSERT INTO account (id, email) VALUES (:id, :email)")
                .bind("id", id)
                .bind("email", id + "@example.com")
                .execute());
        return id;
    }

    /** An account with exactly so many credits and no welcome. */
    UUID owner(long credit) {
        db.run(tx -> tx.execute("""
                INSERT INTO plan (id, name, running, storage_bytes) VALUES ('bare', 'Bare', 2, 0) ON CONFLICT DO NOTHING"""));
        UUID id = newcomer();
        db.run(tx -> tx.update("UPDATE account SET plan = 'bare' WHERE id = :id")
                .bind("id", id)
                .execute());
        give(id, Purse.PURCHASED, credit, null);
        return id;
    }

    void give(UUID owner, Purse purse, long credit, @Nullable Instant expires) {
        var grant = new Grant(purse, credit * Micros.CREDIT, expires, "test:" + Ids.next(), "for the test");
        assertThat(this.<Boolean>patiently(tx -> credits.grant(tx, owner, grant)))
                .isTrue();
    }

    UUID hold(UUID owner, long credit) {
        UUID id = Ids.next();
        patiently(tx -> {
            credits.hold(tx, id, owner, credit * Micros.CREDIT, "studio/video");
            return id;
        });
        return id;
    }

    /** Whether there were credits for it. */
    boolean tryHold(UUID owner, long credit) {
        try {
            hold(owner, credit);
            return true;
        } catch (Problem refused) {
            assertThat(refused.type()).isEqualTo(ProblemType.INSUFFICIENT_CREDITS);
            return false;
        }
    }

    /** A key of this account that may spend so many credits a day. */
    UUID key(UUID owner, int credit) {
        UUID key = Ids.next();
        sql("""
                INSERT INTO api_key (id, account, name, hash, hint, scopes, cap_day_micros)
                VALUES ('%s', '%s', 'k', sha256('%s'), 'abcd', '{generate}', %d)""".formatted(key, owner, key, credit * Micros.CREDIT));
        return key;
    }

    /** Somebody works for this hold, or is about to: a generation of that status. */
    void atWork(UUID hold, String status) {
        sql("""
                INSERT INTO generation (id, account, kind, model, provider, status, prompt, options, sanitized, price, expected_micros,
                                        maximum_micros, size, started_at)
                SELECT h.id, h.owner, 'video', 'studio/video', 'studio', '%2$s', 'a boat', '{}', '{}', '[]', h.amount, h.amount, '-',
                       CASE '%2$s' WHEN 'queued' THEN NULL ELSE now() END
                FROM hold h WHERE h.id = '%1$s'""".formatted(hold, status));
    }

    Receipt settle(UUID hold, long credit) {
        return patiently(tx -> credits.settle(tx, hold, List.of(line(credit))));
    }

    Receipt release(UUID hold) {
        return patiently(tx -> credits.release(tx, hold));
    }

    /** Comes again when too many stand in line for a connection, as a client would. */
    <T> T patiently(Function<Tx, T> work) {
        while (true) {
            try {
                return db.transact(work);
            } catch (Problem busy) {
                if (busy.type() != ProblemType.UNAVAILABLE) {
                    throw busy;
                }
            }
        }
    }

    static ReceiptLine line(long credit) {
        return new ReceiptLine("seconds", BigDecimal.valueOf(credit), BigDecimal.ONE, credit * Micros.CREDIT);
    }

    /** Balance, held and available in whole credits. */
    List<Long> funds(UUID owner) {
        Balance balance = db.read(tx -> credits.balance(tx, owner));
        return List.of(
                balance.balance() / Micros.CREDIT, balance.held() / Micros.CREDIT, balance.available() / Micros.CREDIT);
    }

    List<Ledger.Line> lines(UUID owner) {
        return db.read(tx -> new Ledger().page(tx, owner, null, 1000));
    }

    /** The rules that are broken; none when all is well. */
    List<String> broken() {
        return db.read(tx -> tx.query("SELECT rule FROM admin.ledger_check()")
                .mapTo(String.class)
                .list());
    }

    /** Somebody disputes a payment; the hold of that name is to set aside what it bought. */
    void disputed(UUID hold) {
        sql(
                "INSERT INTO payment_case VALUES ('dp_%1$s', 'dispute', 'pi_%1$s', '%1$s', 'open', 10) ON CONFLICT DO NOTHING"
                        .formatted(hold));
    }

    /** As if nothing had ever been spent on these providers. */
    void forgetBudgets(String... providers) {
        db.run(tx -> {
            for (String statement : List.of(
                    "UPDATE hold SET budget = NULL WHERE budget = ANY(:providers)",
                    "DELETE FROM provider_spending WHERE provider = ANY(:providers)")) {
                tx.update(statement)
                        .bindArray("providers", String.class, List.of(providers))
                        .execute();
            }
        });
    }

    void sql(String... statements) {
        db.run(tx -> List.of(statements).forEach(tx::execute));
    }

    static <T> List<T> together(int times, Callable<T> call) throws Exception {
        var calls = new ArrayList<Callable<T>>();
        for (int i = 0; i < times; i++) {
            calls.add(call);
        }
        return all(calls);
    }

    static <T> List<T> all(List<Callable<T>> calls) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<T>();
            for (Future<T> answer : threads.invokeAll(calls)) {
                answers.add(answer.get());
            }
            return answers;
        }
    }

    @Override
    public void close() {
        db.close();
    }
}
