package dev.millrace.media.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.SmallDisk;
import dev.millrace.media.ffmpeg.FfmpegFailure.Kind;
import dev.millrace.platform.process.Box;
import dev.millrace.platform.process.Limits;
import dev.millrace.platform.process.Processes;
import dev.millrace.platform.process.SandboxMode;
import dev.millrace.testing.TestServices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@Tag("alone")
class RunsIT {
    private static final Limits MINUTE = Limits.of(Duration.ofMinutes(1));
    private static Processes processes;
    private static Runs runs;

    @TempDir
    Path out;

    @BeforeAll
    static void open() {
        processes = Processes.open(SandboxMode.REQUIRED, TestServices.tools());
        runs = new Runs(processes);
    }

    @AfterAll
    static void close() {
        processes.close();
    }

    @Test
    void saysHowFarItIsAndNeverLess() throws Exception {
        var fractions = new ArrayList<Double>();
        Overseer listening = new Overseer() {
            @Override
            public boolean stop() {
                return false;
            }

            @Override
            public void progress(double fraction, @Nullable Duration left) {
                fractions.add(fraction);
            }
        };

        Runs.Report report =
                runs.run(Box.ours(null, out), MINUTE, film(4, "libx264"), Duration.ofSeconds(4), listening);

        assertThat(fractions).isNotEmpty().isSorted().allMatch(one -> one >= 0 && one <= 0.99);
        assertThat(report.reached()).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(5));
    }

    @Test
    void isStoppedWhenItsOverseerSaysSo() {
        Overseer impatient = new Overseer() {
            @Override
            public boolean stop() {
                return true;
            }

            @Override
            public void progress(double fraction, @Nullable Duration left) {}
        };

        failsAs(Kind.STOPPED, () -> runs.run(Box.ours(null, out), MINUTE, film(600, "libx264"), null, impatient));
    }

    @Test
    void aFullDiskIsAFullDisk() throws Exception {
        try (var disk = SmallDisk.of(out, 1)) {
            failsAs(
                    Kind.FULL,
                    () -> runs.run(Box.ours(null, disk.folder()), MINUTE, film(10, "rawvideo"), null, Overseer.NOBODY));
        }
    }

    @Test
    void whatTakesTooLongOrGrowsTooLargeIsTooMuch() {
        Limits briefly = Limits.of(Duration.ofMillis(300));
        failsAs(
                Kind.TOO_MUCH,
                () -> runs.run(Box.ours(null, out), briefly, film(600, "libx264"), null, Overseer.NOBODY));
        failsAs(
                Kind.TOO_MUCH,
                () -> runs.run(
                        Box.ours(null, out),
                        MINUTE.withFileSize(100_000),
                        film(10, "rawvideo"),
                        null,
                        Overseer.NOBODY));
    }

    @Test
    void nonsenseIsDamaged() throws Exception {
        Path nonsense = Files.writeString(out.resolve("nonsense"), "x".repeat(5_000));

        failsAs(
                Kind.DAMAGED,
                () -> runs.run(
                        Box.outside(nonsense, out), MINUTE, Recipes.measure(Format.MP4, true), null, Overseer.NOBODY));
    }

    private static Runs.Recipe film(int seconds, String codec) {
        return place -> List.of(
                "-v",
                "error",
                "-y",
                "-progress",
                "pipe:1",
                "-stats_period",
                "0.1",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=640x360:r=30:d=" + seconds,
                "-c:v",
                codec,
                "-f",
                "matroska",
                place.out("film.mkv"));
    }

    private static void failsAs(Kind kind, Work work) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        FfmpegFailure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(kind));
    }

    private interface Work {
        void run() throws Exception;
    }
}
