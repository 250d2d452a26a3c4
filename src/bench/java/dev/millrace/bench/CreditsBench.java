package dev.millrace.bench;

import dev.millrace.credits.Credits;
import dev.millrace.credits.ReceiptLine;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Micros;
import dev.millrace.platform.embedded.DataFolder;
import dev.millrace.platform.embedded.Embedded;
import dev.millrace.platform.embedded.Service;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
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
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Pairs of hold and settle, each a durable transaction of its own, by so many callers at once, for one owner and for many. */
public final class CreditsBench {
    private static final int OWNERS = 10_000;
    private static final int PAGE = 200;
    private static final List<ReceiptLine> BILL =
            List.of(new ReceiptLine("words", BigDecimal.TEN, new BigDecimal("0.0001"), 1_000));

    private CreditsBench() {}

    public static void main(String[] args) throws Exception {
        Duration each = Duration.ofSeconds(args.length > 0 ? Integer.parseInt(args[0]) : 5);
        try (var folder = DataFolder.open(Files.createTempDirectory("millrace-bench"));
                var embedded = Embedded.start(folder, EnumSet.of(Service.POSTGRES), 60);
                var db = Db.open(embedded.sql(32))) {
            List<UUID> owners = owners(db);
            var credits = new Credits(db);
            System.out.printf("%-34s %12s %18s%n", "durable pairs", "a second", "ms of CPU a pair");
            for (int callers : new int[] {1, 8, 32}) {
                for (var some : List.of(owners.subList(0, 1), owners)) {
                    double before = cpuMillis(embedded);
                    long pairs = pairs(db, credits, some, callers, each);
                    System.out.printf(
                            Locale.ROOT,
                            "%-34s %12.0f %18.2f%n",
                            callers + " callers, " + some.size() + " owners",
                            pairs * 1e3 / each.toMillis(),
                            (cpuMillis(embedded) - before) / pairs);
                }
            }
            List<String> broken = db.read(tx -> tx.query("SELECT rule FROM admin.ledger_check()")
                    .mapTo(String.class)
                    .list());
            System.out.println("broken rules of the ledger: " + broken.size());
        }
    }

    private static long pairs(Db db, Credits credits, List<UUID> owners, int callers, Duration each) throws Exception {
        long end = System.nanoTime() + each.toNanos();
        long pairs = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var working = new ArrayList<Future<Long>>();
            for (int caller = 0; caller < callers; caller++) {
                var random = new Random(caller);
                working.add(threads.submit(() -> {
                    long done = 0;
                    while (System.nanoTime() < end) {
                        UUID owner = owners.get(random.nextInt(owners.size()));
                        UUID hold = Ids.next();
                        patiently(db, tx -> credits.hold(tx, hold, owner, 10_000, "studio/text"));
                        patiently(db, tx -> credits.settle(tx, hold, BILL));
                        done++;
                    }
                    return done;
                }));
            }
            for (Future<Long> one : working) {
                pairs += one.get();
            }
        }
        return pairs;
    }

    /** Of this process and of Postgres with all its children: on a busy machine the better figure. */
    private static double cpuMillis(Embedded embedded) {
        var postgres = ProcessHandle.of(embedded.postgres().pid()).orElseThrow();
        return Stream.concat(Stream.of(ProcessHandle.current(), postgres), postgres.descendants())
                .mapToLong(process ->
                        process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis())
                .sum();
    }

    /** Comes again when too many stand in line for a connection. */
    private static void patiently(Db db, Consumer<Tx> work) {
        for (boolean done = false; !done; ) {
            try {
                db.run(work);
                done = true;
            } catch (Problem busy) {
                if (busy.type() != ProblemType.UNAVAILABLE) {
                    throw busy;
                }
            }
        }
    }

    /** In small pages: on a busy machine a large one takes longer than a statement may. */
    static List<UUID> owners(Db db) {
        var owners = new ArrayList<UUID>();
        for (int from = 0; from < OWNERS; from += PAGE) {
            int first = from;
            List<UUID> some = db.transact(tx -> tx.query("""
                            INSERT INTO account (id, email)
                            SELECT admin.new_id(), n || '@example.com' FROM generate_series(:first + 1, :first + :page) AS n
                            RETURNING id""")
                    .bind("first", first)
                    .bind("page", PAGE)
                    .mapTo(UUID.class)
                    .list());
            db.run(tx -> tx.query("""
                            SELECT count(credit_give(id, 'purchased', :micros, NULL, NULL, 'for the bench', admin.new_id(), admin.new_id()))
                            FROM unnest(CAST(:owners AS uuid[])) AS o (id)""")
                    .bind("micros", 1_000_000 * Micros.CREDIT)
                    .bindArray("owners", UUID.class, some)
                    .mapTo(Long.class)
                    .one());
            owners.addAll(some);
        }
        return owners;
    }
}
