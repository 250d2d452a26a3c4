package dev.millrace.platform.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.testing.TestServices;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many who ask the same are answered in one go, and each is as if alone. */
class ManyIT {
    private static Db db;
    private static ExecutorService callers;

    private final ConcurrentLinkedQueue<Integer> sizes = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Integer> followed = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Integer> undone = new ConcurrentLinkedQueue<>();
    private final Many<Integer, String> seats = this::take;

    @BeforeAll
    static void open() {
        db = Db.open(TestServices.freshDatabase());
        callers = Executors.newVirtualThreadPerTaskExecutor();
        db.run(tx -> tx.execute("""
                CREATE TABLE seat (id int CONSTRAINT seat_once PRIMARY KEY, xact text NOT NULL DEFAULT pg_current_xact_id())"""));
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
    void thoseWhoAskTheSameAreAnsweredInOneGo() throws Exception {
        var batch = new Batch(db, callers);

        List<Future<String>> answers = ask(batch, IntStream.rangeClosed(1, 80));
        Future<Integer> other =
                batch.join(tx -> tx.update("INSERT INTO seat VALUES (99)").execute());
        batch.go();

        for (int i = 1; i <= 80; i++) {
            assertThat(answers.get(i - 1).get()).isEqualTo("seat " + i);
        }
        assertThat(other.get()).isEqualTo(1);
        assertThat(sizes).containsExactly(80);
        assertThat(followed).hasSize(80);
        assertThat(commits()).isEqualTo(1);
    }

    @Test
    void aRefusedOneAmongThoseWhoAreServedIsToldAfterTheCommitAndLeavesNothing() throws Exception {
        var batch = new Batch(db, callers);
        var inside = new CountDownLatch(1);
        var go = new CountDownLatch(1);

        List<Future<String>> answers = ask(batch, IntStream.of(1, -2, 3));
        Future<Integer> last = batch.join(tx -> {
            inside.countDown();
            Batch.await(go);
            return 0;
        });
        batch.go();
        Batch.await(inside);

        assertThat(answers).noneMatch(Future::isDone);
        assertThat(followed).isEmpty();
        assertThat(taken()).isEmpty();
        go.countDown();
        assertThat(answers.get(0).get()).isEqualTo("seat 1");
        assertThatThrownBy(answers.get(1)::get).hasCauseInstanceOf(Problem.class);
        assertThat(answers.get(2).get()).isEqualTo("seat 3");
        last.get();
        assertThat(sizes).containsExactly(3);
        assertThat(taken()).containsExactly(1, 3);
    }

    @Test
    void whatFailsForManyFailsForHimAloneWhoIsTheCause() throws Exception {
        db.run(tx -> tx.execute("INSERT INTO seat VALUES (7)"));
        var batch = new Batch(db, callers);

        List<Future<String>> answers = ask(batch, IntStream.rangeClosed(1, 12));
        batch.go();

        for (int i = 1; i <= 12; i++) {
            Future<String> answer = answers.get(i - 1);
            if (i == 7) {
                assertThatThrownBy(answer::get).hasCauseInstanceOf(Duplicate.class);
            } else {
                assertThat(answer.get()).isEqualTo("seat " + i);
            }
        }
        assertThat(taken()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(followed).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12);
        assertThat(commits()).isEqualTo(2); // his who was there before, and the others'
        assertThat(undone).contains(7);
    }

    @Test
    void whatFollowsTheCommitOfManyIsDoneBeforeAnybodyIsTold() throws Exception {
        var batch = new Batch(db, callers);

        List<Future<Integer>> seen = new ArrayList<>();
        Many<Integer, Integer> watched = (tx, all) -> {
            tx.afterCommit(() -> followed.add(all.size()));
            tx.afterCommit(() ->
                    followed.add(db.together(inner -> -1))); // it may use the database, and does not wait for itself
            return all.stream().<Told<Integer>>map(Told.Answer::new).toList();
        };
        for (int i = 0; i < 5; i++) {
            seen.add(batch.join(watched, i));
        }
        batch.go();
        for (Future<Integer> one : seen) {
            one.get();
            assertThat(followed).containsExactly(5, -1);
        }
    }

    @Test
    void whoMeetsALockThatLastsIsRunAloneAndHoldsUpNobody() throws Exception {
        db.run(tx -> tx.execute("INSERT INTO seat VALUES (7), (8), (9)"));
        var locked = new CountDownLatch(1);
        var free = new CountDownLatch(1);
        Future<?> sitter = callers.submit(() -> db.run(tx -> {
            tx.execute("SELECT FROM seat WHERE id = 7 FOR UPDATE");
            locked.countDown();
            Batch.await(free);
        }));
        Batch.await(locked);
        var batch = new Batch(db, callers);
        Many<Integer, Integer> clearing = (tx, all) -> {
            tx.update("DELETE FROM seat WHERE id = ANY(:ids)")
                    .bindArray("ids", Integer.class, all)
                    .execute();
            return all.stream().<Told<Integer>>map(Told.Answer::new).toList();
        };

        Future<Integer> waits = batch.join(clearing, 7);
        Future<Integer> goesOn = batch.join(clearing, 8);
        batch.go();

        assertThat(goesOn.get()).isEqualTo(8);
        assertThat(waits.isDone()).isFalse();
        free.countDown();
        sitter.get();
        assertThat(waits.get()).isEqualTo(7);
        assertThat(taken()).containsExactly(9);
    }

    @Test
    void aConnectionThatIsCutUndoesAllAndEachGoesOnAlone() throws Exception {
        var batch = new Batch(db, callers);
        List<Future<String>> answers = ask(batch, IntStream.rangeClosed(21, 24));
        Future<Integer> cut = batch.join(tx -> {
            if (sizes.size() == 1) {
                Batch.cut(tx);
            }
            return tx.update("INSERT INTO seat VALUES (25)").execute();
        });
        batch.go();

        for (Future<String> answer : answers) {
            assertThat(answer.get()).startsWith("seat ");
        }
        assertThat(cut.get()).isEqualTo(1);
        assertThat(taken()).containsExactly(21, 22, 23, 24, 25);
        assertThat(followed).containsExactlyInAnyOrder(21, 22, 23, 24);
        assertThat(undone).containsExactly(21, 22, 23, 24);
    }

    private List<Future<String>> ask(Batch batch, IntStream ids) {
        return ids.mapToObj(id -> batch.join(seats, id)).toList();
    }

    /** Below zero there are no seats. */
    private List<Told<String>> take(Tx tx, List<Integer> ids) {
        sizes.add(ids.size());
        List<Integer> there = ids.stream().filter(id -> id > 0).toList();
        tx.unlessCommitted(fate -> undone.addAll(there));
        tx.update("INSERT INTO seat (id) SELECT unnest(CAST(:ids AS integer[]))")
                .bindArray("ids", Integer.class, there)
                .execute();
        there.forEach(id -> tx.afterCommit(() -> followed.add(id)));
        return ids.stream().map(ManyIT::told).toList();
    }

    private static Told<String> told(int id) {
        return id > 0
                ? new Told.Answer<>("seat " + id)
                : new Told.Refusal<>(Problem.of(ProblemType.CONFLICT, "there is no seat " + id));
    }

    private static List<Integer> taken() {
        return db.read(tx ->
                tx.query("SELECT id FROM seat ORDER BY id").mapTo(Integer.class).list());
    }

    private static long commits() {
        return db.read(tx -> tx.query("SELECT count(DISTINCT xact) FROM seat")
                .mapTo(Long.class)
                .one());
    }
}
