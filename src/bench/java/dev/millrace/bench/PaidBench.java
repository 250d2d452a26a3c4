package dev.millrace.bench;

import dev.millrace.credits.Bill;
import dev.millrace.credits.Credits;
import dev.millrace.credits.ReceiptLine;
import dev.millrace.credits.Wanted;
import dev.millrace.platform.Ids;
import dev.millrace.platform.embedded.DataFolder;
import dev.millrace.platform.embedded.Embedded;
import dev.millrace.platform.embedded.Service;
import dev.millrace.platform.jobs.Attempt;
import dev.millrace.platform.jobs.Enqueue;
import dev.millrace.platform.jobs.Fenced;
import dev.millrace.platform.jobs.Job;
import dev.millrace.platform.jobs.Jobs;
import dev.millrace.platform.jobs.JobsConfig;
import dev.millrace.platform.jobs.Lane;
import dev.millrace.platform.jobs.Outcome;
import dev.millrace.platform.jobs.Wish;
import dev.millrace.platform.jobs.Worker;
import dev.millrace.platform.jobs.Workers;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Many;
import dev.millrace.platform.sql.Told;
import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whole paid jobs: hold and enqueue in one durable commit, the job runs, settle and finish in another. Each caller begins his next
 * when the last one is settled. Alone is a transaction for each commit, together is {@code Db.together}, where many ask in the same
 * statements. The processor time is that of Postgres and of this process, callers included. Arguments: seconds for each measurement
 * (8), callers at once (400), and {@code together} for that way only. Three seconds of warming up are not counted.
 */
public final class PaidBench {
    private static final List<ReceiptLine> BILL =
            List.of(new ReceiptLine("words", BigDecimal.TEN, new BigDecimal("0.0001"), 1_000));

    private static final Duration WARM_UP = Duration.ofSeconds(3);

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
                    "%-44s %12s %10s %10s %12s %12s%n",
                    "durable paid jobs, " + callers + " callers",
                    "a second",
                    "p50 ms",
                    "p99 ms",
                    "ms CPU Java",
                    "ms CPU PG");
            var house = new House(db, credits, embedded);
            var ways = List.of(args).contains("together") ? new boolean[] {true} : new boolean[] {false, true};
            measure(house, owners, callers, WARM_UP, true);
            for (boolean together : ways) {
                for (var some : List.of(owners.subList(0, 1), owners)) {
                    System.out.println(measure(house, some, callers, each, together));
                }
            }
            List<String> broken = db.read(tx -> tx.query("SELECT rule FROM admin.ledger_check()")
                    .mapTo(String.class)
                    .list());
            System.out.println("broken rules of the ledger: " + broken.size());
        }
    }

    private static String measure(House house, List<UUID> owners, int callers, Duration each, boolean together)
            throws Exception {
        Db db = house.db();
        Credits credits = house.credits();
        var till = new Till(db, credits, together);
        var jobs = new Jobs();
        Many<Wanted, Boolean> begin = (tx, all) -> begin(tx, credits, jobs, all);
        var done = new LongAdder();
        var took = new java.util.concurrent.ConcurrentLinkedQueue<Long>();
        double javaBefore = house.javaMillis();
        double postgresBefore = house.postgresMillis();
        try (var workers = Workers.start(db, jobs, JobsConfig.of(true, 1), List.of(till))) {
            long from = System.nanoTime();
            long end = from + each.toNanos();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int caller = 0; caller < callers; caller++) {
                    var random = new Random(caller);
                    threads.execute(() -> {
                        while (System.nanoTime() < end) {
                            UUID owner = owners.get(random.nextInt(owners.size()));
                            UUID hold = Ids.next();
                            CountDownLatch settled = till.expect(hold);
                            long asked = System.nanoTime();
                            commit(db, together, begin, new Wanted(hold, owner, 10_000, "studio/text"));
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
            if (workers.facts().since().buried() > 0) {
                throw new IllegalStateException("a job was buried");
            }
            String row =
                    (together ? "together, " : "alone, ") + owners.size() + (owners.size() == 1 ? " owner" : " owners");
            if (sorted.isEmpty()) {
                return String.format("%-44s %12s", row, "none");
            }
            return String.format(
                    Locale.ROOT,
                    "%-44s %12.0f %10.1f %10.1f %12.2f %12.2f",
                    row,
                    done.sum() * 1e9 / each.toNanos(),
                    sorted.get(sorted.size() / 2) / 1e6,
                    sorted.get(sorted.size() * 99 / 100) / 1e6,
                    (house.javaMillis() - javaBefore) / sorted.size(),
                    (house.postgresMillis() - postgresBefore) / sorted.size());
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
    private static <Q, A> A commit(Db db, boolean together, Many<Q, A> many, Q question) {
        while (true) {
            try {
                return together
                        ? db.together(many, question)
                        : db.transact(
                                tx -> many.all(tx, List.of(question)).getFirst().answerOrThrow());
            } catch (Problem busy) {
                if (busy.type() != ProblemType.UNAVAILABLE) {
                    throw busy;
                }
            }
        }
    }

    /** Holds for all, and puts into the queue what was granted. */
    private static List<Told<Boolean>> begin(Tx tx, Credits credits, Jobs jobs, List<Wanted> all) {
        List<@Nullable Problem> refusals = credits.hold(tx, all);
        var granted = new ArrayList<Wish>();
        var told = new ArrayList<Told<Boolean>>();
        for (int i = 0; i < all.size(); i++) {
            Problem refusal = refusals.get(i);
            if (refusal == null) {
                Wanted wanted = all.get(i);
                granted.add(new Wish(wanted.account(), new Paid(wanted.hold()), Enqueue.NOW));
                told.add(new Told.Answer<>(true));
            } else {
                told.add(new Told.Refusal<>(refusal));
            }
        }
        jobs.enqueue(tx, granted);
        return told;
    }

    private record House(Db db, Credits credits, Embedded embedded) {
        double javaMillis() {
            return millis(Stream.of(ProcessHandle.current()));
        }

        /** Of Postgres with all its children. */
        double postgresMillis() {
            var postgres = ProcessHandle.of(embedded.postgres().pid()).orElseThrow();
            return millis(Stream.concat(Stream.of(postgres), postgres.descendants()));
        }

        private static double millis(Stream<ProcessHandle> processes) {
            return processes
                    .mapToLong(process -> process.info()
                            .totalCpuDuration()
                            .orElse(Duration.ZERO)
                            .toMillis())
                    .sum();
        }
    }

    record Paid(UUID hold) implements Job {}

    /** Charges, and says who was waited for. */
    private static final class Till implements Worker<Paid> {
        private final Db db;
        private final Credits credits;
        private final boolean together;
        private final Many<Done, Boolean> end = this::end;
        private final ConcurrentHashMap<UUID, CountDownLatch> waiting = new ConcurrentHashMap<>();

        Till(Db db, Credits credits, boolean together) {
            this.db = db;
            this.credits = credits;
            this.together = together;
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
            commit(db, together, end, new Done(job, attempt));
            CountDownLatch latch = waiting.remove(job.hold());
            if (latch != null) {
                latch.countDown();
            }
            return Outcome.DONE;
        }

        /** Ends the jobs, and charges for those that were still ours. */
        private List<Told<Boolean>> end(Tx tx, List<Done> all) {
            List<@Nullable Fenced> refusals =
                    Attempt.complete(tx, all.stream().map(Done::attempt).toList());
            var bills = new ArrayList<Bill>();
            var told = new ArrayList<Told<Boolean>>();
            for (int i = 0; i < all.size(); i++) {
                Fenced refusal = refusals.get(i);
                if (refusal == null) {
                    bills.add(new Bill(all.get(i).job().hold(), BILL));
                    told.add(new Told.Answer<>(true));
                } else {
                    told.add(new Told.Refusal<>(refusal));
                }
            }
            credits.settle(tx, bills);
            return told;
        }

        private record Done(Paid job, Attempt attempt) {}
    }
}
