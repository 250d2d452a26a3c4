package dev.millrace.generation.provider.studio;

import dev.millrace.platform.embedded.DataFolder;
import dev.millrace.platform.embedded.Embedded;
import dev.millrace.platform.embedded.Service;
import dev.millrace.platform.process.Processes;
import dev.millrace.platform.process.SandboxMode;
import dev.millrace.testing.Looks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;

/** Studio with the bundled FFmpeg, as the server runs it. */
final class Workshop implements AutoCloseable {
    private final Looks looks;
    private final Processes processes;
    private final StudioProvider studio;

    Workshop() throws Exception {
        Path tools = tools();
        looks = new Looks(tools);
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
        return looks.ssim(one, other);
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

    /** A picture with an inside, of that size: coded as its name says, bare pixels for {@code .rgb}. */
    Path picture(Path target, int width, int height) throws Exception {
        var words = new ArrayList<>(List.of("-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=1280x720"));
        words.addAll(
                List.of("-frames:v", "1", "-vf", "gblur=sigma=8,scale=" + width + ":" + height + ":flags=lanczos"));
        words.addAll(
                target.toString().endsWith(".rgb")
                        ? List.of("-f", "rawvideo", "-pix_fmt", "rgb24")
                        : List.of("-update", "1"));
        words.add(target.toString());
        run("ffmpeg", words.toArray(String[]::new));
        return target;
    }

    /** One frame of a video, as a file. */
    Path still(Path film, double second, Path target) throws Exception {
        return looks.still(film, second, target);
    }

    private static int value(String said, String name) {
        return (int) Double.parseDouble(said.replaceAll("(?s).*signalstats\\." + name + "=([0-9.]+).*", "$1"));
    }

    private String run(String program, String... arguments) throws Exception {
        return looks.run(program, arguments);
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
