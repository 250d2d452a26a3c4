package dev.millrace.bench;

import dev.millrace.platform.embedded.EmbeddedPostgres;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Handle;

/**
 * One provider and one client on loopback, and between them in turn: nothing, a Node.js {@code pipe()}, nginx without buffering, and
 * this server with everything on (identity, limits, hold and settlement, event log), on its own face and on OpenAI's.
 *
 * <p>All streams are opened first; then chunks are counted for some seconds while nothing is opened or closed. Rounds are interleaved,
 * and medians of the rounds are printed. A delay is from the provider's write to the client's read.
 */
public final class RelayBench {
    private static final int STREAMS_AN_ACCOUNT = 80;

    private final int rounds;
    private final int seconds;
    private final boolean flags;
    private final List<Way> ways;
    private final List<Size> sizes;

    private RelayBench(List<String> args) {
        rounds = number(args, "--rounds", 5);
        seconds = number(args, "--seconds", 8);
        flags = !args.contains("--no-flags");
        int named = args.indexOf("--ways");
        ways = named < 0
                ? List.of(Way.values())
                : Arrays.stream(args.get(named + 1).toUpperCase(Locale.ROOT).split(",", -1))
                        .map(Way::valueOf)
                        .toList();
        int least = number(args, "--least", 50);
        int most = number(args, "--most", 2_000);
        sizes = List.of(new Size(50, 20), new Size(500, 20), new Size(2_000, 5), new Size(5_000, 2)).stream()
                .filter(size -> size.streams >= least && size.streams <= most)
                .toList();
    }

    public static void main(String[] args) throws Exception {
        if (Arrays.asList(args).contains("--help")) {
            System.out.println(
                    "[--rounds N] [--seconds N] [--least STREAMS] [--most STREAMS] [--ways direct,node,nginx,openai,native] [--no-flags]");
            return;
        }
        new RelayBench(List.of(args)).run();
        System.exit(0);
    }

    /** So many streams, each with so many chunks a second. */
    private record Size(int streams, int rate) {}

    /** Who stands between. */
    private enum Way {
        DIRECT("nothing between"),
        NODE("Node.js pipe()"),
        NGINX("nginx, unbuffered"),
        OPENAI("millrace, OpenAI face"),
        NATIVE("millrace, own face");

        private final String words;

        Way(String words) {
            this.words = words;
        }
    }

    /** One round: microseconds, save the memory. */
    private record Round(double cpu, double cpuOfAll, double p50, double p99, double first, double kib) {}

    private void run() throws Exception {
        Path folder = Files.createTempDirectory("millrace-relay");
        try (var vendor = new RelayVendor();
                var node = RelayPeers.node(folder, vendor.port());
                var nginx = RelayPeers.nginx(folder, vendor.port())) {
            for (Size size : sizes) {
                try (var server = server(folder.resolve("data-" + size.streams), vendor);
                        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    try {
                        measure(new Scene(vendor, node, nginx, server, people(server, size, threads)), size, threads);
                    } finally {
                        // whoever still reads or waits, after a round that failed, ends with it
                        vendor.end();
                        threads.shutdownNow();
                    }
                }
            }
        } finally {
            StartBench.delete(folder);
        }
    }

    private ServerUnderTest server(Path data, RelayVendor vendor) throws Exception {
        return ServerUnderTest.start(
                data,
                flags,
                Map.of(
                        "MILLRACE_OPENAI_BASE_URL",
                        "http://127.0.0.1:" + vendor.port() + "/v1",
                        "MILLRACE_ALLOW_PRIVATE_CIDRS",
                        "127.0.0.0/8"));
    }

    private List<BenchApi> people(ServerUnderTest server, Size size, ExecutorService threads) throws Exception {
        Path data = server.data();
        EmbeddedPostgres.Login login = EmbeddedPostgres.running(data);
        if (login == null) {
            throw new IllegalStateException("no database runs");
        }
        try (Handle handle = login.connect()) {
            handle.execute("UPDATE rate_guard SET amount = 100000");
            handle.execute("UPDATE plan SET running = 1000, per_minute = 1000000, per_day = 10000000");
        }
        new CountDownLatch(1).await(6, TimeUnit.SECONDS); // rows changed by SQL are in effect within five seconds
        var pace = new Semaphore(4);
        var signing = new ArrayList<Future<BenchApi>>();
        for (int i = 0; i < Math.ceilDiv(size.streams, STREAMS_AN_ACCOUNT); i++) {
            String email = "relay-" + i + "@example.com";
            signing.add(threads.submit(() -> {
                pace.acquire();
                try {
                    return BenchApi.signUp(server.address(), email);
                } finally {
                    pace.release();
                }
            }));
        }
        var people = new ArrayList<BenchApi>();
        for (Future<BenchApi> one : signing) {
            people.add(one.get(120, TimeUnit.SECONDS));
        }
        try (Handle handle = login.connect()) {
            handle.execute("SELECT admin.grant(email, 1000000, 'relay benchmark') FROM account");
        }
        return people;
    }

    private void measure(Scene scene, Size size, ExecutorService threads) throws Exception {
        for (Way way : ways) {
            round(scene, way, size, threads); // nobody is measured cold
        }
        var all = new LinkedHashMap<Way, List<Round>>();
        for (int round = 0; round < rounds; round++) {
            for (Way way : ways) {
                all.computeIfAbsent(way, key -> new ArrayList<>()).add(round(scene, way, size, threads));
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%n%d streams, %d chunks/s each, %d s, medians of %d rounds, flags of scripts/run: %s%n"
                        + "%-24s %12s %12s %10s %10s %10s %10s%n",
                size.streams,
                size.rate,
                seconds,
                rounds,
                flags ? "yes" : "no",
                "",
                "CPU us/chunk",
                "with DB",
                "p50 us",
                "p99 us",
                "first ms",
                "KiB/stream");
        all.forEach((way, list) -> System.out.printf(
                Locale.ROOT,
                "%-24s %12.1f %12.1f %10.0f %10.0f %10.1f %10.1f%n",
                way.words,
                median(list.stream().mapToDouble(Round::cpu).toArray()),
                median(list.stream().mapToDouble(Round::cpuOfAll).toArray()),
                median(list.stream().mapToDouble(Round::p50).toArray()),
                median(list.stream().mapToDouble(Round::p99).toArray()),
                median(list.stream().mapToDouble(Round::first).toArray()) / 1e3,
                list.getFirst().kib));
    }

    private Round round(Scene scene, Way way, Size size, ExecutorService threads) throws Exception {
        scene.vendor.begin(size.rate);
        long idle = scene.kib(way);
        var opening = new ArrayList<Future<RelayReader>>();
        var pace = new Semaphore(64);
        for (int i = 0; i < size.streams; i++) {
            int number = i;
            opening.add(threads.submit(() -> {
                pace.acquire();
                try {
                    return scene.open(way, number);
                } finally {
                    pace.release();
                }
            }));
        }
        var readers = new ArrayList<RelayReader>();
        var reading = new ArrayList<Future<?>>();
        for (Future<RelayReader> one : opening) {
            RelayReader reader = one.get(300, TimeUnit.SECONDS);
            readers.add(reader);
            reading.add(threads.submit(reader::read));
        }
        new CountDownLatch(1).await(2, TimeUnit.SECONDS);
        double cpu = scene.cpu(way);
        double cpuOfAll = scene.cpuOfAll(way);
        readers.forEach(reader -> reader.measure(true));
        new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
        readers.forEach(reader -> reader.measure(false));
        double used = scene.cpu(way) - cpu;
        double usedOfAll = scene.cpuOfAll(way) - cpuOfAll;
        long full = scene.kib(way);
        scene.vendor.end();
        for (Future<?> one : reading) {
            one.get(120, TimeUnit.SECONDS);
        }
        long[] delays = readers.stream()
                .flatMapToLong(reader -> LongStream.of(reader.delays()))
                .sorted()
                .toArray();
        if (delays.length < size.streams * size.rate * seconds * 0.5) {
            throw new IllegalStateException(way.words + " delivered " + delays.length + " chunks only");
        }
        return new Round(
                used * 1e6 / delays.length,
                usedOfAll * 1e6 / delays.length,
                delays[delays.length / 2] / 1e3,
                delays[(int) (delays.length * 0.99)] / 1e3,
                median(readers.stream().mapToDouble(RelayReader::firstSeconds).toArray()) * 1e6,
                (full - idle) / (double) size.streams);
    }

    /** Everything that runs during a size. */
    private record Scene(
            RelayVendor vendor, RelayPeers node, RelayPeers nginx, ServerUnderTest server, List<BenchApi> people) {
        RelayReader open(Way way, int number) throws Exception {
            BenchApi person = people.get(number % people.size());
            long asked = System.nanoTime();
            BenchApi.Stream stream = switch (way) {
                case DIRECT -> chat(BenchApi.of(address(vendor.port())), "/v1");
                case NODE -> chat(BenchApi.of(address(node.port())), "/v1");
                case NGINX -> chat(BenchApi.of(address(nginx.port())), "/v1");
                case OPENAI -> chat(person, "/openai/v1");
                case NATIVE -> {
                    String id = person.patiently(
                                    "/v1/generations",
                                    Map.of(
                                            "kind",
                                            "text",
                                            "model",
                                            "openai/bench",
                                            "prompt",
                                            "count",
                                            "options",
                                            Map.of("max_tokens", 2_000)),
                                    202)
                            .path("id")
                            .asText();
                    yield person.stream("/v1/generations/" + id + "/events", null);
                }
            };
            return new RelayReader(stream, asked);
        }

        /** A stream past its status; a server that is too busy says so, and is asked again. */
        private static BenchApi.Stream chat(BenchApi at, String base) throws Exception {
            for (int asked = 0; ; asked++) {
                BenchApi.Stream stream = at.ask(
                        base + "/chat/completions",
                        Map.of(
                                "model",
                                "openai/bench",
                                "stream",
                                true,
                                "max_tokens",
                                2_000,
                                "messages",
                                List.of(Map.of("role", "user", "content", "count"))));
                String status = BenchApi.line(stream.body());
                if (status.contains(" 200")) {
                    return stream;
                }
                stream.close();
                if (asked == 20 || !status.contains(" 503")) {
                    throw new IllegalStateException(base + " answered " + status);
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }

        private static URI address(int port) {
            return URI.create("http://127.0.0.1:" + port);
        }

        private long pid(Way way) {
            return switch (way) {
                case DIRECT -> ProcessHandle.current().pid();
                case NODE -> node.pid();
                case NGINX -> nginx.pid();
                case OPENAI, NATIVE -> server.pid();
            };
        }

        /** Between nothing there is nobody who uses anything. */
        double cpu(Way way) throws Exception {
            return way == Way.DIRECT ? 0 : ServerUnderTest.cpuSeconds(pid(way));
        }

        double cpuOfAll(Way way) throws Exception {
            return way == Way.OPENAI || way == Way.NATIVE ? server.cpuSecondsOfAll() : cpu(way);
        }

        long kib(Way way) throws Exception {
            return way == Way.DIRECT ? 0 : ServerUnderTest.memoryKib(pid(way), "VmRSS");
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static int number(List<String> args, String name, int otherwise) {
        int at = args.indexOf(name);
        return at < 0 ? otherwise : Integer.parseInt(args.get(at + 1));
    }
}
