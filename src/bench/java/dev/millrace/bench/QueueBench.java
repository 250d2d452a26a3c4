package dev.millrace.bench;

import dev.millrace.platform.embedded.DataFolder;
import dev.millrace.platform.embedded.Embedded;
import dev.millrace.platform.embedded.Service;
import dev.millrace.platform.jobs.Attempt;
import dev.millrace.platform.jobs.Job;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.jobs.JobsConfig;
import dev.millrace.platform.jobs.Lane;
import dev.millrace.platform.jobs.Outcome;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.jobs.Workers;
import dev.millrace.platform.sql.Db;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Jobs that do nothing, each enqueued and completed in a durable transaction of its own: how many a second, and how soon they
 * start. Argument: seconds for each measurement, 5 by default.
 */
public final class QueueBench {
    private static final UUID ACCOUNT = new UUID(0, 1);

    private QueueBench() {}

    public static void main(String[] args) throws Exception {
        Duration each = Duration.ofSeconds(args.length > 0 ? Integer.parseInt(args[0]) : 5);
        try (var folder = DataFolder.open(Files.createTempDirectory("millrace-bench"));
                var embedded = Embedded.start(folder, EnumSet.of(Service.POSTGRES), 60);
                var db = Db.open(embedded.sql(16))) {
            var noop = new Noop();
            drain(db, noop);
            var jobs = new Jobs();
            try (var workers = Workers.start(db, jobs, JobsConfig.of(true, 1), List.of(noop))) {
                for (int callers : new int[] {1, 16, 64}) {
                    closed(db, jobs, workers, noop, callers, each);
                }
                for (int rate : new int[] {50, 500, 1_000}) {
                    open(db, jobs, workers, noop, rate, each);
                }
                System.out.println(workers.facts().since());
            }
        }
    }

    /** A backlog that was ready before the node came: claimed in batches. */
    private static void drain(Db db, Noop noop) {
        int backlog = 10_000;
        var idle = new Jobs();
        idle.register(List.of(noop));
        for (int page = 0; page < backlog / 500; page++) {
            db.run(tx -> {
                for (int i = 0; i < 500; i++) {
                    idle.enqueue(tx, ACCOUNT, new Nothing(System.nanoTime()));
                }
            });
        }
        noop.clear();
        long begin = System.nanoTime();
        try (var workers = Workers.start(db, new Jobs(), JobsConfig.of(true, 1), List.of(noop))) {
            await(workers, backlog);
            report("a backlog", backlog, begin, noop);
        }
    }

    private static void closed(Db db, Jobs jobs, Workers workers, Noop noop, int callers, Duration each) {
        var sent = new AtomicInteger();
        long before = workers.facts().since().completed();
        noop.clear();
        long begin = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < callers; i++) {
                threads.execute(() -> {
                    while (System.nanoTime() - begin < each.toNanos()) {
                        db.run(tx -> jobs.enqueue(tx, ACCOUNT, new Nothing(System.nanoTime())));
                        sent.incrementAndGet();
                    }
                });
            }
        }
        await(workers, before + sent.get());
        report(callers + " callers", sent.get(), begin, noop);
    }

    private static void open(Db db, Jobs jobs, Workers workers, Noop noop, int rate, Duration each) {
        int total = (int) (rate * each.toSeconds());
        long before = workers.facts().since().completed();
        noop.clear();
        long begin = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < total; i++) {
                long due = begin + i * 1_000_000_000L / rate;
                while (due - System.nanoTime() > 0) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                threads.execute(() -> db.run(tx -> jobs.enqueue(tx, ACCOUNT, new Nothing(due))));
            }
        }
        await(workers, before + total);
        report(rate + " a second", total, begin, noop);
    }

    /** Until so many are completed, which is when their rows are gone. */
    private static void await(Workers workers, long completed) {
        while (workers.facts().since().completed() < completed) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void report(String what, int jobs, long begin, Noop noop) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        long[] waits = noop.waits();
        System.out.printf(
                Locale.ROOT,
                "%-20s %7d jobs %9.0f jobs/s   enqueue to start: p50 %8.2f ms, p99 %8.2f ms%n",
                what,
                jobs,
                jobs / seconds,
                waits[waits.length / 2] / 1e6,
                waits[waits.length * 99 / 100] / 1e6);
    }

    /** Carries when it was begun. */
    private record Nothing(long begun) implements Job {}

    private static final class Noop implements Worker<Nothing> {
        private final ConcurrentLinkedQueue<Long> waits = new ConcurrentLinkedQueue<>();

        void clear() {
            waits.clear();
        }

        long[] waits() {
            long[] all = waits.stream().mapToLong(wait -> wait).toArray();
            Arrays.sort(all);
            return all;
        }

        @Override
        public String kind() {
            return "nothing";
        }

        @Override
        public Class<Nothing> type() {
            return Nothing.class;
        }

        @Override
        public Lane lane() {
            return Lane.IO;
        }

        @Override
        public Outcome work(Nothing job, Attempt attempt) {
            waits.add(System.nanoTime() - job.begun());
            return Outcome.DONE;
        }
    }
}
