package dev.millrace.bench;

import dev.millrace.media.ffmpeg.Overseer;
import dev.millrace.media.ffmpeg.Probe;
import dev.millrace.media.ffmpeg.Prober;
import dev.millrace.media.ffmpeg.Recipes;
import dev.millrace.media.ffmpeg.Runs;
import dev.millrace.media.ffmpeg.Stills;
import dev.millrace.platform.process.Box;
import dev.millrace.platform.process.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * What the product adds to the bare {@code ffmpeg} command: box, limits, idle priority, progress and the probe of the result; and what the
 * small pictures cost. Rounds alternate. Processor time, looked up in {@code /proc} every few milliseconds, tells more than wall time on a
 * busy machine, where idle priority means to wait; so the bare command runs at idle priority too.
 */
public final class TranscodeBench {
    private static final long LOOK_EVERY_NANOS = 4_000_000;
    private static final Limits LIMITS = Limits.of(Duration.ofMinutes(30));

    private TranscodeBench() {}

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 20;
        Path folder = Files.createTempDirectory("millrace-bench");
        try (var tools = new FilmBench(folder)) {
            measure(tools, folder, rounds, seconds);
        } finally {
            StartBench.delete(folder);
        }
    }

    private static void measure(FilmBench tools, Path folder, int rounds, int seconds) throws Exception {
        Path film = tools.film(seconds);
        Path out = Files.createDirectories(folder.resolve("out"));
        var runs = new Runs(tools.processes());
        var prober = new Prober(runs);
        var stills = new Stills(runs);
        Probe.Video video = tools.probed(film);
        Duration length = Objects.requireNonNull(video.duration());
        Runs.Recipe recipe = Recipes.mp4(video, Runtime.getRuntime().availableProcessors());
        Box box = Box.outside(film, out);

        var bare = new Costs("ffmpeg, as typed");
        var idle = new Costs("ffmpeg, as typed, at idle priority");
        var ours = new Costs("the product: box, limits, progress, probe");
        var poster = new Costs("poster and two thumbnails");
        var board = new Costs("storyboard");
        var probe = new Costs("probe");
        var whole = new Costs("reading to the end");
        for (int round = 0; round < rounds; round++) {
            bare.add(() -> tools.bare(List.of(), LatencyBench.bare(recipe, film, out), out)
                    .waitFor());
            idle.add(() -> tools.bare(List.of("/usr/bin/chrt", "-i", "0"), LatencyBench.bare(recipe, film, out), out)
                    .waitFor());
            ours.add(() -> {
                runs.run(box, LIMITS, recipe, length, Overseer.NOBODY);
                return prober.probe(Box.outside(out.resolve(Recipes.MP4), out));
            });
            poster.add(() -> stills.poster(box, video, length, Overseer.NOBODY));
            board.add(() -> stills.storyboard(box, video, length, Overseer.NOBODY));
            probe.add(() -> prober.probe(box));
            whole.add(() -> prober.measure(box, video.format(), length, true, Overseer.NOBODY));
        }
        System.out.printf(
                Locale.ROOT,
                "%d s of 1920x1080 at 30/s, %d rounds%n%-44s %10s %10s%n",
                seconds,
                rounds,
                "median of",
                "wall s",
                "CPU s");
        for (Costs one : List.of(bare, idle, ours, poster, board, probe, whole)) {
            System.out.printf(Locale.ROOT, "%-44s %10.3f %10.3f%n", one.words, one.wall(), one.cpu());
        }
        overhead("the bare command", ours, bare);
        overhead("the same at idle priority", ours, idle);
    }

    private static void overhead(String words, Costs ours, Costs bare) {
        System.out.printf(
                Locale.ROOT,
                "overhead over %s: wall %+.1f %%, CPU %+.1f %%%n",
                words,
                100 * (ours.wall() / bare.wall() - 1),
                100 * (ours.cpu() / bare.cpu() - 1));
    }

    /** What something took, round after round. */
    private static final class Costs {
        private final String words;
        private final List<Double> wall = new ArrayList<>();
        private final List<Double> cpu = new ArrayList<>();

        Costs(String words) {
            this.words = words;
        }

        void add(Callable<?> work) throws Exception {
            var seen = new ConcurrentHashMap<Long, Double>();
            var over = new AtomicBoolean();
            Thread looking = Thread.ofPlatform().daemon().start(() -> {
                while (!over.get()) {
                    look(seen);
                    LockSupport.parkNanos(LOOK_EVERY_NANOS);
                }
            });
            long began = System.nanoTime();
            work.call();
            wall.add((System.nanoTime() - began) / 1e9);
            over.set(true);
            looking.join();
            cpu.add(seen.values().stream().mapToDouble(Double::doubleValue).sum());
        }

        /** Those in the box are no children that anybody waits for, so their time is only known while they run. */
        private static void look(Map<Long, Double> seen) {
            ProcessHandle.current().descendants().forEach(process -> {
                try {
                    seen.merge(process.pid(), ServerUnderTest.cpuSeconds(process.pid()), Math::max);
                } catch (IOException gone) {
                    // it ended while we looked
                }
            });
        }

        double wall() {
            return median(wall);
        }

        double cpu() {
            return median(cpu);
        }

        private static double median(List<Double> values) {
            return values.stream().sorted().toList().get(values.size() / 2);
        }
    }
}
