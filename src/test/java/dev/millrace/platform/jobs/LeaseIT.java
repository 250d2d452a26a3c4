package dev.millrace.platform.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.jobs.Crew.Hand;
import dev.millrace.platform.jobs.Crew.Note;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that die, freeze, wake up, leave: their jobs go to others, and what a former owner writes changes nothing. */
class LeaseIT {
    private Crew crew;
    private Jobs jobs;

    @BeforeEach
    void open() {
        crew = new Crew(TestServices.freshDatabase(), Crew.SHORT_LEASE);
        jobs = new Jobs();
    }

    @AfterEach
    void close() {
        crew.close();
    }

    @Test
    void theJobsOfADeadNodeRunElsewhereAndItsOwnCompletionChangesNothing() {
        var zombie = new AtomicReference<Attempt>();
        var end = new CountDownLatch(1);
        var first = crew.node(jobs, new Hand((note, attempt) -> {
            zombie.set(attempt);
            end.await(60, TimeUnit.SECONDS);
            return Outcome.DONE;
        }));
        UUID job = crew.enqueue(jobs, new Note("x"));
        Waiting.until("it runs", Crew.SOON, () -> zombie.get() != null);
        Rows.Claim old = zombie.get().fenced();
        var second = new CountDownLatch(1);
        var claims = new ConcurrentLinkedQueue<Long>();

        first.heart().stop();
        var heir = crew.node(new Jobs(), new Hand((note, attempt) -> {
            claims.add(attempt.claim());
            second.await(60, TimeUnit.SECONDS);
            return Outcome.DONE;
        }));

        Waiting.until("it runs again", Crew.SOON, () -> !claims.isEmpty());
        assertThat(crew.row(job).attempt()).isEqualTo(2);
        assertThat(claims).containsExactly(2L);
        assertThat(zombie.get().lost()).isTrue();
        assertThatThrownBy(() -> crew.db.run(zombie.get()::complete)).isInstanceOf(Fenced.class);
        assertThatThrownBy(() -> crew.db.run(zombie.get()::fence)).isInstanceOf(Fenced.class);
        // and when the zombie does not know: the table refuses every statement it has
        assertThat(crew.db.<List<Boolean>>transact(tx -> List.of(
                        Rows.fence(tx, old),
                        Rows.complete(tx, old),
                        Rows.fail(tx, old, "x", Crew.config(1).backoff()),
                        Rows.snooze(tx, old, Duration.ZERO),
                        Rows.bury(tx, old, "x"),
                        Rows.giveBack(tx, old))))
                .containsOnly(false);
        end.countDown();
        second.countDown();
        crew.awaitState(job, "gone");
        assertThat(crew.history(job)).containsExactly("done");
        assertThat(first.facts().since().fenced()).isGreaterThanOrEqualTo(2);
        assertThat(first.facts().since().rescued() + heir.facts().since().rescued())
                .isEqualTo(1);
    }

    @Test
    void aNodeWhoseHeartStoodStillLosesItsJobsAndGoesOnAsANewOne() {
        var lost = new CountDownLatch(1);
        var runs = new AtomicInteger();
        var workers = crew.node(jobs, new Hand((note, attempt) -> {
            if (runs.incrementAndGet() == 1) {
                attempt.onLost(lost::countDown);
                lost.await(60, TimeUnit.SECONDS);
            }
            return Outcome.DONE;
        }));
        UUID job = crew.enqueue(jobs, new Note("x"));
        crew.awaitState(job, "running");
        long before = workers.node().lease().node();

        // holds the row the heartbeat wants, longer than the lease
        crew.db.line("blocker").run(tx -> {
            tx.query("SELECT id FROM node FOR UPDATE").mapTo(Long.class).list();
            Waiting.until("the node gave itself up", Crew.SOON, () -> lost.getCount() == 0);
        });

        crew.awaitState(job, "gone");
        assertThat(runs).hasValue(2);
        assertThat(workers.node().lease().node()).isNotEqualTo(before);
        assertThat(crew.count("SELECT count(*) FROM node")).isEqualTo(1);
        assertThat(crew.db.<Integer>read(tx -> tx.query("SELECT attempt FROM job_done")
                        .mapTo(Integer.class)
                        .one()))
                .isEqualTo(2);
    }

    @Test
    void aServerThatKnowsItsPredecessorIsDeadTakesItsJobsAtOnce() {
        var silent = new Hand((note, attempt) -> Outcome.DONE);
        long dead = 42;
        crew.db.run(tx -> tx.execute("INSERT INTO node (id, lease_until) VALUES (42, now() + interval '1 hour')"));
        UUID job = crew.enqueue(Crew.idle(silent), new Note("x"));
        crew.db.run(tx -> tx.execute("UPDATE job SET state = 'running', node = 42, attempt = 1, claim = 1"));
        var recorded = new AtomicLong();

        var workers = crew.node(jobs, Crew.config(50), new Lineage(dead, recorded::set), silent);

        crew.awaitState(job, "gone");
        assertThat(recorded).hasValue(workers.node().lease().node());
        assertThat(crew.count("SELECT count(*) FROM node WHERE id = 42")).isZero();
    }

    @Test
    void drainingWaitsForWhatRunsAndGivesBackTheRestWithoutCountingTheAttempt() {
        var started = new CountDownLatch(2);
        var quick = new CountDownLatch(1);
        var lost = new CountDownLatch(1);
        var workers = crew.node(jobs, new Hand((note, attempt) -> {
            started.countDown();
            if (note.text().equals("quick")) {
                quick.await(60, TimeUnit.SECONDS);
            } else {
                attempt.onLost(lost::countDown);
                lost.await(60, TimeUnit.SECONDS);
                crew.db.run(attempt::complete); // refused, whether given back by then or not
            }
            return Outcome.DONE;
        }));
        UUID ends = crew.enqueue(jobs, new Note("quick"));
        UUID stays = crew.enqueue(jobs, new Note("slow"));
        Waiting.until("both run", Crew.SOON, () -> started.getCount() == 0);

        var draining = Thread.startVirtualThread(() -> workers.drain(Duration.ofSeconds(10)));
        Waiting.until(
                "others can see it", Crew.SOON, () -> crew.count("SELECT count(*) FROM node WHERE draining") == 1);
        UUID late = crew.enqueue(jobs, new Note("late"));
        quick.countDown();
        Waiting.until("it has left", Crew.SOON, () -> !draining.isAlive());

        assertThat(crew.state(ends)).isEqualTo("gone");
        assertThat(crew.row(stays)).isEqualTo(new Crew.Row("ready", null, 0, 1, null));
        assertThat(crew.row(late)).isEqualTo(new Crew.Row("ready", null, 0, 0, null));
        assertThat(crew.count("SELECT count(*) FROM node")).isZero();
        assertThat(lost.getCount()).isZero();
        workers.drain(Duration.ofSeconds(1));
        workers.close();
    }

    @Test
    void anOperatorCanCloseANodeBySqlAndOpenItAgain() {
        var workers = crew.node(jobs, new Hand((note, attempt) -> Outcome.DONE));
        crew.db.run(tx -> tx.execute("UPDATE node SET draining = TRUE"));
        Waiting.until("it heard", Crew.SOON, () -> !workers.node().takes());
        UUID job = crew.enqueue(jobs, new Note("x"));
        assertThat(crew.state(job)).isEqualTo("ready");

        crew.db.run(tx -> tx.execute("UPDATE node SET draining = FALSE"));

        crew.awaitState(job, "gone");
    }

    @Test
    void aJobWhoseProcessDiesEachTimeIsBuriedInsteadOfRunAgain() {
        var ran = new AtomicInteger();
        var hand = new Hand((note, attempt) -> {
            ran.incrementAndGet();
            return Outcome.DONE;
        });
        UUID job = crew.enqueue(Crew.idle(hand), new Note("crasher"));
        crew.db.run(tx -> tx.execute("INSERT INTO node (id, lease_until) VALUES (7, now() - interval '1 hour')"));
        crew.db.run(tx -> tx.execute("UPDATE job SET state = 'running', node = 7, attempt = 5, claim = 5"));

        crew.node(jobs, hand);

        crew.awaitState(job, "dead");
        assertThat(ran).hasValue(0);
        hand.awaitBuried("crasher: the process ended during each attempt");
        assertThat(crew.row(job).attempt()).isEqualTo(5);
    }

    @Test
    void aJobOfANodeThatNeverWasIsFoundByTheSweep() {
        var hand = new Hand((note, attempt) -> Outcome.DONE);
        UUID job = crew.enqueue(Crew.idle(hand), new Note("x"));
        crew.db.run(tx -> tx.execute("UPDATE job SET state = 'running', node = 4711, attempt = 1, claim = 1"));

        crew.node(jobs, hand);

        crew.awaitState(job, "gone");
    }

    @Test
    void aJobThatIsOursWithoutOurKnowingIsGivenBackAndRuns() {
        var hand = new Hand((note, attempt) -> Outcome.DONE);
        var workers = crew.node(jobs, hand);
        UUID job = crew.enqueue(Crew.idle(hand), new Note("x"), Enqueue.after(Duration.ofHours(1)));
        long self = workers.node().lease().node();

        // what a commit leaves behind whose answer was lost with its connection
        crew.db.run(
                tx -> tx.update("UPDATE job SET state = 'running', run_at = NULL, node = :self, attempt = 1, claim = 1")
                        .bind("self", self)
                        .execute());
        workers.node().doubt();

        crew.awaitState(job, "gone");
        assertThat(crew.count("SELECT attempt FROM job_done")).isEqualTo(1);
    }

    @Test
    void aNodeThatIsDeadToTheDatabaseBearsNoJobs() {
        var workers = crew.node(jobs, new Hand((note, attempt) -> Outcome.DONE));
        JobsIT.awaitBirthplace(workers);
        var held = workers.node().lease().node();
        var job = new AtomicReference<UUID>();

        crew.db.run(tx -> {
            tx.update("UPDATE node SET lease_until = now() - interval '1 s' WHERE id = :node")
                    .bind("node", held)
                    .execute();
            job.set(jobs.enqueue(tx, Crew.ACCOUNT, new Note("x")));
            assertThat(tx.query("SELECT state FROM job").mapTo(String.class).one())
                    .isEqualTo("ready");
        });

        crew.awaitState(job.get(), "gone");
    }

    @Test
    void aFullPoolDoesNotStopTheHeart() {
        SqlConfig config = TestServices.freshDatabase();
        try (var tight = Db.open(new SqlConfig(
                config.url(), config.user(), config.password(), 1, config.statementTimeout(), config.lockTimeout()))) {
            var runs = new AtomicInteger();
            var go = new CountDownLatch(1);
            var hand = new Hand((note, attempt) -> {
                runs.incrementAndGet();
                go.await(60, TimeUnit.SECONDS);
                return Outcome.DONE;
            });
            try (var workers = Workers.start(tight, jobs, Crew.config(50, Crew.SHORT_LEASE), List.of(hand))) {
                UUID job = tight.transact(tx -> jobs.enqueue(tx, Crew.ACCOUNT, new Note("x")));
                Waiting.until("it runs", Crew.SOON, () -> runs.get() == 1);
                long before = workers.node().lease().node();
                long until = System.nanoTime() + Duration.ofSeconds(5).toNanos();

                tight.run(tx -> {
                    go.countDown();
                    Waiting.until("two leases passed", Crew.SOON, () -> System.nanoTime() > until);
                });

                Waiting.until(
                        "done",
                        Crew.SOON,
                        () -> tight.<List<UUID>>read(tx -> tx.query("SELECT id FROM job_done")
                                        .mapTo(UUID.class)
                                        .list())
                                .equals(List.of(job)));
                assertThat(workers.node().lease().node()).isEqualTo(before);
                assertThat(runs).hasValue(1);
            }
        }
    }

    @Test
    void manyJobsOfManyDeadNodesAreAllRescued() {
        var hand = new Hand((note, attempt) -> Outcome.DONE);
        var idle = Crew.idle(hand);
        crew.db.run(tx -> {
            for (int i = 0; i < 3_000; i++) {
                idle.enqueue(tx, Crew.ACCOUNT, new Note("n" + i));
            }
            tx.execute("""
                    INSERT INTO node (id, lease_until)
                    SELECT n, now() - interval '1 minute' FROM generate_series(1, 30) n""");
            tx.execute("""
                    UPDATE job SET state = 'running', attempt = 1, claim = 1, node = 1 + n % 30
                    FROM (SELECT id, row_number() OVER () AS n FROM job) numbered
                    WHERE job.id = numbered.id""");
        });

        var workers = crew.node(jobs, Crew.config(200), Lineage.NONE, hand);

        Waiting.until("all done", Duration.ofSeconds(60), () -> crew.count("SELECT count(*) FROM job") == 0);
        assertThat(workers.facts().since().rescued()).isEqualTo(3_000);
        assertThat(crew.count("SELECT count(*) FROM job_done WHERE attempt = 2"))
                .isEqualTo(3_000);
    }

    @Test
    void nodesKnowOfEachOther() {
        var many = new ArrayList<Jobs>();
        for (int i = 0; i < 3; i++) {
            many.add(new Jobs());
            crew.node(many.getLast(), new Hand((note, attempt) -> Outcome.DONE));
        }

        Waiting.until("all are counted", Crew.SOON, () -> many.stream().allMatch(one -> one.liveNodes() == 3));
        assertThat(new Jobs().liveNodes()).isEqualTo(1);
    }
}
