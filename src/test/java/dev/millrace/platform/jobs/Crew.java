package dev.millrace.platform.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.SqlConfig;
import dev.millrace.platform.sql.Tx;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Nodes of one queue on a fresh database. */
final class Crew implements AutoCloseable {
    static final UUID ACCOUNT = UUID.fromString("0190c1d0-0000-7000-8000-000000000001");
    static final Duration SOON = Duration.ofSeconds(60); // a busy machine is slow, not wrong

    /** Outlived by a machine that stands still for a while. */
    static final Duration LEASE = Duration.ofSeconds(30);

    /** Instead of ten seconds, so that a death is noticed soon. */
    static final Duration SHORT_LEASE = Duration.ofSeconds(2);

    private static final Duration POLL = Duration.ofMillis(200);

    final Db db;
    private final Duration lease;
    private final List<Workers> nodes = new ArrayList<>();

    Crew() {
        this(TestServices.freshDatabase(), LEASE);
    }

    Crew(SqlConfig config, Duration lease) {
        this.db = Db.open(config);
        this.lease = lease;
    }

    static JobsConfig config(int io) {
        return config(io, LEASE);
    }

    static JobsConfig config(int io, Duration lease) {
        return config(io, lease, POLL);
    }

    /** Looks into the table once, and again only when it is told to: no look is in the way of jobs that are born here. */
    static JobsConfig unasked(int io) {
        return config(io, LEASE, Duration.ofHours(1));
    }

    private static JobsConfig config(int io, Duration lease, Duration poll) {
        return new JobsConfig(
                true,
                new JobsConfig.Slots(io, io, 1, 1),
                new JobsConfig.Times(Duration.ofMillis(200), lease, poll, Duration.ofSeconds(1), Duration.ofDays(14)),
                new JobsConfig.Backoff(Duration.ofMillis(20), Duration.ofMillis(200)));
    }

    Workers node(Jobs jobs, Worker<?>... workers) {
        return node(jobs, config(50, lease), Lineage.NONE, workers);
    }

    Workers node(Jobs jobs, JobsConfig config, Lineage lineage, Worker<?>... workers) {
        var started = Workers.start(db, jobs, config, List.of(workers), lineage);
        nodes.add(started);
        return started;
    }

    /** A queue that knows these kinds and runs nothing, so that what is enqueued stays ready. */
    static Jobs idle(Worker<?>... workers) {
        var jobs = new Jobs();
        jobs.register(List.of(workers));
        return jobs;
    }

    UUID enqueue(Jobs jobs, Job job) {
        return enqueue(jobs, job, Enqueue.NOW);
    }

    UUID enqueue(Jobs jobs, Job job, Enqueue how) {
        return db.transact(tx -> jobs.enqueue(tx, ACCOUNT, job, how));
    }

    /** The job's row; it must be there. */
    Row row(UUID job) {
        return find(job).orElseThrow();
    }

    String state(UUID job) {
        return find(job).map(Row::state).orElse("gone");
    }

    private Optional<Row> find(UUID job) {
        return read(tx -> tx.query("SELECT state, node, attempt, claim, last_error FROM job WHERE id = :id")
                .bind("id", job)
                .mapTo(Row.class)
                .findOne());
    }

    /** How often a job was finished, and how. */
    List<String> history(UUID job) {
        return read(tx -> tx.query("SELECT outcome FROM job_done WHERE id = :id")
                .bind("id", job)
                .mapTo(String.class)
                .list());
    }

    long count(String sql) {
        return this.<Long>read(tx -> tx.query(sql).mapTo(Long.class).one());
    }

    /** Looks as soon as the jobs leave a connection free. */
    private <T> T read(Function<Tx, T> look) {
        return Waiting.forValue("a connection is free", SOON, () -> {
            try {
                return db.read(look);
            } catch (Problem busy) {
                return null;
            }
        });
    }

    void awaitState(UUID job, String state) {
        Waiting.until("job is " + state, SOON, () -> state(job).equals(state));
    }

    @Override
    public void close() {
        nodes.forEach(Workers::close);
        db.close();
    }

    record Row(
            String state,
            @Nullable Long node,
            int attempt,
            long claim,
            @Nullable String lastError) {}

    record Note(String text) implements Job {}

    /** A worker made of a lambda. */
    static final class Hand implements Worker<Note> {
        private final ConcurrentLinkedQueue<String> buried = new ConcurrentLinkedQueue<>();
        private final Lane lane;
        private final int attempts;
        private final Duration timeout;
        private final Work work;

        Hand(Work work) {
            this(Lane.IO, 5, Duration.ofHours(1), work);
        }

        Hand(Lane lane, int attempts, Duration timeout, Work work) {
            this.lane = lane;
            this.attempts = attempts;
            this.timeout = timeout;
            this.work = work;
        }

        /** One job was buried with these words; said after the commit, so a moment after the row shows it. */
        void awaitBuried(String words) {
            Waiting.until("buried", SOON, () -> !buried.isEmpty());
            assertThat(buried).containsExactly(words);
        }

        @Override
        public String kind() {
            return "note";
        }

        @Override
        public Class<Note> type() {
            return Note.class;
        }

        @Override
        public Lane lane() {
            return lane;
        }

        @Override
        public int maxAttempts() {
            return attempts;
        }

        @Override
        public Duration timeout() {
            return timeout;
        }

        @Override
        public Outcome work(Note job, Attempt attempt) throws Exception {
            return work.of(job, attempt);
        }

        @Override
        public void bury(Tx tx, Note job, String reason) {
            tx.afterCommit(() -> buried.add(job.text() + ": " + reason));
        }
    }

    interface Work {
        Outcome of(Note job, Attempt attempt) throws Exception;
    }
}
