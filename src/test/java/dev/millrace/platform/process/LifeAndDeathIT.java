package dev.millrace.platform.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens to runs when the server is killed, and what a server does without bubblewrap. */
@Timeout(120)
@Tag("alone")
class LifeAndDeathIT {
    @TempDir
    Path work;

    @Test
    void runsAreGoneWithinASecondOfTheirServer() throws Exception {
        try (var server = Jvm.start(BoxMain.class, "run", TestTools.folder().toString(), work.toString())) {
            server.says("started");
            List<ProcessHandle> encoders = Waiting.forValue("six encoders", Duration.ofSeconds(20), () -> {
                List<ProcessHandle> found = encoders(server.pid());
                return found.size() == 6 ? found : null;
            });

            server.kill();
            long killed = System.nanoTime();

            Waiting.until(
                    "no encoder", Duration.ofSeconds(1), () -> encoders.stream().noneMatch(LifeAndDeathIT::encodes));
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(1));
        }
    }

    @Test
    void filesFromOutsideWaitForBubblewrapAndOurOwnDoNot() throws Exception {
        assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid")).isEqualTo(0);
        String bwrap = Tools.find("bwrap");
        // in a mount namespace of its own the program is not there, until a file appears beside the server
        Path installed = work.resolve("installed");
        String script = "mount --bind /dev/null " + bwrap + "; { while [ ! -e " + installed
                + " ]; do sleep 0.1; done; umount " + bwrap + "; } </dev/null >/dev/null 2>&1 & exec \"$0\" \"$@\"";
        var before = List.of(Tools.find("unshare"), "-m", Tools.find("sh"), "-c", script);
        try (var server =
                Jvm.start(before, BoxMain.class, "without", TestTools.folder().toString(), work.toString())) {
            assertThat(server.says("fault")).contains("install the package bubblewrap");
            assertThat(server.says("ours")).isEqualTo("ok");
            server.tell("try");
            assertThat(server.says("outside")).startsWith("UNAVAILABLE").contains("install the package bubblewrap");

            Files.createFile(installed);

            Waiting.until("the box to be found", Duration.ofSeconds(20), () -> {
                try {
                    server.tell("try");
                } catch (IOException ended) {
                    throw new UncheckedIOException(ended);
                }
                return server.says("outside").equals("0");
            });
        }
    }

    private static List<ProcessHandle> encoders(long server) {
        try (Stream<ProcessHandle> all = ProcessHandle.of(server).stream().flatMap(ProcessHandle::descendants)) {
            return all.filter(LifeAndDeathIT::encodes).toList();
        }
    }

    private static boolean encodes(ProcessHandle process) {
        return ProcessHandle.of(process.pid())
                .flatMap(again -> again.info().command())
                .filter(command -> command.endsWith("/ffmpeg"))
                .isPresent();
    }
}
