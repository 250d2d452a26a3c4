package dev.millrace.bench;

import dev.millrace.credits.Credits;
import dev.millrace.credits.ReceiptLine;
import dev.millrace.platform.Ids;
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
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * Whole paid jobs: hold and enqueue in one durable commit, the job runs, settle and finish in another. Each caller begins his next
 * when the last one is settled. Alone is a transaction for each commit, together is {@code Db.together}. Arguments: seconds for each
 * measurement (8), callers at once (400), and {@code together} for that way only.
 */
public final class PaidBench {
    private static final List<ReceiptLine> BILL =
            List.of(new ReceiptLine("words", BigDecimal.TEN, new BigDecimal("0.0001"), 1_000));

    private PaidBench() {}

    public static void main(String[] args) throws Exception {
        Duration each = Duration.ofSeconds(args.length > 0 ? Integer.parseInt(args[0]) : 8);
        int callers = args.length > 1 ? Integer.parseInt(args[1]) : 400;
        try (var folder = DataFolder.open(Files.createTempDirectory("millrace-bench"));
                var embedded = Embedded.start(folder, EnumSet.of(Service.POSTGRES), 60);
                var db = Db.open(embedded.sql(32))) {
            List<UUID> owners = CreditsBench.owners(db);
            var credits = new Credits(db);
            System.out.printf(
                    "%-44s %12s %10s %10s%n",
                    "durable paid jobs, " + callers + " callers", "a second", "p50 ms", "p99 ms");
            var ways = List.of(args).contains("together") ? new boolean[] {true} : new boolean[] {false, true};
            for (boolean together : ways) {
                for (var some : List.of(owners.subList(0, 1), owners)) {
                    measure(db, credits, some, callers, each, together);
                }
            }
            List<String> broken = db.read(tx -> tx.query("SELECT rule FROM admin.ledger_check()")
                    .mapTo(String.class)
                    .list());
            System.out.println("broken rules of the ledger: " + broken.size());
        }
    }

    private static void measure(Db db, Credits credits, List<UUID> owners, int callers, Duration each, boolean together)
            throws Exception {
        var till = new Till(db, credits, together);
        var jobs = new Jobs();
        var done = new LongAdder();
        var took = new java.util.concurrent.ConcurrentLinkedQueue<Long>();
        try (var workers = Workers.start(db, jobs, JobsConfig.of(true, 1), List.of(till))) {
            long begin = System.nanoTime();
            long end = begin + each.toNanos();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int caller = 0; caller < callers; caller++) {
                    var random = new Random(caller);
                    threads.execute(() -> {
                        while (System.nanoTime() < end) {
                            UUID owner = owners.get(random.nextInt(owners.size()));
                            UUID hold = Ids.next();
                            CountDownLatch settled = till.expect(hold);
                            long asked = System.nanoTime();
                            commit(db, together, tx -> {
                                credits.hold(tx, hold, owner, 10_000, "studio/text");
                                return jobs.enqueue(tx, owner, new Paid(hold));
                            });
                            await(settled);
                            if (System.nanoTime() < end) {
                                done.increment();
                                took.add(System.nanoTime() - asked);
                            }
                        }
                    });
                }
            }
            List<Long> sorted = took.stream().sorted().toList();
            System.out.printf(
                    Locale.ROOT,
                    "%-44s %12.0f %10.1f %10.1f%n",
                    (together ? "together, " : "alone, ") + owners.size() + (owners.size() == 1 ? " owner" : " owners"),
                    done.sum() * 1e9 / each.toNanos(),
                    sorted.get(sorted.size() / 2) / 1e6,
                    sorted.get(sorted.size() * 99 / 100) / 1e6);
            if (workers.facts().since().buried() > 0) {
                throw new IllegalStateException("a job was buried");
            }
        }
    }

    private static void await(CountDownLatch settled) {
        try {
            settled.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** Comes again when too many stand in line for a connection, as a client told so would. */
    private static <T> T commit(Db db, boolean together, Function<Tx, T> work) {
        while (true) {
            try {
                return together ? db.together(work) : db.transact(work);
            } catch (Problem busy) {
                if (busy.type() != ProblemType.UNAVAILABLE) {
                    throw busy;
                }
            }
        }
    }

    record Paid(UUID hold) implements Job {}

    /** Charges, and says who was waited for. */
    private record Till(Db db, Credits credits, boolean together, ConcurrentHashMap<UUID, CountDownLatch> waiting)
            implements Worker<Paid> {
        Till(Db db, Credits credits, boolean together) {
            this(db, credits, together, new ConcurrentHashMap<>());
        }

        CountDownLatch expect(UUID hold) {
            var latch = new CountDownLatch(1);
            waiting.put(hold, latch);
            return latch;
        }

        @Override
        public String kind() {
            return "paid";
        }

        @Override
        public Class<Paid> type() {
            return Paid.class;
        }

        @Override
        public Lane lane() {
            return Lane.IO;
        }

        @Override
        public Outcome work(Paid job, Attempt attempt) {
            commit(db, together, tx -> {
                attempt.complete(tx);
                return credits.settle(tx, job.hold(), BILL);
            });
            CountDownLatch latch = waiting.remove(job.hold());
            if (latch != null) {
                latch.countDown();
            }
            return Outcome.DONE;
        }
    }
}
