package dev.millrace.bench;

import dev.millrace.media.ffmpeg.FfmpegFailure;
import dev.millrace.media.ffmpeg.Overseer;
import dev.millrace.media.ffmpeg.Probe;
import dev.millrace.media.ffmpeg.Recipes;
import dev.millrace.media.ffmpeg.Runs;
import dev.millrace.platform.process.Box;
import dev.millrace.platform.process.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How long a trivial request takes while a video is transcoded, and while none is: 200 requests a second over four connections, each
 * timed from the moment it was due. For contrast the same transcode also runs as somebody would type it, at normal priority.
 */
public final class LatencyBench {
    private static final int CONNECTIONS = 4;
    private static final int PER_SECOND = 200;
    private static final int WINDOW_SECONDS = 8;
    private static final Limits LIMITS = Limits.of(Duration.ofMinutes(30));

    private final FilmBench tools;
    private final Path folder;
    private final Path film;
    private final Probe.Video video;
    private final URI server;

    private LatencyBench(FilmBench tools, Path folder, Path film, URI server) throws Exception {
        this.tools = tools;
        this.folder = folder;
        this.film = film;
        this.video = tools.probed(film);
        this.server = server;
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 4;
        Path folder = Files.createTempDirectory("millrace-bench");
        try (var tools = new FilmBench(folder);
                var process = ServerUnderTest.start(folder.resolve("data"), true, Map.of())) {
            var bench = new LatencyBench(tools, folder, tools.film(20), process.address());
            bench.window(null);
            var all = new EnumMap<Beside, List<long[]>>(Beside.class);
            for (int round = 0; round < rounds; round++) {
                for (Beside beside : Beside.values()) {
                    all.computeIfAbsent(beside, key -> new ArrayList<>()).add(bench.window(beside));
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-44s %8s %8s %8s %8s%n",
                    "GET /health/live, ms, while there runs",
                    "p50",
                    "p90",
                    "p99",
                    "p99.9");
            all.forEach((beside, windows) -> print(beside.words, windows));
        } finally {
            StartBench.delete(folder);
        }
    }

    private enum Beside {
        NOTHING("nothing"),
        TRANSCODE("a transcode, as the product runs it"),
        LOUD("the same at normal priority");

        private final String words;

        Beside(String words) {
            this.words = words;
        }
    }

    /** Times of one window in nanoseconds. */
    private long[] window(@Nullable Beside beside) throws Exception {
        var over = new AtomicBoolean();
        try (var threads = Executors.newCachedThreadPool()) {
            var work = beside == null || beside == Beside.NOTHING
                    ? null
                    : threads.submit(() -> {
                        transcode(beside, over);
                        return over;
                    });
            if (work != null) {
                LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
            }
            var clients = new ArrayList<Callable<long[]>>();
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(this::client);
            }
            long[] times = threads.invokeAll(clients).stream()
                    .flatMapToLong(one -> Arrays.stream(one.resultNow()))
                    .toArray();
            over.set(true);
            if (work != null) {
                work.get();
            }
            return times;
        }
    }

    private void transcode(Beside beside, AtomicBoolean over) throws Exception {
        Path out = Files.createDirectories(folder.resolve("out"));
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        Runs.Recipe recipe = Recipes.mp4(video, threads);
        Overseer until = new Overseer() {
            @Override
            public boolean stop() {
                return over.get();
            }

            @Override
            public void progress(double fraction, @Nullable Duration left) {}
        };
        while (!over.get()) {
            if (beside == Beside.TRANSCODE) {
                try {
                    new Runs(tools.processes()).run(Box.outside(film, out), LIMITS, recipe, null, until);
                } catch (FfmpegFailure stopped) {
                    return;
                }
            } else {
                Process process = tools.bare(List.of(), bare(recipe, film, out), out);
                while (process.isAlive() && !over.get()) {
                    LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
                }
                process.destroyForcibly().waitFor();
            }
        }
    }

    /** The words of the recipe with the true paths in the place of those in the box. */
    static List<String> bare(Runs.Recipe recipe, Path film, Path out) {
        return recipe.apply(dev.millrace.platform.process.Places.inTheBox()).stream()
                .map(word -> word.equals("file:/in") ? "file:" + film : word.replaceFirst("^/out/", out + "/"))
                .toList();
    }

    private long[] client() throws IOException {
        long step = 1_000_000_000L * CONNECTIONS / PER_SECOND;
        var times = new long[PER_SECOND * WINDOW_SECONDS / CONNECTIONS];
        byte[] request = ("GET /health/live HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try (var socket = new Socket(server.getHost(), server.getPort())) {
            socket.setTcpNoDelay(true);
            long due = System.nanoTime();
            for (int i = 0; i < times.length; i++) {
                due += step;
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                socket.getOutputStream().write(request);
                answered(socket.getInputStream());
                times[i] = System.nanoTime() - due;
            }
        }
        return times;
    }

    private static void answered(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the server hung up: " + head);
            }
            head.append((char) next);
        }
        int length = head.toString()
                .lines()
                .map(line -> line.toLowerCase(Locale.ROOT))
                .filter(line -> line.startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElse(0);
        in.skipNBytes(length);
    }

    private static void print(String words, List<long[]> windows) {
        long[] sorted = windows.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "%-44s %8.2f %8.2f %8.2f %8.2f%n",
                words,
                quantile(sorted, 0.5),
                quantile(sorted, 0.9),
                quantile(sorted, 0.99),
                quantile(sorted, 0.999));
    }

    private static double quantile(long[] sorted, double q) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(q * sorted.length))] / 1e6;
    }
}
