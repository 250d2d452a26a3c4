package dev.millrace.platform.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.process.Exit.Ending;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildIT {
    @Test
    void isNotStoppedByAFloodOnBothStreams() throws Exception {
        try (var child =
                Spawner.start(shell("head -c 200000000 /dev/zero | tr '\\0' e >&2; head -c 200000000 /dev/zero"))) {
            Exit exit = child.await();

            assertThat(exit.ok()).isTrue();
            assertThat(exit.errors()).isEqualTo("e".repeat(8 * 1024));
            assertThat(exit.output()).hasSize(1024 * 1024);
        }
    }

    @Test
    void knowsNothingButWhatItWasToldByName() throws Exception {
        try (var child = Spawner.start(Launch.of(List.of(Tools.find("env")), Map.of("MILL", "stream")))) {
            assertThat(child.await().output()).isEqualTo("MILL=stream\n");
        }
    }

    @Test
    void isKilledWhenItsTimeIsOver() throws Exception {
        try (var child = Spawner.start(shell("exec sleep 60").within(Duration.ofMillis(200)))) {
            Exit exit = child.await();

            assertThat(exit.ending()).isEqualTo(Ending.DEADLINE);
            assertThat(exit.code()).isEqualTo(137);
        }
    }

    @Test
    void isKilledWhenItIsClosed() throws Exception {
        Child child = Spawner.start(shell("exec sleep 60"));
        assertThat(child.await(Duration.ofMillis(1))).isNull();

        child.close();

        assertThat(child.alive()).isFalse();
        assertThat(child.await().ending()).isEqualTo(Ending.KILLED);
    }

    @Test
    void keepsWhatItSaidBeforeItWasKilled() throws Exception {
        var heard = new CompletableFuture<String>();
        try (var child =
                Spawner.start(shell("echo alas >&2; echo begun; exec sleep 60"), Output.lines(heard::complete))) {
            assertThat(heard.get()).isEqualTo("begun");

            child.kill();

            assertThat(child.await().errors()).isEqualTo("alas\n");
        }
    }

    @Test
    void endsByItselfAlthoughItsReaderLeftEarly() throws Exception {
        try (var child = Spawner.start(shell("head -c 10000000 /dev/zero"), stdout -> stdout.readNBytes(10))) {
            assertThat(child.await().ok()).isTrue();
        }
    }

    @Test
    void diesWithItsReaderWhichIsHeardOf() throws Exception {
        var broken = new UncheckedIOException(new IOException("cannot store"));
        try (var child = Spawner.start(shell("echo begun; exec sleep 60"), Output.lines(line -> {
            throw broken;
        }))) {
            assertThatThrownBy(child::await).isSameAs(broken);
            assertThat(child.alive()).isFalse();
        }
    }

    @Test
    void mayLeaveAGrandchildWithThePipeWithoutHoldingUsUp() throws Exception {
        try (var child = Spawner.start(shell("sleep 20 & echo done"))) {
            assertThat(child.await().code()).isZero();
        }
    }

    @Test
    void writesBothStreamsToItsLogAndHearsNothing(@TempDir Path folder) throws Exception {
        Path log = Files.writeString(folder.resolve("log"), "before\n");
        try (var child =
                Spawner.start(shell("cat; echo out; echo err >&2").in(folder).loggingTo(log))) {
            assertThat(child.await().code()).isZero();
        }
        assertThat(log).hasContent("before\nout\nerr\n");
    }

    @Test
    void isCountedWhileItLivesAndNotAfter() throws Exception {
        try (var child = Spawner.start(shell("exec sleep 60"))) {
            assertThat(Spawner.living()).contains(child);
            child.kill();
            child.await();
            Waiting.until(
                    "the count", Duration.ofSeconds(2), () -> !Spawner.living().contains(child));
        }
    }

    @Test
    void isStartedThroughAnInterruptWhichIsKept() throws Exception {
        Thread.currentThread().interrupt();
        try (var child = Spawner.start(shell("exit 3"))) {
            assertThat(Thread.interrupted()).isTrue();
            assertThat(child.await().code()).isEqualTo(3);
        }
    }

    @Test
    void thatDoesNotExistIsAnError() {
        assertThatThrownBy(() -> Spawner.start(Launch.of(List.of("/nowhere/program"), Map.of())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/nowhere/program");
    }

    private static Launch shell(String script) throws IOException {
        return Launch.of(List.of(Tools.find("sh"), "-c", script), Map.of("PATH", Tools.PATH));
    }
}
