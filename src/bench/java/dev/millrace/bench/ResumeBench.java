package dev.millrace.bench;

import dev.millrace.bench.resume.Plan;
import dev.millrace.bench.resume.ResumeRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Thousands of reconnects while servers, Redis and Postgres are killed; exit code 1 when anything was told wrong. */
public final class ResumeBench {
    private ResumeBench() {}

    public static void main(String[] args) throws Exception {
        List<String> words = Arrays.asList(args);
        var plan = new Plan(
                (int) number(words, "--reconnects", 10_000),
                (int) number(words, "--kills", 200),
                number(words, "--seed", 1),
                Duration.ofMinutes(number(words, "--minutes", 30)),
                (int) number(words, "--stories", 12),
                true);
        Path folder = Files.createTempDirectory("millrace-resume");
        boolean right;
        try {
            right = ResumeRun.run(
                    plan,
                    folder,
                    folder.resolve("unpacked"),
                    (data, settings) -> ProcessHandle.of(
                                    ServerUnderTest.start(data, true, settings).pid())
                            .orElseThrow(),
                    System.out);
        } finally {
            StartBench.delete(folder);
        }
        System.exit(right ? 0 : 1);
    }

    private static long number(List<String> args, String name, long otherwise) {
        int at = args.indexOf(name);
        return at < 0 ? otherwise : Long.parseLong(args.get(at + 1));
    }
}
