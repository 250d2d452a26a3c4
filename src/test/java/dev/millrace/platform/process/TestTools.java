package dev.millrace.platform.process;

import dev.millrace.platform.embedded.DataFolder;
import dev.millrace.platform.embedded.Embedded;
import dev.millrace.platform.embedded.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;

/** The bundled FFmpeg and a few of its runs, for the tests of this package. */
final class TestTools {
    static final Path PROGRAMS = Path.of("target", "programs");
    static final Limits MINUTE = Limits.of(Duration.ofMinutes(1));

    private TestTools() {}

    static Path folder() throws Exception {
        Path home = Files.createTempDirectory("millrace-tools");
        try (var data = DataFolder.open(home, PROGRAMS);
                var embedded = Embedded.start(data, EnumSet.of(Service.FFMPEG), 1)) {
            return Objects.requireNonNull(embedded.tools());
        } finally {
            Files.delete(home.resolve("lock"));
            Files.delete(home);
        }
    }

    /** A video in real time: runs as long as told without using the processor. */
    static Command slow(Path out, int seconds) {
        return new Command(
                Program.FFMPEG,
                Box.ours(null, out),
                Limits.of(Duration.ofMinutes(2)),
                place -> List.of(
                        "-v",
                        "error",
                        "-re",
                        "-f",
                        "lavfi",
                        "-i",
                        "testsrc=s=64x64:r=25",
                        "-t",
                        "" + seconds,
                        "-c:v",
                        "libx264",
                        "-preset",
                        "ultrafast",
                        "-tune",
                        "zerolatency",
                        "-progress",
                        "pipe:1",
                        "-stats_period",
                        "0.2",
                        place.out("slow.mp4")));
    }

    /** A run that reads from somewhere and keeps nothing. */
    static Command reading(Box box, String source) {
        return new Command(
                Program.FFMPEG,
                box,
                MINUTE,
                place -> List.of(
                        "-v",
                        "error",
                        "-f",
                        "rawvideo",
                        "-s",
                        "1x1",
                        "-pix_fmt",
                        "gray",
                        "-i",
                        source,
                        "-f",
                        "null",
                        "-"));
    }

    /** A small, finished video. */
    static void video(Processes processes, Path out, String name) throws Exception {
        var exit = processes.run(new Command(
                Program.FFMPEG,
                Box.ours(null, out),
                MINUTE,
                place -> List.of(
                        "-v",
                        "error",
                        "-f",
                        "lavfi",
                        "-i",
                        "testsrc2=s=64x64:d=1",
                        "-c:v",
                        "libx264",
                        place.out(name))));
        if (!exit.ok()) {
            throw new AssertionError(exit);
        }
    }
}
