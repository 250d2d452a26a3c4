package dev.millrace.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * One provider and one client on loopback, and between them in turn: nothing, a Node.js {@code pipe()}, nginx without buffering, and
 * this server with everything on (identity, limits, hold and settlement, event log, analytics), on its own face and on OpenAI's.
 *
 * <p>All streams are opened first; then chunks are counted for some seconds while nothing is opened or closed. Rounds are interleaved,
 * and medians of the rounds are printed. A delay is from the provider's write to the client's read; what somebody adds is his delay
 * less that of nothing between, in the same round. Memory is measured apart, each in a process that has done nothing else but a few
 * streams to warm up: the highest while the streams are open, less what it holds before they come.
 */
public final class RelayBench {
    private static final RelaySize PLAIN = new RelaySize(2_000, 5);
    private static final RelaySize WARM = new RelaySize(50, 20);

    private final int rounds;
    private final int seconds;
    private final boolean speed;
    private final boolean memory;
    private final boolean flags;
    private final List<RelayWay> ways;
    private final List<RelaySize> sizes;

    private RelayBench(List<String> args) {
        rounds = number(args, "--rounds", 5);
        seconds = number(args, "--seconds", 8);
        speed = !args.contains("--memory");
        memory = !args.contains("--speed");
        flags = !args.contains("--no-flags");
        int named = args.indexOf("--ways");
        List<RelayWay> asked = named < 0
                ? List.of(RelayWay.values())
                : Arrays.stream(args.get(named + 1).toUpperCase(Locale.ROOT).split(",", -1))
                        .map(RelayWay::valueOf)
                        .toList();
        ways = Stream.concat(Stream.of(RelayWay.DIRECT), asked.stream())
                .distinct()
                .toList();
        int least = number(args, "--least", 50);
        int most = number(args, "--most", 5_000);
        sizes = List.of(new RelaySize(50, 20), new RelaySize(500, 20), PLAIN, new RelaySize(5_000, 2)).stream()
                .filter(size -> size.streams() >= least && size.streams() <= most)
                .toList();
    }

    public static void main(String[] args) throws Exception {
        new RelayBench(List.of(args)).run();
        System.exit(0);
    }

    /** One round: microseconds. */
    private record Round(double cpu, double cpuOfAll, double p50, double p99, double mean, double first) {
        /** What is left when the way through nothing is taken off. */
        Round less(Round nothing) {
            return new Round(
                    cpu, cpuOfAll, p50 - nothing.p50, p99 - nothing.p99, mean - nothing.mean, first - nothing.first);
        }
    }

    private void run() throws Exception {
        for (RelaySize size : sizes) {
            if (speed) {
                speed(size);
            }
            if (memory) {
                memory(size);
            }
        }
    }

    private void speed(RelaySize size) throws Exception {
        Path folder = Files.createTempDirectory("millrace-relay");
        try (var scene = RelayScene.start(folder, flags, size.streams())) {
            for (RelayWay way : ways) {
                round(scene, way, size); // nobody is measured cold
            }
            Map<RelayWay, List<Round>> added = new EnumMap<>(RelayWay.class);
            for (int round = 0; round < rounds; round++) {
                Round nothing = null;
                for (RelayWay way : ways) {
                    Round one = round(scene, way, size);
                    nothing = nothing == null ? one : nothing;
                    added.computeIfAbsent(way, key -> new ArrayList<>())
                            .add(way == RelayWay.DIRECT ? one : one.less(nothing));
                }
            }
            print(size, added);
        } finally {
            StartBench.delete(folder);
        }
    }

    private void print(RelaySize size, Map<RelayWay, List<Round>> added) {
        System.out.printf(
                Locale.ROOT,
                "%n%d streams, %d chunks/s each, %d s, medians of %d rounds, flags of scripts/run: %s%n"
                        + "%-24s %12s %12s %11s %11s %11s %11s%n",
                size.streams(),
                size.rate(),
                seconds,
                rounds,
                flags ? "yes" : "no",
                "added (first line: all)",
                "CPU us/chunk",
                "with DB",
                "p50 us",
                "p99 us",
                "mean us",
                "first ms");
        added.forEach((way, list) -> System.out.printf(
                Locale.ROOT,
                "%-24s %12.1f %12.1f %11.0f %11.0f %11.0f %11.1f%n",
                way.words(),
                median(list, Round::cpu),
                median(list, Round::cpuOfAll),
                median(list, Round::p50),
                median(list, Round::p99),
                median(list, Round::mean),
                median(list, Round::first) / 1e3));
        if (size.equals(PLAIN)) {
            added.forEach((way, list) -> {
                if (way.ours()) {
                    System.out.printf(
                            Locale.ROOT,
                            "%,d streams through one process, %s: %.2f ms mean added latency%n",
                            size.streams(),
                            way.words(),
                            median(list, Round::mean) / 1e3);
                }
            });
        }
    }

    private Round round(RelayScene scene, RelayWay way, RelaySize size) throws Exception {
        RelayScene.Crowd crowd = scene.open(way, size);
        List<RelayReader> readers = crowd.readers();
        new CountDownLatch(1).await(2, TimeUnit.SECONDS);
        double cpu = scene.cpu(way);
        double cpuOfAll = scene.cpuOfAll(way);
        readers.forEach(reader -> reader.measure(true));
        new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
        readers.forEach(reader -> reader.measure(false));
        double used = scene.cpu(way) - cpu;
        double usedOfAll = scene.cpuOfAll(way) - cpuOfAll;
        scene.end(crowd);
        long[] delays = readers.stream()
                .flatMapToLong(reader -> LongStream.of(reader.delays()))
                .sorted()
                .toArray();
        if (delays.length < size.streams() * size.rate() * seconds * 0.5) {
            throw new IllegalStateException(way.words() + " delivered " + delays.length + " chunks only");
        }
        double[] first =
                readers.stream().mapToDouble(RelayReader::firstSeconds).sorted().toArray();
        return new Round(
                used * 1e6 / delays.length,
                usedOfAll * 1e6 / delays.length,
                delays[delays.length / 2] / 1e3,
                delays[(int) (delays.length * 0.99)] / 1e3,
                LongStream.of(delays).average().orElseThrow() / 1e3,
                first[first.length / 2] * 1e6);
    }

    private void memory(RelaySize size) throws Exception {
        System.out.printf(
                Locale.ROOT,
                "%nmemory with %d streams, %d chunks/s each, for %d s%n%-24s %20s %10s %10s %12s%n",
                size.streams(),
                size.rate(),
                seconds,
                "",
                "flags of scripts/run",
                "idle MiB",
                "peak MiB",
                "KiB/stream");
        for (RelayWay way : ways) {
            if (way.ours()) {
                memory(size, way, true);
                memory(size, way, false);
            } else if (way != RelayWay.DIRECT) {
                memory(size, way, true);
            }
        }
    }

    private void memory(RelaySize size, RelayWay way, boolean withFlags) throws Exception {
        Path folder = Files.createTempDirectory("millrace-relay");
        try (var scene = RelayScene.start(folder, withFlags, size.streams())) {
            RelayScene.Crowd few = scene.open(way, WARM);
            new CountDownLatch(1).await(2, TimeUnit.SECONDS);
            scene.end(few);
            long idle = scene.idle(way);
            RelayScene.Crowd crowd = scene.open(way, size);
            new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
            long peak = scene.peak(way);
            scene.end(crowd);
            System.out.printf(
                    Locale.ROOT,
                    "%-24s %20s %10.0f %10.0f %12.1f%n",
                    way.words(),
                    way.ours() ? withFlags ? "yes" : "no" : "-",
                    idle / 1024.0,
                    peak / 1024.0,
                    (peak - idle) / (double) size.streams());
        } finally {
            StartBench.delete(folder);
        }
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> of) {
        double[] sorted = rounds.stream().mapToDouble(of).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static int number(List<String> args, String name, int otherwise) {
        int at = args.indexOf(name);
        return at < 0 ? otherwise : Integer.parseInt(args.get(at + 1));
    }
}
