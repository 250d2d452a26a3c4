package dev.millrace.platform.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.jobs.Crew.Hand;
import dev.millrace.platform.jobs.Crew.Note;
import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A job can be canceled in every state, wherever it runs. */
class CancelIT {
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
    void whatDoesNotRunIsRemovedAtOnce() {
        var idle = Crew.idle(new Hand((note, attempt) -> Outcome.DONE));
        UUID ready = crew.enqueue(idle, new Note("ready"));
        UUID scheduled = crew.enqueue(idle, new Note("scheduled"), Enqueue.after(Duration.ofHours(1)));
        UUID parked = crew.enqueue(idle, new Note("parked"));
        set("UPDATE job SET state = 'parked' WHERE id = :id", parked);

        for (UUID job : new UUID[] {ready, scheduled, parked}) {
            assertThat(cancel(idle, job)).isEqualTo(Canceled.REMOVED);
            assertThat(crew.state(job)).isEqualTo("gone");
            assertThat(crew.history(job)).containsExactly("canceled");
            assertThat(cancel(idle, job)).isEqualTo(Canceled.ABSENT);
        }
    }

    @Test
    void theDeadStayDead() {
        var idle = Crew.idle(new Hand((note, attempt) -> Outcome.DONE));
        UUID dead = crew.enqueue(idle, new Note("dead"));
        set("UPDATE job SET state = 'dead' WHERE id = :id", dead);

        assertThat(cancel(idle, dead)).isEqualTo(Canceled.ABSENT);
        assertThat(crew.state(dead)).isEqualTo("dead");
    }

    @Test
    void aRolledBackCancellationCancelsNothing() {
        var idle = Crew.idle(new Hand((note, attempt) -> Outcome.DONE));
        UUID job = crew.enqueue(idle, new Note("x"));

        try {
            crew.db.run(tx -> {
                idle.cancel(tx, job);
                throw new IllegalStateException("changed my mind");
            });
        } catch (IllegalStateException expected) {
            assertThat(crew.state(job)).isEqualTo("ready");
        }
        assertThat(crew.history(job)).isEmpty();
    }

    @Test
    void aRunOnThisNodeIsToldAtOnceAndSettlesItself() {
        crew.node(jobs, obedient());
        UUID job = crew.enqueue(jobs, new Note("x"));
        crew.awaitState(job, "running");

        assertThat(cancel(jobs, job)).isEqualTo(Canceled.ASKED);

        crew.awaitState(job, "gone");
        assertThat(crew.history(job)).containsExactly("done");
    }

    @Test
    void aRunOnAnotherNodeIsTold() {
        crew.node(jobs, obedient());
        UUID job = crew.enqueue(jobs, new Note("x"));
        crew.awaitState(job, "running");

        assertThat(cancel(Crew.idle(obedient()), job)).isEqualTo(Canceled.ASKED);

        crew.awaitState(job, "gone");
    }

    @Test
    void aRunThatMissedTheMessageHearsOfItWithTheHeartbeat() {
        crew.node(jobs, obedient());
        UUID job = crew.enqueue(jobs, new Note("x"));
        crew.awaitState(job, "running");

        set("UPDATE job SET cancel_at = now() WHERE id = :id", job);

        crew.awaitState(job, "gone");
    }

    @Test
    void aJobWhoseNodeDiedAfterItWasAskedKnowsFromTheStart() {
        var fromTheStart = new ConcurrentLinkedQueue<Boolean>();
        var first = new AtomicInteger();
        var release = new CountDownLatch(1);
        var hand = new Hand((note, attempt) -> {
            if (first.getAndIncrement() == 0) {
                release.await(60, TimeUnit.SECONDS);
            } else {
                fromTheStart.add(attempt.cancelRequested());
                attempt.onCancel(() -> fromTheStart.add(true));
            }
            return Outcome.DONE;
        });
        var doomed = crew.node(jobs, Crew.config(50, Crew.SHORT_LEASE), Lineage.NONE, hand);
        UUID job = crew.enqueue(jobs, new Note("x"));
        crew.awaitState(job, "running");
        cancel(jobs, job);
        doomed.heart().stop();

        crew.node(new Jobs(), hand);

        crew.awaitState(job, "gone");
        assertThat(fromTheStart).containsExactly(true, true);
        release.countDown();
    }

    @Test
    void aCanceledRunThatFailsIsTriedAgainWithoutDelay() {
        var runs = new AtomicInteger();
        var hand = new Hand((note, attempt) -> {
            if (runs.incrementAndGet() == 1) {
                Waiting.until("asked", Crew.SOON, attempt::cancelRequested);
                throw new IllegalStateException("could not settle");
            }
            return Outcome.DONE;
        });
        var slow = new JobsConfig.Backoff(Duration.ofHours(1), Duration.ofHours(2));
        var config = Crew.config(50);
        crew.node(jobs, new JobsConfig(true, config.slots(), config.times(), slow), Lineage.NONE, hand);
        UUID job = crew.enqueue(jobs, new Note("x"));
        crew.awaitState(job, "running");

        cancel(jobs, job);

        crew.awaitState(job, "gone");
        assertThat(runs).hasValue(2);
    }

    private static Hand obedient() {
        return new Hand((note, attempt) -> {
            var stop = new CountDownLatch(1);
            attempt.onCancel(stop::countDown);
            stop.await(60, TimeUnit.SECONDS);
            return attempt.cancelRequested() ? Outcome.DONE : new Outcome.GiveUp("was not asked");
        });
    }

    private Canceled cancel(Jobs by, UUID job) {
        return crew.db.transact(tx -> by.cancel(tx, job));
    }

    private void set(String sql, UUID job) {
        crew.db.run(tx -> tx.update(sql).bind("id", job).execute());
    }
}
