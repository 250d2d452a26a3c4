package dev.millrace.platform.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.embedded.DataFolder;
import dev.millrace.platform.embedded.EmbeddedPostgres;
import dev.millrace.platform.jobs.Crew.Hand;
import dev.millrace.platform.jobs.Crew.Note;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The database itself is killed and frozen in the midst of the work. It starts again by itself. */
class PostgresFaultIT {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresFaultIT.class);
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path home;

    private DataFolder folder;
    private EmbeddedPostgres postgres;
    private Db db;
    private final Jobs jobs = new Jobs();
    private final Set<UUID> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean enough = new AtomicBoolean();
    private final List<Thread> feeders = new ArrayList<>();

    @BeforeEach
    void open() throws InterruptedException {
        folder = DataFolder.open(home, TestServices.programs());
        postgres = EmbeddedPostgres.start(folder, 40);
        var login = postgres.application();
        db = Db.open(SqlConfig.of(login.url(), login.user(), login.password(), 4));
        db.run(tx -> tx.execute("CREATE TABLE completion (job uuid NOT NULL)"));
    }

    @AfterEach
    void close() {
        db.close();
        postgres.close();
        folder.close();
    }

    @Test
    void noJobIsLostOrDoneTwiceWhenPostgresIsKilledAgainAndAgain() throws Exception {
        try (var workers = Workers.start(db, jobs, JobsConfig.of(true, 1), List.of(completing()))) {
            feed(8);
            for (int kill = 0; kill < 3; kill++) {
                int before = acknowledged.size();
                Waiting.until("it works", LONG, () -> acknowledged.size() > before + 50);
                kill(postgres.pid());
                long dead = System.nanoTime();
                int at = acknowledged.size();
                Waiting.until("it works again", LONG, () -> acknowledged.size() > at + 10);
                LOG.info("killed, and at work again after {} ms", (System.nanoTime() - dead) / 1_000_000);
            }
            stopFeeding();
            Waiting.until("all is done", LONG, () -> count("SELECT count(*) FROM job") == 0);
            assertThat(workers.facts().since().started()).isGreaterThanOrEqualTo(acknowledged.size());
        }
        assertThat(count("SELECT count(*) FROM completion"))
                .isEqualTo(count("SELECT count(DISTINCT job) FROM completion"));
        assertThat(completed()).containsAll(acknowledged);
        LOG.info(
                "{} jobs acknowledged, {} completed",
                acknowledged.size(),
                completed().size());
    }

    @Test
    void aDatabaseFrozenForLongerThanTheLeaseCostsTheLeaseAndNoJob() throws Exception {
        var lost = new AtomicInteger();
        var hand = new Hand((note, attempt) -> {
            if (note.text().equals("long") && attempt.number() == 1) {
                attempt.onLost(lost::incrementAndGet);
                Waiting.until("lost", LONG, attempt::lost);
            }
            return done(attempt);
        });
        try (var workers = Workers.start(db, jobs, Crew.config(50, Crew.SHORT_LEASE), List.of(hand))) {
            UUID job = db.transact(tx -> jobs.enqueue(tx, Crew.ACCOUNT, new Note("long")));
            Waiting.until("it runs", LONG, () -> count("SELECT count(*) FROM job WHERE state = 'running'") == 1);
            long before = workers.node().lease().node();

            signalAll("STOP");
            Waiting.until("given up by the local clock", LONG, () -> lost.get() == 1);
            signalAll("CONT");

            Waiting.until(
                    "done by the next incarnation", LONG, () -> completed().contains(job));
            assertThat(completed()).hasSize(1);
            assertThat(workers.node().lease().node()).isNotEqualTo(before);
        }
    }

    private Hand completing() {
        return new Hand((note, attempt) -> done(attempt));
    }

    private Outcome done(Attempt attempt) {
        db.run(tx -> {
            tx.update("INSERT INTO completion VALUES (:job)")
                    .bind("job", attempt.job())
                    .execute();
            attempt.complete(tx);
        });
        return Outcome.DONE;
    }

    private void feed(int feeders) {
        for (int i = 0; i < feeders; i++) {
            this.feeders.add(Thread.startVirtualThread(() -> {
                while (!enough.get()) {
                    try {
                        acknowledged.add(db.transact(tx -> jobs.enqueue(tx, Crew.ACCOUNT, new Note("x"))));
                    } catch (Problem away) {
                        LockSupport.parkNanos(Duration.ofMillis(20).toNanos()); // as a client would: not at once again
                    }
                }
            }));
        }
    }

    private void stopFeeding() throws InterruptedException {
        enough.set(true);
        for (Thread feeder : feeders) {
            feeder.join();
        }
    }

    private Set<UUID> completed() {
        return tried(() -> db.read(tx -> tx.query("SELECT DISTINCT job FROM completion")
                .mapTo(UUID.class)
                .set()));
    }

    private long count(String sql) {
        return tried(() -> db.<Long>read(tx -> tx.query(sql).mapTo(Long.class).one()));
    }

    /** Reads as soon as the database lets it. */
    private static <T> T tried(Supplier<T> read) {
        return Waiting.forValue("the database answers", LONG, () -> {
            try {
                return read.get();
            } catch (Problem away) {
                return null;
            }
        });
    }

    private void signalAll(String name) throws IOException, InterruptedException {
        var all = new ArrayList<String>(List.of("kill", "-" + name, String.valueOf(postgres.pid())));
        ProcessHandle.of(postgres.pid())
                .ifPresent(master -> master.descendants().forEach(child -> all.add(String.valueOf(child.pid()))));
        new ProcessBuilder(all).start().waitFor();
    }

    private static void kill(long pid) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-KILL", String.valueOf(pid)).start().waitFor();
    }
}
