package dev.millrace.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.embedded.EmbeddedPostgres;
import dev.millrace.testing.vendor.FakeOpenAi;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;

/**
 * A vendor that fails every call for minutes, by an error, by silence or by crawling, next to one that is well: how many calls reach
 * the one that fails, how long people wait to be told and to be released, and what the others notice of it. Both vendors are in this
 * process; each call is timed from the moment it was due.
 */
public final class OutageBench {
    private static final double MOST_AMPLIFICATION = 1.2;
    private static final double MOST_SECONDS = 90;
    private static final double MOST_SHARE = 1.1;
    private static final double MOST_MILLIS = 2;
    private static final int VICTIMS = 10;

    /** What the vendor that is well is asked for: a text of about a quarter of a second. */
    private static final String WELL = "@words=12 @delay_ms=20";

    /**
     * Each way of failing in turn, with the patience that models have where nothing else is said: refused, broken, cut off before and after the first words; not a word, none after the first few,
     * and a word now and then until it breaks off.
     */
    private static final List<String> FAULTS = List.of(
            "@status=503",
            "@status=500",
            "@cut_head",
            "@cut_after=3",
            "@hang",
            "@stall_after=3",
            "@delay_ms=500 @cut_after=6");

    private static final String MODELS = """
            INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
            SELECT name || '/text', kind, name, options, price, 'stop', 2, 600
            FROM model, (VALUES ('well'), ('down')) AS more (name)
            WHERE id = 'studio/text'""";

    private final double minutes;
    private final int runs;
    private final int wellRate;
    private final int downRate;
    private final FakeOpenAi well = FakeOpenAi.sound();
    private final FakeOpenAi down = FakeOpenAi.start();
    private int prompts;

    private OutageBench(List<String> args) {
        minutes = decimal(args, "--minutes", 2);
        runs = (int) decimal(args, "--runs", 5);
        wellRate = (int) decimal(args, "--well", 20);
        downRate = (int) decimal(args, "--down", 4);
    }

    public static void main(String[] args) throws Exception {
        System.exit(new OutageBench(List.of(args)).run() ? 0 : 1);
    }

    private boolean run() throws Exception {
        Path folder = Files.createTempDirectory("millrace-bench");
        Path file = folder.resolve("providers.yaml");
        Files.writeString(file, "providers:\n" + provider("well", well) + provider("down", down));
        System.out.printf(
                Locale.ROOT,
                "%d runs: %.1f min in which a vendor fails all of %d calls/s, beside %d calls/s to one that is well; the same without%n",
                runs,
                minutes,
                downRate,
                wellRate);
        try (var server = ServerUnderTest.start(
                        folder.resolve("data"), true, Map.of("MILLRACE_PROVIDERS_FILE", file.toString()));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            prepare(folder.resolve("data"));
            return measure(server.address(), threads);
        } finally {
            well.close();
            down.close();
            StartBench.delete(folder);
        }
    }

    private static String provider(String name, FakeOpenAi vendor) {
        return "  - {name: " + name + ", kind: openai, base_url: '" + vendor.base() + "', models: []}\n";
    }

    private static void prepare(Path data) throws InterruptedException {
        EmbeddedPostgres.Login login = EmbeddedPostgres.running(data);
        if (login == null) {
            throw new IllegalStateException("no database runs");
        }
        try (Handle handle = login.connect()) {
            handle.execute("UPDATE rate_guard SET amount = 1000000");
            handle.execute(
                    "UPDATE plan SET running = 100000, per_minute = NULL, per_day = NULL, once_micros = 1000000000000");
            handle.execute(MODELS);
        }
        // rows changed by SQL are in effect within five seconds
        new CountDownLatch(1).await(6, TimeUnit.SECONDS);
    }

    private boolean measure(URI server, ExecutorService threads) throws Exception {
        Duration window = Duration.ofMillis((long) (minutes * 60_000));
        // a server that has served before
        served(load(signUp(server, "first", 1), "well/text", wellRate, Duration.ofSeconds(15), threads));
        var rows = new ArrayList<Row>();
        for (int run = 0; run < runs; run++) {
            // a token lasts a quarter of an hour, so each run has people of its own
            List<BenchApi> user = signUp(server, "well-" + run, 1);
            // an account may have a hundred streams open, and those who want the one that crawls wait long
            List<BenchApi> victims = signUp(server, "down-" + run, VICTIMS);
            double alone = p99(served(load(user, "well/text", wellRate, window, threads)));
            int before = calls();
            Future<List<Future<Served>>> failing =
                    threads.submit(() -> load(victims, "down/text", downRate, window, threads));
            double beside = p99(served(load(user, "well/text", wellRate, window, threads)));
            List<Served> failed = served(failing.get());
            rows.add(new Row(alone, beside, failed, calls() - before));
            print(run, rows.getLast());
        }
        return judge(rows);
    }

    private static List<BenchApi> signUp(URI server, String name, int many) throws IOException {
        var people = new ArrayList<BenchApi>();
        for (int i = 0; i < many; i++) {
            people.add(BenchApi.signUp(server, name + "-" + i + "@example.com"));
        }
        return people;
    }

    private int calls() {
        return down.loopback().prompts().values().stream()
                .mapToInt(count -> count)
                .sum();
    }

    /** Begins so many a second, each on a thread of its own, for so long. */
    private List<Future<Served>> load(
            List<BenchApi> people, String model, int rate, Duration window, ExecutorService threads) {
        long step = 1_000_000_000L / rate;
        long due = System.nanoTime();
        long end = due + window.toNanos();
        var all = new ArrayList<Future<Served>>();
        for (; due < end; due += step) {
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            long from = due;
            int number = prompt();
            BenchApi api = people.get(number % people.size());
            all.add(threads.submit(() -> serve(api, model, number, from)));
        }
        return all;
    }

    private synchronized int prompt() {
        return prompts++;
    }

    /** One generation, from the moment it was due to its end. */
    private static Served serve(BenchApi api, String model, int number, long due) throws Exception {
        String prompt = "call " + number + " " + (model.startsWith("well") ? WELL : FAULTS.get(number % FAULTS.size()));
        String id = api.post("/v1/generations", Map.of("kind", "text", "model", model, "prompt", prompt), 202)
                .path("id")
                .asText();
        double told = Double.NaN;
        try (var stream = api.stream("/v1/generations/" + id + "/events", null)) {
            while (true) {
                String line = BenchApi.line(stream.body());
                if (Double.isNaN(told) && (line.equals("event: retrying") || line.equals("event: failed"))) {
                    told = since(due);
                }
                if (line.equals("event: completed") || line.equals("event: failed")) {
                    return new Served(id, line.endsWith("completed"), told, since(due));
                }
            }
        } catch (IOException cut) {
            JsonNode row = api.get("/v1/generations/" + id);
            throw new IOException("the stream of " + id + " was cut: " + row, cut);
        }
    }

    private static double since(long due) {
        return (System.nanoTime() - due) / 1e9;
    }

    private static List<Served> served(List<Future<Served>> all) throws Exception {
        var served = new ArrayList<Served>();
        for (Future<Served> one : all) {
            served.add(one.get(5, TimeUnit.MINUTES));
        }
        return served;
    }

    /** In milliseconds, of those that are well: all of them. */
    private static double p99(List<Served> served) {
        if (!served.stream().allMatch(Served::completed)) {
            throw new IllegalStateException("a call to the vendor that is well did not complete");
        }
        double[] sorted = served.stream().mapToDouble(Served::seconds).sorted().toArray();
        return 1e3 * sorted[(int) (0.99 * sorted.length)];
    }

    private static void print(int run, Row row) {
        if (run == 0) {
            System.out.printf(
                    "%4s %12s %12s %10s %10s %14s %12s %14s%n",
                    "run",
                    "p99 alone ms",
                    "p99 beside ms",
                    "asked",
                    "called",
                    "amplification",
                    "told by s",
                    "released by s");
        }
        System.out.printf(
                Locale.ROOT,
                "%4d %12.1f %13.1f %10d %10d %14.3f %12.1f %14.1f%n",
                run + 1,
                row.alone,
                row.beside,
                row.failed.size(),
                row.calls,
                row.amplification(),
                row.told(),
                row.released());
    }

    private static boolean judge(List<Row> rows) {
        double alone = median(rows.stream().mapToDouble(Row::alone).toArray());
        double beside = median(rows.stream().mapToDouble(Row::beside).toArray());
        double amplification =
                rows.stream().mapToDouble(Row::amplification).max().orElse(9);
        double released = rows.stream().mapToDouble(Row::released).max().orElse(999);
        double told = rows.stream().mapToDouble(Row::told).max().orElse(999);
        long completed = rows.stream()
                .flatMap(row -> row.failed.stream())
                .filter(Served::completed)
                .count();
        boolean good = verdict("calls to the vendor that fails, for each asked", amplification, MOST_AMPLIFICATION);
        good &= verdict("last person told after, s", told, MOST_SECONDS);
        good &= verdict("last person released after, s", released, MOST_SECONDS);
        good &= verdict("completed by a vendor that fails always", (double) completed, 0);
        good &= verdict(
                "p99 of the others beside it, ms (median; alone %.1f)".formatted(alone),
                beside,
                Math.max(alone * MOST_SHARE, alone + MOST_MILLIS));
        return good;
    }

    private static boolean verdict(String what, double measured, double most) {
        boolean good = measured <= most;
        System.out.printf(
                Locale.ROOT, "%-58s %10.3f, at most %10.3f   %s%n", what, measured, most, good ? "ok" : "MISSED");
        return good;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double decimal(List<String> args, String name, double otherwise) {
        int at = args.indexOf(name);
        return at < 0 ? otherwise : Double.parseDouble(args.get(at + 1));
    }

    private record Served(String id, boolean completed, double told, double seconds) {}

    private record Row(double alone, double beside, List<Served> failed, int calls) {
        double amplification() {
            return calls / (double) failed.size();
        }

        double told() {
            return failed.stream().mapToDouble(Served::told).max().orElse(Double.NaN);
        }

        double released() {
            return failed.stream().mapToDouble(Served::seconds).max().orElse(Double.NaN);
        }
    }
}
