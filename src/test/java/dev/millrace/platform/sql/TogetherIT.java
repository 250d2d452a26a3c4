package dev.millrace.platform.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.testing.FaultProxy;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many callers in one commit: each is as if alone, whatever the others do. */
class TogetherIT {
    private static SqlConfig config;
    private static Db db;
    private static ExecutorService callers;

    @BeforeAll
    static void open() {
        config = TestServices.freshDatabase();
        db = Db.open(config);
        callers = Executors.newVirtualThreadPerTaskExecutor();
        db.run(tx -> tx.execute("CREATE TABLE seat (id int CONSTRAINT seat_once PRIMARY KEY, xact text NOT NULL)"));
    }

    @AfterAll
    static void close() {
        callers.close();
        db.close();
    }

    @BeforeEach
    void empty() {
        db.run(tx -> tx.execute("TRUNCATE seat"));
    }

    @Test
    void thoseWhoWaitShareACommitAndEachHasHisOwnAnswer() throws Exception {
        var batch = new Batch(db, callers);

        List<Future<Integer>> answers = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            int id = i;
            answers.add(batch.join(tx -> take(tx, id)));
        }
        batch.go();

        for (int i = 1; i <= 40; i++) {
            assertThat(answers.get(i - 1).get()).isEqualTo(i);
        }
        assertThat(count("SELECT count(DISTINCT xact) FROM seat WHERE id > 0")).isEqualTo(1);
    }

    @Test
    void aClosureThatThrowsIsUndoneAloneAndNobodyGetsItsAnswer() throws Exception {
        var batch = new Batch(db, callers);
        var told = ConcurrentHashMap.<String>newKeySet();

        Future<Integer> good = batch.join(tx -> {
            tx.afterCommit(() -> told.add("good"));
            return take(tx, 1);
        });
        Future<Integer> refused = batch.join(tx -> {
            take(tx, 2);
            tx.afterCommit(() -> told.add("refused"));
            tx.unlessCommitted(fate -> told.add("undone " + fate));
            throw Problem.of(ProblemType.INSUFFICIENT_CREDITS, "no");
        });
        Future<Integer> twice = batch.join(tx -> take(tx, 1));
        Future<Integer> broken =
                batch.join(tx -> tx.query("SELECT 1 / 0").mapTo(Integer.class).one());
        Future<Integer> last = batch.join(tx -> take(tx, 3));
        batch.go();

        assertThat(good.get()).isEqualTo(1);
        assertThat(last.get()).isEqualTo(3);
        assertThatThrownBy(refused::get).hasCauseInstanceOf(Problem.class);
        assertThatThrownBy(twice::get)
                .hasCauseInstanceOf(Duplicate.class)
                .satisfies(failure -> assertThat(((Duplicate) failure.getCause()).constraint())
                        .isEqualTo("seat_once"));
        assertThatThrownBy(broken::get).hasStackTraceContaining("division by zero");
        assertThat(told).isEqualTo(Set.of("good", "undone UNDONE"));
        assertThat(count("SELECT count(*) FROM seat WHERE id IN (1, 2, 3)")).isEqualTo(2);
    }

    @Test
    void nobodyIsToldBeforeTheCommonCommit() throws Exception {
        var batch = new Batch(db, callers);
        var second = new CountDownLatch(1);
        var inside = new CountDownLatch(1);
        var told = new AtomicInteger();

        Future<Integer> first = batch.join(tx -> take(tx, 1));
        Future<Integer> refused = batch.join(tx -> {
            throw Problem.of(ProblemType.CONFLICT, "no");
        });
        Future<Integer> last = batch.join(tx -> {
            inside.countDown();
            Batch.await(second);
            tx.afterCommit(told::incrementAndGet);
            return take(tx, 2);
        });
        batch.go();
        Batch.await(inside);

        assertThat(first.isDone()).isFalse();
        assertThat(refused.isDone()).isFalse(); // a refusal may rest on what is not durable yet
        assertThat(count("SELECT count(*) FROM seat WHERE id > 0")).isZero();
        second.countDown();
        first.get();
        assertThat(last.get()).isEqualTo(2);
        assertThat(count("SELECT count(*) FROM seat WHERE id > 0")).isEqualTo(2);
    }

    @Test
    void whoMeetsALockThatLastsIsRunAloneAndHoldsUpNobody() throws Exception {
        db.run(tx -> take(tx, 7));
        var locked = new CountDownLatch(1);
        var free = new CountDownLatch(1);
        Future<?> sitter = callers.submit(() -> db.run(tx -> {
            tx.execute("SELECT FROM seat WHERE id = 7 FOR UPDATE");
            locked.countDown();
            Batch.await(free);
        }));
        Batch.await(locked);
        var batch = new Batch(db, callers);
        var runs = new AtomicInteger();

        Future<Integer> waits = batch.join(tx -> {
            runs.incrementAndGet();
            return tx.update("UPDATE seat SET xact = 'mine' WHERE id = 7").execute();
        });
        Future<Integer> others = batch.join(tx -> take(tx, 8));
        batch.go();

        assertThat(others.get()).isEqualTo(8);
        assertThat(waits.isDone()).isFalse();
        free.countDown();
        sitter.get();
        assertThat(waits.get()).isEqualTo(1);
        assertThat(runs).hasValue(2);
    }

    @Test
    void aBatchWhoseConnectionDiedBeforeItIsDoneOnOthers() throws Exception {
        try (var wire = wire();
                var far = Db.open(over(wire, 2))) {
            var committed = new CountDownLatch(1);
            var go = new CountDownLatch(1);
            Many<Integer, Integer> cutBehindIt = (tx, questions) -> {
                tx.afterCommit(() -> {
                    committed.countDown();
                    Batch.await(go);
                    wire.cut();
                    wire.mend();
                });
                return questions.stream().<Told<Integer>>map(Told.Answer::new).toList();
            };
            var batch = new Batch(far, callers);
            Future<Integer> first = batch.join(cutBehindIt, 1);
            Future<Integer> beside = batch.join(cutBehindIt, 2);
            batch.go();
            Batch.await(committed);

            Future<Integer> second = callers.submit(() -> far.together(tx -> take(tx, 31)));
            Future<Integer> third = callers.submit(() -> far.together(tx -> take(tx, 32)));
            Waiting.until(
                    "two in line", Duration.ofSeconds(20), () -> far.load().inLine() == 2);
            go.countDown();

            assertThat(List.of(first.get(), beside.get())).containsExactly(1, 2);
            assertThat(second.get()).isEqualTo(31);
            assertThat(third.get()).isEqualTo(32);
            assertThat(count("SELECT count(*) FROM seat WHERE id IN (31, 32)")).isEqualTo(2);
        }
    }

    @Test
    void aConnectionThatIsCutUndoesTheBatchAndEachGoesOnAlone() throws Exception {
        var batch = new Batch(db, callers);
        var runs = new AtomicInteger();
        Future<Integer> before = batch.join(tx -> take(tx, 21));
        Future<Integer> cut = batch.join(tx -> {
            if (runs.incrementAndGet() == 1) {
                Batch.cut(tx);
            }
            return take(tx, 22);
        });
        batch.go();

        assertThat(before.get()).isEqualTo(21);
        assertThat(cut.get()).isEqualTo(22);
        assertThat(runs).hasValue(2);
        assertThat(count("SELECT count(*) FROM seat WHERE id IN (21, 22)")).isEqualTo(2);
    }

    @Test
    void aTransactionInsideIsRefusedForLeaderAndFollowersAlike() throws Exception {
        var batch = new Batch(db, callers);
        Future<Integer> nested = batch.join(tx -> db.together(inner -> take(inner, 31)));
        batch.go();

        assertThatThrownBy(nested::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    private static FaultProxy wire() {
        var address = URI.create(config.url().substring("jdbc:".length()));
        return FaultProxy.to(address.getHost(), address.getPort());
    }

    private static SqlConfig over(FaultProxy wire, int pool) {
        var address = URI.create(config.url().substring("jdbc:".length()));
        return SqlConfig.of(
                config.url().replace(":" + address.getPort() + "/", ":" + wire.port() + "/"),
                config.user(),
                config.password(),
                pool);
    }

    private static int take(Tx tx, int id) {
        tx.update("INSERT INTO seat VALUES (:id, pg_current_xact_id()::text)")
                .bind("id", id)
                .execute();
        return id;
    }

    private static long count(String sql) {
        return db.read(tx -> tx.query(sql).mapTo(Long.class).one());
    }
}
