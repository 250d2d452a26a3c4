package dev.millrace.platform.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.CannotStart;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Secret;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions on the real database: what is undone, what is tried again, who waits for whom. */
class DbIT {
    private static SqlConfig config;
    private static Db db;

    @BeforeAll
    static void open() {
        config = TestServices.freshDatabase();
        db = Db.open(config);
        db.run(
                tx -> tx.execute(
                        "CREATE TABLE pot (id uuid CONSTRAINT pot_once PRIMARY KEY, filled int NOT NULL, filled_at timestamptz)"));
    }

    @AfterAll
    static void close() {
        db.close();
    }

    @BeforeEach
    void empty() {
        db.run(tx -> tx.execute("TRUNCATE pot"));
    }

    record Pot(UUID id, int filled, Instant filledAt) {}

    @Test
    void aRecordIsARowAndTimesAreUtcWhateverTheMachineSays() {
        UUID id = Ids.next();
        Instant at = Instant.parse("2026-03-29T01:30:00Z");
        db.run(tx -> tx.update("INSERT INTO pot VALUES (:id, 3, :at)")
                .bind("id", id)
                .bind("at", at)
                .execute());

        Pot pot = db.read(tx -> tx.query("SELECT id, filled, filled_at FROM pot")
                .mapTo(Pot.class)
                .one());

        assertThat(pot).isEqualTo(new Pot(id, 3, at));
        assertThat(db.<String>read(tx -> tx.query("SELECT to_char(filled_at, 'HH24:MI') FROM pot")
                        .mapTo(String.class)
                        .one()))
                .isEqualTo("01:30");
    }

    @Test
    void aLoginOrADatabaseThatIsNoneEndsTheStartInOneLine() {
        String where = config.url().replaceAll(".*//([^/]+)/.*", "$1");
        var wrong = SqlConfig.of(config.url(), "nobody_here", new Secret("hush-hush"), 2);
        assertThatThrownBy(() -> Db.open(wrong))
                .isInstanceOf(CannotStart.class)
                .hasMessage("The database at " + where + " refused the login of user nobody_here."
                        + " Correct MILLRACE_DATABASE_URL.");

        String elsewhere = config.url().replaceAll("//([^/]+)/[^?]*", "//$1/nowhere");
        var lost = SqlConfig.of(elsewhere, config.user(), config.password(), 2);
        assertThatThrownBy(() -> Db.open(lost))
                .isInstanceOf(CannotStart.class)
                .hasMessage(
                        "At " + where + " there is no database nowhere. Create it, or correct MILLRACE_DATABASE_URL.");
    }

    @Test
    void aRefusalUndoesEverythingAndTellsNobody() {
        var told = new AtomicInteger();
        assertThatThrownBy(() -> db.run(tx -> {
                    insert(tx, Ids.next());
                    tx.afterCommit(told::incrementAndGet);
                    throw Problem.of(ProblemType.CONFLICT, "no");
                }))
                .isInstanceOf(Problem.class);
        assertThat(count()).isZero();
        assertThat(told).hasValue(0);
    }

    @Test
    void whatIsSaidAfterTheCommitSeesTheCommit() {
        var seen = new AtomicInteger(-1);
        db.run(tx -> {
            insert(tx, Ids.next());
            tx.afterCommit(() -> seen.set(count()));
        });
        assertThat(seen).hasValue(1);
    }

    @Test
    void aBrokenUniqueConstraintIsNamed() {
        UUID id = Ids.next();
        db.run(tx -> insert(tx, id));
        assertThatThrownBy(() -> db.run(tx -> insert(tx, id)))
                .isInstanceOfSatisfying(
                        Duplicate.class, same -> assertThat(same.constraint()).isEqualTo("pot_once"));
    }

    @Test
    void aDeadlockIsTriedAgainAndBothSucceed() throws Exception {
        UUID one = Ids.next();
        UUID other = Ids.next();
        db.run(tx -> {
            insert(tx, one);
            insert(tx, other);
        });
        var bothHoldOne = new CountDownLatch(2);
        var tries = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Object>> both = List.of(
                    () -> crossing(one, other, bothHoldOne, tries), () -> crossing(other, one, bothHoldOne, tries));
            for (var done : threads.invokeAll(both)) {
                done.get(20, TimeUnit.SECONDS);
            }
        }
        assertThat(tries.get()).isGreaterThan(2);
        assertThat(db.<Integer>read(tx -> tx.query("SELECT sum(filled)::int FROM pot")
                        .mapTo(Integer.class)
                        .one()))
                .isEqualTo(4);
    }

    private Object crossing(UUID first, UUID second, CountDownLatch bothHoldOne, AtomicInteger tries) {
        return db.transact(tx -> {
            tries.incrementAndGet();
            fill(tx, first);
            bothHoldOne.countDown();
            await(bothHoldOne);
            fill(tx, second);
            return "done";
        });
    }

    @Test
    void aTransactionInsideATransactionIsRefusedAtOnce() {
        assertThatThrownBy(() -> db.run(outer -> db.run(inner -> {}))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void callersWaitInTheOrderOfAskingAndTooLongIsUnavailable() throws Exception {
        var release = new CountDownLatch(1);
        var inside = new CountDownLatch(config.pool());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var busy = new ArrayList<java.util.concurrent.Future<?>>();
            for (int i = 0; i < config.pool(); i++) {
                busy.add(threads.submit(() -> db.run(tx -> {
                    inside.countDown();
                    await(release);
                })));
            }
            await(inside);
            assertThatThrownBy(() -> db.run(tx -> {})).isInstanceOfSatisfying(Problem.class, refused -> {
                assertThat(refused.type()).isEqualTo(ProblemType.UNAVAILABLE);
                assertThat(refused.retryAfter()).isNotNull();
            });
            release.countDown();
            for (var done : busy) {
                done.get(10, TimeUnit.SECONDS);
            }
        }
        db.run(tx -> insert(tx, Ids.next()));
    }

    @Test
    void aStatementThatTakesTooLongIsCutAndTheConnectionLives() {
        var hasty = Db.open(new SqlConfig(
                config.url(), config.user(), config.password(), 1, Duration.ofSeconds(2), Duration.ofSeconds(2)));
        try (hasty) {
            assertThatThrownBy(() -> hasty.read(tx ->
                            tx.query("SELECT pg_sleep(60)").mapTo(String.class).list()))
                    .isInstanceOfSatisfying(
                            Problem.class, cut -> assertThat(cut.type()).isEqualTo(ProblemType.UNAVAILABLE));
            assertThat(hasty.<Integer>read(
                            tx -> tx.query("SELECT 1").mapTo(Integer.class).one()))
                    .isEqualTo(1);
        }
    }

    @Test
    void whatItsConnectionBrokeUnderBeforeTheCommitIsDoneOnceOnAnother() {
        UUID id = Ids.next();
        var runs = new AtomicInteger();
        var told = new ArrayList<String>();

        db.run(tx -> {
            tx.afterCommit(() -> told.add("committed"));
            tx.unlessCommitted(fate -> told.add(fate.name()));
            insert(tx, id);
            breakFirst(tx, runs);
            fill(tx, id);
        });

        assertThat(runs).hasValue(2);
        assertThat(told).containsExactly("UNDONE", "committed");
        assertThat(count()).isEqualTo(1);
        runs.set(0);
        assertThat(db.<Integer>read(tx -> {
                    breakFirst(tx, runs);
                    return tx.query("SELECT filled FROM pot")
                            .mapTo(Integer.class)
                            .one();
                }))
                .isEqualTo(1);
        assertThat(runs).hasValue(2);
    }

    @Test
    void whoseConnectionsBreakAgainAndAgainIsToldToComeBack() {
        var runs = new AtomicInteger();

        assertThatThrownBy(() -> db.run(tx -> {
                    runs.incrementAndGet();
                    breakNow(tx);
                }))
                .isInstanceOfSatisfying(
                        Problem.class, away -> assertThat(away.type()).isEqualTo(ProblemType.UNAVAILABLE));
        assertThat(runs).hasValue(4);
        assertThat(count()).isZero();
    }

    @Test
    void aLineComesBackAfterItsConnectionWasCutAndStillListens() {
        try (Line line = db.line("test-line")) {
            line.listen("mill");
            int backend = line.transact(tx ->
                    tx.query("SELECT pg_backend_pid()").mapTo(Integer.class).one());
            db.run(tx -> tx.query("SELECT pg_terminate_backend(:pid)")
                    .bind("pid", backend)
                    .mapTo(Boolean.class)
                    .one());
            assertThatThrownBy(() -> line.run(tx -> tx.execute("SELECT 1"))).isInstanceOf(RuntimeException.class);
            assertThat(line.notifications(Duration.ofMillis(10))).isEmpty();
            db.run(tx -> tx.execute("NOTIFY mill, 'flour'"));
            assertThat(line.notifications(Duration.ofSeconds(5)))
                    .containsExactly(new Line.Notification("mill", "flour"));
        }
    }

    @Test
    void theSchemaIsMadeOnceAndMakingItAgainChangesNothing() {
        SqlConfig empty = TestServices.emptyDatabase();
        Db.open(empty).close();
        try (Db again = Db.open(empty)) {
            assertThat(again.<Integer>read(
                            tx -> tx.query("SELECT count(*)::int FROM flyway_schema_history WHERE NOT success")
                                    .mapTo(Integer.class)
                                    .one()))
                    .isZero();
        }
    }

    private static void insert(Tx tx, UUID id) {
        tx.update("INSERT INTO pot VALUES (:id, 0, now())").bind("id", id).execute();
    }

    private static void fill(Tx tx, UUID id) {
        tx.update("UPDATE pot SET filled = filled + 1 WHERE id = :id")
                .bind("id", id)
                .execute();
    }

    private static void breakFirst(Tx tx, AtomicInteger runs) {
        if (runs.incrementAndGet() == 1) {
            breakNow(tx);
        }
    }

    private static void breakNow(Tx tx) {
        tx.query("SELECT pg_terminate_backend(pg_backend_pid())")
                .mapTo(Boolean.class)
                .one();
    }

    private static int count() {
        return db.read(tx ->
                tx.query("SELECT count(*)::int FROM pot").mapTo(Integer.class).one());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }
}
