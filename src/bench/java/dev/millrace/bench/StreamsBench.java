package dev.millrace.bench;

import dev.millrace.platform.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;

/**
 * Many text streams at once, as users would hold them: each reader follows its own generation, half of the readers are dropped
 * at random and come back with their last id, and in the end each reader's text has the hash of the row's.
 */
public final class StreamsBench {
    /** Readers come one after the other within two seconds, as a crowd does. */
    private static final long OPENED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final int streams;
    private final int accounts;
    private final int seconds;
    private final int perSecond;
    private final int warmUp;
    private final boolean flags;

    private StreamsBench(List<String> args) {
        streams = number(args, "--streams", 500);
        accounts = number(args, "--accounts", 50);
        seconds = number(args, "--seconds", 30);
        perSecond = number(args, "--rate", 20);
        warmUp = number(args, "--warm-up", 200);
        flags = !args.contains("--no-flags");
    }

    public static void main(String[] args) throws Exception {
        System.exit(new StreamsBench(List.of(args)).run(number(List.of(args), "--seed", 1)) ? 0 : 1);
    }

    private boolean run(int seed) throws Exception {
        Path folder = Files.createTempDirectory("millrace-bench");
        try (var server = ServerUnderTest.start(folder.resolve("data"), flags, Map.of());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            System.out.printf(
                    "%d streams over %d accounts, %d deltas/s each, %d s, seed %d, after %d short ones, flags of scripts/run: %s%n",
                    streams, accounts, perSecond, seconds, seed, warmUp, flags ? "yes" : "no");
            open(folder.resolve("data"));
            List<BenchApi> people = signUp(server.address(), threads);
            warmUp(people, threads, seed);
            server.collect();
            return measure(server, people, threads, seed);
        } finally {
            StartBench.delete(folder);
        }
    }

    /** Lets this many accounts in at once and run this much at once: the guard and the cap are rows. */
    private void open(Path data) {
        EmbeddedPostgres.Login login = EmbeddedPostgres.running(data);
        if (login == null) {
            throw new IllegalStateException("no database runs");
        }
        try (Handle handle = login.connect()) {
            handle.execute("UPDATE rate_guard SET amount = 100000");
            handle.execute(
                    "UPDATE plan SET running = ?, per_minute = 100000, per_day = 1000000", 2 * streams / accounts);
        }
    }

    private List<BenchApi> signUp(URI address, ExecutorService threads) throws Exception {
        var rowsInForce = new CountDownLatch(1);
        rowsInForce.await(6, TimeUnit.SECONDS); // rows changed by SQL are in effect within five seconds
        return BenchApi.signUp(address, "bench", accounts, threads);
    }

    /** A server that has served before: short streams, half of them dropped, four at a time. */
    private void warmUp(List<BenchApi> people, ExecutorService threads, int seed) throws Exception {
        var pace = new Semaphore(4);
        var readers = new ArrayList<Future<StreamReader.Result>>();
        for (int i = 0; i < warmUp; i++) {
            BenchApi api = people.get(i % accounts);
            boolean dropped = i % 2 == 0;
            int number = i;
            readers.add(threads.submit(() -> {
                pace.acquire();
                try {
                    return new StreamReader(api, seed * 7_919L + number)
                            .follow("warm-up " + number, new StreamReader.Pace(60, 200), dropped, () -> {});
                } finally {
                    pace.release();
                }
            }));
        }
        for (Future<StreamReader.Result> reader : readers) {
            reader.get(120, TimeUnit.SECONDS);
        }
    }

    private boolean measure(ServerUnderTest server, List<BenchApi> people, ExecutorService threads, int seed)
            throws Exception {
        var settle = new CountDownLatch(1);
        settle.await(5, TimeUnit.SECONDS); // an idle process, past its own start
        server.resetPeak();
        long idleKib = server.memoryKib("VmRSS");
        Used before = Used.now(server);
        var open = new CountDownLatch(streams);
        long begun = System.nanoTime();
        var readers = new ArrayList<Future<StreamReader.Result>>();
        for (int i = 0; i < streams; i++) {
            BenchApi api = people.get(i % accounts);
            boolean dropped = i % 2 == 0;
            int number = i;
            long at = begun + OPENED_WITHIN_NANOS * i / streams;
            readers.add(threads.submit(() -> {
                LockSupport.parkNanos(at - System.nanoTime());
                return new StreamReader(api, seed * 100_003L + number)
                        .follow(
                                "stream " + number,
                                new StreamReader.Pace(seconds * perSecond, perSecond),
                                dropped,
                                open::countDown);
            }));
        }
        if (!open.await(120, TimeUnit.SECONDS)) {
            throw new IllegalStateException(open.getCount() + " streams did not open");
        }
        double allOpen = (System.nanoTime() - begun) / 1e9;
        Used opening = Used.now(server).since(before);
        var results = new ArrayList<StreamReader.Result>();
        for (Future<StreamReader.Result> reader : readers) {
            results.add(reader.get(seconds * 4L + 120, TimeUnit.SECONDS));
        }
        double wall = (System.nanoTime() - begun) / 1e9;
        Used used = Used.now(server).since(before);
        System.out.printf(
                Locale.ROOT,
                "first asked to all open, s               %.2f; CPU seconds of server %.2f, Postgres and Redis %.2f, readers %.2f%n",
                allOpen,
                opening.server,
                opening.all - opening.server,
                opening.readers);
        return report(results, wall, used, idleKib, server.memoryKib("VmHWM"));
    }

    /** CPU seconds: of the server, of the server with all it started, of this process. */
    private record Used(double server, double all, double readers) {
        static Used now(ServerUnderTest server) throws IOException {
            return new Used(
                    server.cpuSeconds(),
                    server.cpuSecondsOfAll(),
                    ServerUnderTest.cpuSeconds(ProcessHandle.current().pid()));
        }

        Used since(Used before) {
            return new Used(server - before.server, all - before.all, readers - before.readers);
        }
    }

    private boolean report(List<StreamReader.Result> results, double wall, Used used, long idleKib, long peakKib) {
        long deltas = results.stream().mapToLong(StreamReader.Result::words).sum();
        long wrong = results.stream().filter(result -> !result.same()).count();
        double[] opened = results.stream()
                .mapToDouble(StreamReader.Result::openSeconds)
                .sorted()
                .toArray();
        System.out.printf(Locale.ROOT, "readers whose SHA-256 equals the row's   %d of %d%n", streams - wrong, streams);
        System.out.printf(
                Locale.ROOT,
                "reconnects                               %d%n",
                results.stream().mapToLong(StreamReader.Result::reconnects).sum());
        System.out.printf(
                Locale.ROOT,
                "opened within, s (median, worst)         %.2f, %.2f%n",
                opened[streams / 2],
                opened[streams - 1]);
        System.out.printf(
                Locale.ROOT,
                "requests answered 503 and sent again     %d%n",
                results.stream().mapToLong(StreamReader.Result::refused).sum());
        System.out.printf(Locale.ROOT, "wall, s                                  %.1f%n", wall);
        System.out.printf(Locale.ROOT, "words written                            %d%n", deltas);
        System.out.printf(Locale.ROOT, "CPU of the server per word, us           %.1f%n", used.server * 1e6 / deltas);
        System.out.printf(Locale.ROOT, "... with Postgres and Redis, us          %.1f%n", used.all * 1e6 / deltas);
        System.out.printf(
                Locale.ROOT,
                "memory, KiB: idle %d, peak %d, per stream  %.1f%n",
                idleKib,
                peakKib,
                (peakKib - idleKib) / (double) streams);
        results.stream()
                .filter(result -> !result.same())
                .limit(5)
                .forEach(result -> System.out.println("  wrong: " + result));
        return wrong == 0;
    }

    private static int number(List<String> args, String name, int otherwise) {
        int at = args.indexOf(name);
        return at < 0 ? otherwise : Integer.parseInt(args.get(at + 1));
    }
}
