package dev.millrace.bench;

import dev.millrace.media.ffmpeg.Probe;
import dev.millrace.media.ffmpeg.Prober;
import dev.millrace.media.ffmpeg.Runs;
import dev.millrace.platform.embedded.DataFolder;
import dev.millrace.platform.embedded.Embedded;
import dev.millrace.platform.embedded.Service;
import dev.millrace.platform.process.Box;
import dev.millrace.platform.process.Command;
import dev.millrace.platform.process.Exit;
import dev.millrace.platform.process.Limits;
import dev.millrace.platform.process.Processes;
import dev.millrace.platform.process.Program;
import dev.millrace.platform.process.SandboxMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The bundled FFmpeg for a benchmark, in the box and bare, and a film to work on. */
final class FilmBench implements AutoCloseable {
    private final Path folder;
    private final DataFolder lock;
    private final Embedded embedded;
    private final Processes processes;

    FilmBench(Path folder) throws Exception {
        this.folder = folder;
        this.lock = DataFolder.open(folder.resolve("tools"));
        this.embedded = Embedded.start(lock, EnumSet.of(Service.FFMPEG), 1);
        this.processes = Processes.open(SandboxMode.REQUIRED, embedded.tools());
    }

    Processes processes() {
        return processes;
    }

    /** Moving noise at 1920 by 1080, quick to read and slow to code. */
    Path film(int seconds) throws Exception {
        Path out = Files.createDirectories(folder.resolve("film"));
        Exit exit = processes.run(new Command(
                Program.FFMPEG,
                Box.ours(null, out),
                Limits.of(Duration.ofMinutes(20)),
                place -> List.of(
                        "-v",
                        "error",
                        "-f",
                        "lavfi",
                        "-i",
                        "testsrc2=s=1920x1080:r=30:d=" + seconds + ",noise=alls=12:allf=t",
                        "-c:v",
                        "mjpeg",
                        "-q:v",
                        "6",
                        place.out("film.mkv"))));
        if (!exit.ok()) {
            throw new IllegalStateException(exit.toString());
        }
        return out.resolve("film.mkv");
    }

    Probe.Video probed(Path film) throws Exception {
        var prober = new Prober(new Runs(processes));
        return (Probe.Video) prober.probe(Box.outside(film, Files.createDirectories(folder.resolve("probe"))));
    }

    /** The same program without box and limits: what somebody would type, behind the words of a command that starts it. */
    Process bare(List<String> before, List<String> arguments, Path out) throws IOException {
        Path tools = Objects.requireNonNull(embedded.tools());
        var words = new ArrayList<>(List.of("/usr/bin/setsid"));
        words.addAll(before);
        words.add(tools.resolve("ffmpeg").toString());
        words.addAll(arguments);
        var builder = new ProcessBuilder(words)
                .directory(out.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(Map.of("LD_LIBRARY_PATH", tools.toString()));
        return builder.start();
    }

    @Override
    public void close() {
        processes.close();
        embedded.close();
        lock.close();
    }
}
