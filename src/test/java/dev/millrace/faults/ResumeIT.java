package dev.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.bench.resume.Plan;
import dev.millrace.bench.resume.ResumeRun;
import dev.millrace.testing.ServerProcess;
import dev.millrace.testing.TestServices;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The small sister of {@code scripts/bench resume}: a few kills of everything, and readers who come and go. */
@Tag("alone")
class ResumeIT {
    private static final long SEED = Long.getLong("resume.seed", 20260411L);

    @Test
    void readersLoseNothingAndHearNothingTwiceWhateverIsKilled() throws Exception {
        Path folder = Files.createTempDirectory("millrace-resume");
        var said = new ByteArrayOutputStream();
        try {
            boolean right = ResumeRun.run(
                    new Plan(200, 6, SEED, Duration.ofMinutes(3), 6, false),
                    folder,
                    TestServices.programs(),
                    (data, settings) -> ProcessHandle.of(ServerProcess.start(data, List.of(), settings)
                                    .pid())
                            .orElseThrow(),
                    new PrintStream(said, true, StandardCharsets.UTF_8));
            assertThat(right).as(() -> said.toString(StandardCharsets.UTF_8)).isTrue();
        } finally {
            TestServices.delete(folder);
        }
    }
}
