package dev.millrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts say what they take, and refuse what they do not know, before they build or start anything. */
class ScriptsTest {
    private static final Pattern CASE = Pattern.compile("(?m)^  ([a-z |]+)\\) main=");

    @TempDir
    private Path folder;

    /** Stands where Maven is looked for, and leaves a trace of having been called. */
    @BeforeEach
    void hideMaven() throws IOException {
        Path maven = Files.writeString(folder.resolve("mvn"), """
                #!/bin/sh
                touch "$(dirname "$0")/called"
                exit 99
                """);
        assertThat(maven.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void everyBenchmarkTellsItsArgumentsAndMeasuresNothing() throws Exception {
        List<String> names = benchmarks();
        assertThat(names).contains("start", "eta", "fuzz", "mutation");
        for (String name : names) {
            for (String way : List.of("--help", "-h")) {
                Said said = run("scripts/bench", name, way);
                assertThat(said.code()).as(said.toString()).isZero();
                assertThat(said.out()).startsWith("scripts/bench " + name);
                assertThat(said.out().lines().count()).as(said.out()).isGreaterThan(1);
            }
        }
        assertThat(run("scripts/bench", "nothing").code()).isEqualTo(2);
        assertThat(folder.resolve("called")).doesNotExist();
    }

    @Test
    void everyBenchmarkStandsInTheListOfAll() throws Exception {
        String all = run("scripts/bench", "--help").out();
        assertThat(benchmarks())
                .allMatch(name ->
                        Pattern.compile("(?m)^  " + name + " ").matcher(all).find());
    }

    @Test
    void whatAScriptDoesNotKnowIsRefusedWithItsUsage() throws Exception {
        for (String script : List.of("bare", "check", "format", "run", "smoke")) {
            Said said = run("scripts/" + script, "nonsense");
            assertThat(said.code()).as(script + ": " + said).isEqualTo(2);
            assertThat(said.out()).startsWith("scripts/" + script);
        }
        assertThat(folder.resolve("called")).doesNotExist();
    }

    @Test
    void adminTellsItsUsageBehindEachCommand() throws Exception {
        for (List<String> words : List.of(List.of("--help"), List.of("sql", "--help"), List.of("grant", "-h"))) {
            var command = new ArrayList<>(List.of("scripts/admin"));
            command.addAll(words);
            Said said = run(command.toArray(String[]::new));
            assertThat(said.code()).as(words + ": " + said).isZero();
            assertThat(said.out()).startsWith("scripts/admin COMMAND").contains("--reason");
        }
        assertThat(folder.resolve("called")).doesNotExist();
    }

    @Test
    void mavenLeavesNoColoursBehind() throws Exception {
        Files.delete(folder.resolve("mvn"));
        for (String function : List.of("maven", "maven_tests")) {
            Said said = run("bash", "-c", "source scripts/lib.sh; " + function + " -v");
            assertThat(said.code()).as(said.toString()).isZero();
            assertThat(said.out() + said.err()).isNotBlank().doesNotContain("\033");
        }
    }

    private static List<String> benchmarks() throws IOException {
        var names = new ArrayList<String>();
        Matcher cases = CASE.matcher(Files.readString(Path.of("scripts/bench")));
        while (cases.find()) {
            names.addAll(Arrays.asList(cases.group(1).split(" \\| ", -1)));
        }
        return names;
    }

    private record Said(int code, String out, String err) {}

    private Said run(String... command) throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        var builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
        Process process = builder.start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + " went on for 30 seconds");
        }
        return new Said(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
