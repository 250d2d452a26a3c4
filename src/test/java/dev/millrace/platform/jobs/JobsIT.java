package dev.millrace.platform.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.jobs.Crew.Hand;
import dev.millrace.platform.jobs.Crew.Note;
import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a job: it runs, is tried again, waits, dies, each as it should. */
class JobsIT {
    private Crew crew;
    private Jobs jobs;

    @BeforeEach
    void open() {
        crew = new Crew();
        jobs = new Jobs();
    }

    @AfterEach
    void close() {
        crew.close();
    }

    @Test
    void aJobOfARolledBackTransactionNeverWas() {
        var ran = new AtomicInteger();
        var workers = crew.node(jobs, Crew.unasked(50), Lineage.NONE, new Hand((note, attempt) -> {
            ran.incrementAndGet();
            return Outcome.DONE;
        }));
        awaitBirthplace(workers);

        assertThatThrownBy(() -> crew.db.run(tx -> {
                    jobs.enqueue(tx, Crew.ACCOUNT, new Note("never"));
                    throw new IllegalStateException("changed my mind");
                }))
                .hasMessage("changed my mind");
        UUID next = crew.enqueue(jobs, new Note("next"));

        crew.awaitState(next, "gone");
        assertThat(ran).hasValue(1);
        assertThat(crew.count("SELECT count(*) FROM job")).isZero();
        // its slot is free a moment after its end is there to see
        Waiting.until("nothing runs", Crew.SOON, () -> workers.facts().running().get(Lane.IO) == 0);
    }

    @Test
    void manyThatAreEnqueuedAtOnceAreBornAsEachAloneWouldBe() throws InterruptedException {
        var go = new CountDownLatch(1);
        var workers = crew.node(jobs, Crew.unasked(4), Lineage.NONE, new Hand((note, attempt) -> {
            go.await(60, TimeUnit.SECONDS);
            return Outcome.DONE;
        }));
        awaitBirthplace(workers);
        UUID there = crew.enqueue(jobs, new Note("there"), Enqueue.keyed("one").withDelay(Duration.ofHours(1)));

        List<UUID> ids = crew.db.transact(tx -> jobs.enqueue(
                tx,
                List.of(
                        wish(Enqueue.NOW),
                        wish(Enqueue.keyed("one")),
                        wish(Enqueue.after(Duration.ofHours(1))),
                        wish(Enqueue.keyed("two")),
                        wish(Enqueue.NOW))));

        assertThat(ids.get(1)).isEqualTo(there);
        assertThat(ids.stream().map(crew::state))
                .containsExactly("running", "scheduled", "scheduled", "running", "running");
        List<UUID> more = crew.db.transact(tx -> jobs.enqueue(tx, List.of(wish(Enqueue.NOW), wish(Enqueue.NOW))));
        assertThat(more.stream().map(crew::state)).containsExactly("running", "ready"); // there was room for one
        go.countDown();
        for (UUID id : List.of(ids.get(0), ids.get(3), ids.get(4), more.get(0), more.get(1))) {
            crew.awaitState(id, "gone");
        }
    }

    @Test
    void ofManyThatAreCompletedAtOnceThoseOfOthersAreFenced() {
        var attempts = new ConcurrentLinkedQueue<Attempt>();
        var go = new CountDownLatch(1);
        var workers = crew.node(jobs, new Hand((note, attempt) -> {
            attempts.add(attempt);
            go.await(60, TimeUnit.SECONDS);
            return Outcome.DONE;
        }));
        awaitBirthplace(workers);
        for (int i = 0; i < 3; i++) {
            crew.enqueue(jobs, new Note("many"));
        }
        Waiting.until("all run", Crew.SOON, () -> attempts.size() == 3);
        List<Attempt> all = List.copyOf(attempts);
        crew.db.run(tx -> tx.update("UPDATE job SET claim = claim + 1 WHERE id = :id")
                .bind("id", all.get(1).job())
                .execute());

        List<Boolean> ended = crew.db.transact(tx -> Attempt.complete(tx, all).stream()
                .map(refusal -> refusal == null)
                .toList());

        assertThat(ended).containsExactly(true, false, true);
        assertThat(all.stream().map(attempt -> crew.state(attempt.job()))).containsExactly("gone", "running", "gone");
        assertThat(all.stream().map(Attempt::lost)).containsExactly(false, true, false);
        assertThat(all.stream().map(Attempt::completed)).containsExactly(true, false, true);
        go.countDown();
    }

    @Test
    void aJobIsBornClaimedByANodeWithRoomAndReadyWithoutOne() throws InterruptedException {
        var go = new CountDownLatch(1);
        var workers = crew.node(jobs, Crew.unasked(1), Lineage.NONE, new Hand((note, attempt) -> {
            go.await(60, TimeUnit.SECONDS);
            return Outcome.DONE;
        }));
        awaitBirthplace(workers);

        UUID first = crew.enqueue(jobs, new Note("first"));
        UUID second = crew.enqueue(jobs, new Note("second"));

        assertThat(crew.row(first))
                .extracting(Crew.Row::state, Crew.Row::attempt, Crew.Row::claim)
                .containsExactly("running", 1, 1L);
        assertThat(crew.state(second)).isEqualTo("ready");
        go.countDown();
        crew.awaitState(first, "gone");
        crew.awaitState(second, "gone");
        assertThat(crew.history(second)).containsExactly("done");
    }

    @Test
    void everyOneOfFiveThousandJobsIsCompletedOnceByFiftyWorkersOnFiveNodes() {
        crew.db.run(tx -> tx.execute("CREATE TABLE completion (text text NOT NULL, job uuid NOT NULL)"));
        var hand = new Hand((note, attempt) -> {
            crew.db.run(tx -> {
                tx.update("INSERT INTO completion VALUES (:text, :job)")
                        .bind("text", note.text())
                        .bind("job", attempt.job())
                        .execute();
                attempt.complete(tx);
            });
            return Outcome.DONE;
        });
        var idle = Crew.idle(hand);
        for (int page = 0; page < 50; page++) {
            int from = page * 100;
            crew.db.run(tx -> {
                for (int i = from; i < from + 100; i++) {
                    idle.enqueue(tx, Crew.ACCOUNT, new Note("n" + i));
                }
            });
        }

        for (int i = 0; i < 5; i++) {
            crew.node(new Jobs(), Crew.config(10), Lineage.NONE, hand);
        }

        Waiting.until("all done", Duration.ofSeconds(60), () -> crew.count("SELECT count(*) FROM job") == 0);
        assertThat(crew.count("SELECT count(*) FROM completion")).isEqualTo(5_000);
        assertThat(crew.count("SELECT count(DISTINCT text) FROM completion")).isEqualTo(5_000);
        assertThat(crew.count("SELECT count(*) FROM job_done WHERE outcome = 'done'"))
                .isEqualTo(5_000);
        assertThat(crew.count("SELECT count(*) FROM job_done WHERE attempt <> 1"))
                .isZero();
    }

    @Test
    void aJobThatFailsIsTriedAgainAndThenDiesWhileOthersFlow() {
        var attempts = new ConcurrentLinkedQueue<Integer>();
        var hand = new Hand(Lane.IO, 3, Duration.ofHours(1), (note, attempt) -> {
            if (note.text().equals("poison")) {
                attempts.add(attempt.last() ? -attempt.number() : attempt.number());
                throw new IllegalStateException("poison\0ed");
            }
            return Outcome.DONE;
        });
        crew.node(jobs, hand);

        UUID poison = crew.enqueue(jobs, new Note("poison"));
        UUID good = crew.enqueue(jobs, new Note("good"));

        crew.awaitState(good, "gone");
        crew.awaitState(poison, "dead");
        assertThat(attempts).containsExactly(1, 2, -3);
        hand.awaitBuried("poison: java.lang.IllegalStateException: poison\0ed");
        assertThat(crew.row(poison).lastError()).isEqualTo("java.lang.IllegalStateException: poison ed");
    }

    @Test
    void aDeadJobCanBeRevived() {
        var ill = new AtomicInteger(1);
        var hand = new Hand(Lane.IO, 1, Duration.ofHours(1), (note, attempt) -> {
            if (ill.get() == 1) {
                throw new IllegalStateException("ill");
            }
            return Outcome.DONE;
        });
        crew.node(jobs, hand);
        UUID job = crew.enqueue(jobs, new Note("x"));
        crew.awaitState(job, "dead");
        ill.set(0);

        assertThat(crew.db.<Boolean>transact(tx -> jobs.revive(tx, job))).isTrue();

        crew.awaitState(job, "gone");
        assertThat(crew.db.<Boolean>transact(tx -> jobs.revive(tx, job))).isFalse();
    }

    @Test
    void givingUpBuriesAtOnceAndASnoozeIsNoAttempt() {
        var numbers = new ConcurrentLinkedQueue<Integer>();
        var hand = new Hand((note, attempt) -> {
            numbers.add(attempt.number());
            if (numbers.size() < 4) {
                return new Outcome.Snooze(Duration.ofMillis(1));
            }
            return new Outcome.GiveUp("no use");
        });
        crew.node(jobs, hand);

        UUID job = crew.enqueue(jobs, new Note("x"));

        crew.awaitState(job, "dead");
        assertThat(numbers).containsExactly(1, 1, 1, 1);
        hand.awaitBuried("x: no use");
    }

    @Test
    void aPayloadNobodyCanReadDiesAtOnceAndAnUnknownKindStaysUntouched() {
        var hand = new Hand((note, attempt) -> Outcome.DONE);
        UUID broken = insert("note", "{\"txet\": 1}", 1);
        UUID unknown = insert("from_the_future", "{}", 1);
        UUID newer = insert("note", "{\"text\": \"x\"}", 2);

        crew.node(jobs, hand);

        crew.awaitState(broken, "dead");
        assertThat(crew.row(broken).attempt()).isEqualTo(1);
        assertThat(crew.row(broken).lastError()).startsWith("cannot be read");
        UUID good = crew.enqueue(jobs, new Note("good"));
        crew.awaitState(good, "gone");
        for (UUID untouched : List.of(unknown, newer)) {
            assertThat(crew.row(untouched))
                    .extracting(Crew.Row::state, Crew.Row::attempt, Crew.Row::claim)
                    .containsExactly("ready", 0, 0L);
        }
    }

    @Test
    void aKindThatChangedItsLaneTakesTheJobsOfTheProgramOfBeforeAlong() {
        UUID left = crew.enqueue(Crew.idle(new Hand((note, attempt) -> Outcome.DONE)), new Note("from before"));

        crew.node(jobs, new Hand(Lane.ERRAND, 5, Duration.ofHours(1), (note, attempt) -> Outcome.DONE));

        crew.awaitState(left, "gone");
        assertThat(crew.history(left)).containsExactly("done");
    }

    @Test
    void aKeyIsUniqueWhileItsJobLivesAndFreeAfterIt() {
        var hand = new Hand(Lane.IO, 1, Duration.ofHours(1), (note, attempt) -> {
            throw new IllegalStateException("dies");
        });
        var idle = Crew.idle(hand);

        UUID first = crew.enqueue(idle, new Note("a"), Enqueue.keyed("k"));
        UUID second = crew.enqueue(idle, new Note("b"), Enqueue.keyed("k").withDelay(Duration.ofHours(1)));
        UUID other = crew.enqueue(idle, new Note("c"), Enqueue.keyed("l"));

        assertThat(second).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
        assertThat(crew.count("SELECT count(*) FROM job")).isEqualTo(2);
        var workers = crew.node(jobs, hand);
        crew.awaitState(first, "dead");
        awaitBirthplace(workers);
        UUID third = crew.enqueue(jobs, new Note("d"), Enqueue.keyed("k"));
        assertThat(third).isNotEqualTo(first);
        crew.awaitState(third, "dead");
    }

    @Test
    void aKeyOfABornJobIsUniqueToo() {
        var go = new CountDownLatch(1);
        var workers = crew.node(jobs, Crew.unasked(50), Lineage.NONE, new Hand((note, attempt) -> {
            go.await(60, TimeUnit.SECONDS);
            return Outcome.DONE;
        }));
        awaitBirthplace(workers);

        var ids = new ArrayList<UUID>();
        for (int i = 0; i < 3; i++) {
            ids.add(crew.enqueue(jobs, new Note("n" + i), Enqueue.keyed("k")));
        }

        assertThat(ids).containsOnly(ids.getFirst());
        assertThat(workers.facts().running().get(Lane.IO)).isEqualTo(1);
        go.countDown();
        crew.awaitState(ids.getFirst(), "gone");
    }

    @Test
    void smallerPriorityNumbersRunFirstAndEqualOnesInTheirOrder() {
        var order = new ConcurrentLinkedQueue<String>();
        var hand = new Hand((note, attempt) -> {
            order.add(note.text());
            return Outcome.DONE;
        });
        var idle = Crew.idle(hand);
        crew.enqueue(idle, new Note("late"), Enqueue.NOW.withPrio(1));
        crew.enqueue(idle, new Note("one"));
        crew.enqueue(idle, new Note("two"));
        UUID last = crew.enqueue(idle, new Note("first"), Enqueue.NOW.withPrio(-1));

        crew.node(jobs, Crew.config(1), Lineage.NONE, hand);

        crew.awaitState(last, "gone");
        Waiting.until("all ran", Crew.SOON, () -> order.size() == 4);
        assertThat(order).containsExactly("first", "one", "two", "late");
    }

    @Test
    void aDelayedJobWaitsByTheDatabasesClock() {
        var hand = new Hand((note, attempt) -> Outcome.DONE);
        var workers = crew.node(jobs, Crew.unasked(50), Lineage.NONE, hand);
        awaitBirthplace(workers);

        UUID later = crew.enqueue(jobs, new Note("later"), Enqueue.after(Duration.ofHours(1)));
        UUID soon = crew.enqueue(jobs, new Note("soon"), Enqueue.after(Duration.ofHours(1)));

        assertThat(crew.state(soon)).isEqualTo("scheduled");
        crew.db.run(tx -> tx.update("UPDATE job SET run_at = now() + interval '300 ms' WHERE id = :id")
                .bind("id", soon)
                .execute());
        crew.awaitState(soon, "gone");
        assertThat(crew.state(later)).isEqualTo("scheduled");
        crew.db.run(tx -> tx.execute("UPDATE job SET run_at = now()"));
        crew.awaitState(later, "gone");
    }

    @Test
    void aRunThatTakesTooLongIsStoppedAndHasFailed() {
        var stopped = new CountDownLatch(1);
        var write = new AtomicReference<RuntimeException>();
        var hand = new Hand(Lane.SHORT, 1, Duration.ofMillis(200), (note, attempt) -> {
            attempt.onLost(stopped::countDown);
            stopped.await(60, TimeUnit.SECONDS);
            try {
                crew.db.run(attempt::complete);
            } catch (Fenced gone) {
                write.set(gone);
                throw gone;
            }
            return Outcome.DONE;
        });
        crew.node(jobs, hand);

        UUID job = crew.enqueue(jobs, new Note("slow"));

        crew.awaitState(job, "dead");
        Waiting.until("the late run was refused", Crew.SOON, () -> write.get() != null);
        hand.awaitBuried("slow: took longer than PT0.2S");
        assertThat(crew.history(job)).isEmpty();
    }

    @Test
    void aPlanMadeWhileTheTableIsEmptyIsRightWhenItIsFull() {
        List<String> plan = crew.db.transact(tx -> {
            tx.execute("ANALYZE job");
            return tx.query("EXPLAIN DELETE FROM job WHERE id = :id AND node = 1 AND claim = 1")
                    .bind("id", UUID.randomUUID())
                    .mapTo(String.class)
                    .list();
        });

        assertThat(plan).anyMatch(line -> line.contains("Index Scan using job_pkey"));
    }

    @Test
    void lanesHaveThreadsOfTheirOwn() {
        var threads = new ConcurrentLinkedQueue<String>();
        crew.node(jobs, new Hand(Lane.MEDIA, 1, Duration.ofHours(1), (note, attempt) -> {
            threads.add(
                    Thread.currentThread().getName() + (Thread.currentThread().isVirtual() ? " virtual" : ""));
            return Outcome.DONE;
        }));

        crew.awaitState(crew.enqueue(jobs, new Note("a")), "gone");
        crew.awaitState(crew.enqueue(jobs, new Note("b")), "gone");

        assertThat(threads).containsExactly("job-media-1", "job-media-1");
    }

    /** The first look into the table was taken, so that jobs may be born here. */
    static void awaitBirthplace(Workers workers) {
        Waiting.until("the table was found empty", Crew.SOON, () -> {
            Lease place = workers.node().place(Lane.IO);
            if (place != null) {
                workers.node().vacate(Lane.IO, 1);
            }
            return place != null;
        });
    }

    private UUID insert(String kind, String payload, int version) {
        UUID id = UUID.randomUUID();
        crew.db.run(tx -> tx.update("""
                        INSERT INTO job (id, account, kind, lane, state, max_attempts, payload, payload_version)
                        VALUES (:id, :id, :kind, 'io', 'ready', 5, :payload, :version)""")
                .bind("id", id)
                .bind("kind", kind)
                .bind("payload", payload)
                .bind("version", version)
                .execute());
        return id;
    }

    private static Wish wish(Enqueue how) {
        return new Wish(Crew.ACCOUNT, new Note("one of many"), how);
    }
}
