package dev.millrace.generation.provider.studio;

import dev.millrace.platform.embedded.DataFolder;
import dev.millrace.platform.embedded.Embedded;
import dev.millrace.platform.embedded.Service;
import dev.millrace.platform.process.Processes;
import dev.millrace.platform.process.SandboxMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;

/** Studio with the bundled FFmpeg, as the server runs it. */
final class Workshop implements AutoCloseable {
    private final Path tools;
    private final Processes processes;
    private final StudioProvider studio;

    Workshop() throws Exception {
        tools = tools();
        processes = Processes.open(SandboxMode.REQUIRED, tools);
        studio = new StudioProvider(processes);
    }

    StudioProvider studio() {
        return studio;
    }

    /** What ffprobe says of a file, as {@code key=value} lines. */
    String probe(Path file) throws Exception {
        return run(
                "ffprobe",
                "-v",
                "error",
                "-count_frames",
                "-show_entries",
                "stream=codec_name,width,height,nb_read_frames,pix_fmt,avg_frame_rate:format=duration",
                "-of",
                "default=nw=1",
                file.toString());
    }

    /** How alike two files look, 0 to 1. */
    double ssim(Path one, Path other) throws Exception {
        String said = run(
                "ffmpeg",
                "-v",
                "info",
                "-i",
                one.toString(),
                "-i",
                other.toString(),
                "-lavfi",
                "ssim",
                "-f",
                "null",
                "-");
        return Double.parseDouble(said.replaceAll("(?s).*All:([0-9.]+).*", "$1"));
    }

    /** The least and the greatest brightness and the mean of a moment of a video, 0 to 255. */
    int[] brightness(Path file, double second) throws Exception {
        String said = run(
                "ffmpeg",
                "-v",
                "info",
                "-ss",
                "" + second,
                "-i",
                file.toString(),
                "-frames:v",
                "1",
                "-vf",
                "signalstats,metadata=print:file=-",
                "-f",
                "null",
                "-");
        return new int[] {value(said, "YMIN"), value(said, "YMAX"), value(said, "YAVG")};
    }

    /** One frame of a video, as a file. */
    Path still(Path film, double second, Path target) throws Exception {
        run(
                "ffmpeg",
                "-v",
                "error",
                "-y",
                "-ss",
                "" + second,
                "-i",
                film.toString(),
                "-frames:v",
                "1",
                "-update",
                "1",
                target.toString());
        return target;
    }

    private static int value(String said, String name) {
        return (int) Double.parseDouble(said.replaceAll("(?s).*signalstats\\." + name + "=([0-9.]+).*", "$1"));
    }

    private String run(String program, String... arguments) throws Exception {
        var words = new ArrayList<String>();
        words.add(tools.resolve(program).toString());
        words.addAll(List.of(arguments));
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("LD_LIBRARY_PATH", tools.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(said);
        }
        return said;
    }

    @Override
    public void close() {
        processes.close();
    }

    private static Path tools() throws Exception {
        Path home = Files.createTempDirectory("millrace-studio");
        try (var data = DataFolder.open(home, Path.of("target", "programs"));
                var embedded = Embedded.start(data, EnumSet.of(Service.FFMPEG), 1)) {
            return Objects.requireNonNull(embedded.tools());
        } finally {
            Files.delete(home.resolve("lock"));
            Files.delete(home);
        }
    }
}
