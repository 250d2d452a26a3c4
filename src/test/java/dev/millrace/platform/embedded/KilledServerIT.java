package dev.millrace.platform.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.process.Jvm;
import dev.millrace.testing.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledServerIT {
    @TempDir
    Path home;

    @RepeatedTest(3)
    void losesNoRowItHeardOfAndLeavesNoProcess() throws Exception {
        List<Long> services;
        long heard;
        try (var server = Jvm.start(OwnerMain.class, home.toString(), TestServices.PROGRAMS.toString())) {
            services = pids(server.says("pids"));
            server.says("wrote");
            Waiting.until("some rows", Duration.ofSeconds(60), () -> number(server) > 50);

            server.kill();

            heard = number(server);
            // Postgres closes its files first; that takes as long as the disk takes
            Waiting.until(
                    "the services to be gone",
                    Duration.ofSeconds(60),
                    () -> services.stream().noneMatch(KilledServerIT::runs));
        }

        try (var folder = TestServices.folder(home);
                var embedded = TestServices.both(folder)) {
            assertThat(folder.previousIncarnation()).hasValue(4711);
            try (var handle = embedded.postgres().application().connect()) {
                long highest = handle.createQuery("SELECT max(number) FROM heard")
                        .mapTo(Long.class)
                        .one();
                long count = handle.createQuery("SELECT count(*) FROM heard")
                        .mapTo(Long.class)
                        .one();
                // one row may have been committed whose answer nobody heard
                assertThat(highest).isBetween(heard, heard + 1);
                assertThat(count).isEqualTo(highest);
            }
        }
    }

    @Test
    void ownsItsFolderAloneUntilItDies() throws Exception {
        try (var server = Jvm.start(OwnerMain.class, home.toString(), TestServices.PROGRAMS.toString())) {
            server.says("pids");

            assertThatThrownBy(() -> TestServices.folder(home))
                    .isInstanceOf(DataFolderInUse.class)
                    .hasMessageContaining("process " + server.pid())
                    .hasMessageContaining("MILLRACE_DATA_DIR");

            server.kill();
            TestServices.folder(home).close();
        }
    }

    @Test
    void isRefusedAFolderThatWeOwn() throws Exception {
        try (var ours = TestServices.folder(home);
                var server = Jvm.start(OwnerMain.class, home.toString(), TestServices.PROGRAMS.toString())) {
            assertThat(server.says("refused")).contains(ours.path().toString());
            assertThat(server.await().code()).isZero();
        }
    }

    @Test
    void toldToStopLeavesNothingBehind() throws Exception {
        try (var server = Jvm.start(OwnerMain.class, home.toString(), TestServices.PROGRAMS.toString())) {
            List<Long> services = pids(server.says("pids"));

            server.tell("stop");
            assertThat(server.await().code()).isZero();

            assertThat(services).noneMatch(KilledServerIT::runs);
            assertThat(home.resolve("postgres/data/postmaster.pid")).doesNotExist();
        }
    }

    private static long number(Jvm server) {
        String last = server.last("wrote");
        return last.isEmpty() ? 0 : Long.parseLong(last);
    }

    private static List<Long> pids(String line) {
        return Arrays.stream(line.split(" ", -1)).map(Long::valueOf).toList();
    }

    /** A zombie that its new parent has not buried yet does not run. */
    private static boolean runs(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .isPresent();
    }
}
