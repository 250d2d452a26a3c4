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
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * What the product adds to the bare {@code ffmpeg} command: box, limits, idle priority, progress and the probe of the result; and what the
 * small pictures cost. Rounds alternate; processor time is that of all children, so it counts on a busy machine too.
 */
public final class TranscodeBench {
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
        var ours = new Costs("the product: box, limits, progress, probe");
        var poster = new Costs("poster and two thumbnails");
        var board = new Costs("storyboard");
        var probe = new Costs("probe");
        var whole = new Costs("reading to the end");
        for (int round = 0; round < rounds; round++) {
            bare.add(() -> tools.bare(LatencyBench.bare(recipe, film, out), out).waitFor());
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
        for (Costs one : List.of(bare, ours, poster, board, probe, whole)) {
            System.out.printf(Locale.ROOT, "%-44s %10.3f %10.3f%n", one.words, one.wall(), one.cpu());
        }
        System.out.printf(
                Locale.ROOT,
                "overhead over the bare command: wall %+.1f %%, CPU %+.1f %%%n",
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
            double before = childrenSeconds();
            long began = System.nanoTime();
            work.call();
            wall.add((System.nanoTime() - began) / 1e9);
            cpu.add(childrenSeconds() - before);
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

        /** Processor time of all children that ended, theirs included (proc(5): cutime, cstime). */
        private static double childrenSeconds() throws IOException {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / 100.0;
        }
    }
}
