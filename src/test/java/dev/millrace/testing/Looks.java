package dev.millrace.testing;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How pictures and films look, by the bundled FFmpeg.
 *
 * @param tools the folder of ffmpeg and its libraries
 */
public record Looks(Path tools) {
    /** How alike two files of the same size look, 0 to 1. */
    public double ssim(Path one, Path other) throws Exception {
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

    /** One frame of a video, as a file. */
    public Path still(Path film, double second, Path target) throws Exception {
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

    /** What a program says, on both its outputs. */
    public String run(String program, String... arguments) throws Exception {
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
}
