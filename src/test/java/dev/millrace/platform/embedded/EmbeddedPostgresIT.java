package dev.millrace.platform.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.platform.CannotStart;
import dev.millrace.platform.Secret;
import dev.millrace.platform.process.Child;
import dev.millrace.platform.process.Launch;
import dev.millrace.platform.process.Spawner;
import dev.millrace.platform.process.Tools;
import dev.millrace.testing.Waiting;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.ConnectionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;

@Tag("alone")
class EmbeddedPostgresIT {
    @TempDir
    Path home;

    private DataFolder folder;

    @BeforeEach
    void own() {
        folder = TestServices.folder(home);
    }

    @AfterEach
    void giveBack() {
        folder.close();
    }

    @Test
    void keepsWhatWasWrittenAndIsOwnedByNoSuperuser() throws Exception {
        try (var postgres = TestServices.postgres(folder);
                var handle = postgres.application().connect()) {
            handle.execute("CREATE TABLE kept (word text)");
            handle.execute("INSERT INTO kept VALUES ('still here')");
            assertThat(handle.createQuery("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
                            .mapTo(Boolean.class)
                            .one())
                    .isFalse();
        }

        long begin = System.nanoTime();
        try (var postgres = TestServices.postgres(folder)) {
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
            assertThat(word(postgres)).isEqualTo("still here");
        }
    }

    @Test
    void letsNobodyInWithoutThePassword() throws Exception {
        try (var postgres = TestServices.postgres(folder)) {
            var login = postgres.admin();

            assertThat(refusal(new EmbeddedPostgres.Login(login.url(), "postgres", new Secret("wrong"))))
                    .isEqualTo("28P01");
            assertThat(refusal(new EmbeddedPostgres.Login(login.url(), "postgres", new Secret(""))))
                    .isEqualTo("08004");
            assertThat(Files.getPosixFilePermissions(home.resolve("postgres/password")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(Files.getPosixFilePermissions(home.resolve("postgres/owner")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void canBeFoundByASecondProcessWhileItRuns() throws Exception {
        assertThat(EmbeddedPostgres.running(home)).isNull();
        try (var postgres = TestServices.postgres(folder)) {
            assertThat(EmbeddedPostgres.running(home)).isEqualTo(postgres.application());
        }
        assertThat(EmbeddedPostgres.running(home)).isNull();
    }

    @Test
    void endsALeftoverServerAndTheLocksItHolds() throws Exception {
        var cluster = EmbeddedPostgres.cluster(folder, Servant.available());
        TestServices.postgres(folder).close();
        leaveRunning(cluster);
        var old = Objects.requireNonNull(EmbeddedPostgres.running(home));
        try (var forgotten = old.connect()) {
            forgotten.begin();
            forgotten.execute("CREATE TABLE half_done (word text)");

            try (var postgres = TestServices.postgres(folder);
                    var handle = postgres.application().connect()) {
                assertThat(postgres.application().url()).isNotEqualTo(old.url());
                handle.execute("CREATE TABLE half_done (word text)");
                assertThatThrownBy(() -> forgotten.execute("SELECT 1")).isNotNull();
            }
        }
        assertThat(Leftovers.of("postgres", cluster.data())).isEmpty();
    }

    @Test
    void recoversFromALeftoverWhosePostmasterWasKilled() throws Exception {
        var cluster = EmbeddedPostgres.cluster(folder, Servant.available());
        try (var postgres = TestServices.postgres(folder);
                var handle = postgres.application().connect()) {
            handle.execute("CREATE TABLE kept (word text)");
            handle.execute("INSERT INTO kept VALUES ('still here')");
        }
        leaveRunning(cluster);
        long postmaster = Long.parseLong(
                Files.readAllLines(cluster.data().resolve("postmaster.pid")).getFirst());
        ProcessHandle.of(postmaster).orElseThrow().destroyForcibly();

        try (var postgres = TestServices.postgres(folder)) {
            assertThat(word(postgres)).isEqualTo("still here");
        }
    }

    @Test
    void isStartedAgainOnItsPortWhenItDies() throws Exception {
        try (var postgres = TestServices.postgres(folder)) {
            long first = postgres.pid();
            try (var handle = postgres.application().connect()) {
                handle.execute("CREATE TABLE kept (word text)");
                handle.execute("INSERT INTO kept VALUES ('still here')");
            }

            ProcessHandle.of(first).orElseThrow().destroyForcibly();

            Waiting.until(
                    "another postmaster", Duration.ofSeconds(20), () -> postgres.alive() && postgres.pid() != first);
            assertThat(word(postgres)).isEqualTo("still here");
        }
    }

    @Test
    void startsAlthoughAnotherProcessNowHasTheNumberOfTheOldOne() throws Exception {
        Path pidFile = home.resolve("postgres/data/postmaster.pid");
        List<String> lines;
        try (var postgres = TestServices.postgres(folder)) {
            lines = Files.readAllLines(pidFile);
            assertThat(lines.getFirst()).isEqualTo(String.valueOf(postgres.pid()));
        }
        try (var stranger = Spawner.start(Launch.of(List.of(Tools.find("sleep"), "60"), Map.of()))) {
            lines.set(0, String.valueOf(stranger.pid()));
            Files.write(pidFile, lines);

            TestServices.postgres(folder).close();
        }
    }

    @Test
    void startsAlthoughTheFileOfTheOldOneIsEmpty() throws Exception {
        TestServices.postgres(folder).close();
        Files.createFile(home.resolve("postgres/data/postmaster.pid"));

        TestServices.postgres(folder).close();
    }

    @Test
    void takesAnotherPortWhenSomebodyWasFaster() throws Exception {
        var cluster = EmbeddedPostgres.cluster(folder, Servant.available());
        try (var taken = new ServerSocket(0, 1, Ports.loopback())) {
            var ports =
                    new ArrayDeque<>(List.of(taken.getLocalPort(), Ports.free().next()));

            try (var postgres = EmbeddedPostgres.started(cluster, TestServices.CONNECTIONS, ports::removeFirst)) {
                assertThat(postgres.application().url()).doesNotContain(":" + taken.getLocalPort() + "/");
                assertThat(ports).isEmpty();
            }
        }
    }

    @Test
    void makesAHalfMadeClusterAnew() throws Exception {
        Path draft = Files.createDirectories(home.resolve("postgres/data.init"));
        Files.writeString(draft.resolve("PG_VERSION"), "18\n");

        try (var postgres = TestServices.postgres(folder)) {
            assertThat(postgres.alive()).isTrue();
        }
        assertThat(draft).doesNotExist();
    }

    @Test
    void setsANewPasswordWhenTheOldOneIsLost() throws Exception {
        Secret before;
        try (var postgres = TestServices.postgres(folder);
                var handle = postgres.application().connect()) {
            before = postgres.admin().password();
            handle.execute("CREATE TABLE kept (word text)");
            handle.execute("INSERT INTO kept VALUES ('still here')");
        }
        Files.delete(home.resolve("postgres/password"));

        try (var postgres = TestServices.postgres(folder)) {
            assertThat(postgres.admin().password()).isNotEqualTo(before);
            assertThat(word(postgres)).isEqualTo("still here");
            assertThat(refusal(new EmbeddedPostgres.Login(postgres.admin().url(), "postgres", before)))
                    .isEqualTo("28P01");
        }
    }

    @Test
    void refusesAClusterWithAnOpenDoorAndLeavesNothingRunning() throws Exception {
        TestServices.postgres(folder).close();
        Path data = home.resolve("postgres/data");
        Files.writeString(data.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 trust\n", StandardOpenOption.APPEND);

        assertThatThrownBy(() -> TestServices.postgres(folder))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("pg_hba.conf has a rule trust");
        assertThat(Leftovers.of("postgres", data)).isEmpty();
    }

    @Test
    void saysWhatPostgresSaysWhenItDoesNotStart() throws Exception {
        TestServices.postgres(folder).close();
        Files.writeString(home.resolve("postgres/data/PG_VERSION"), "9.6\n");

        assertThatThrownBy(() -> TestServices.postgres(folder))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("incompatible with server");
    }

    @Test
    void runsAsNobodyWhereTheKernelGivesRootNoNamespace() throws Exception {
        assumeThat(Servant.available()).isEqualTo(Servant.NAMESPACE);
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
        // not the shared folder: nobody may pass through the folders above this one
        try (var own = DataFolder.open(Files.createDirectory(home.resolve("own")))) {
            // a server may lose its namespaces from one start to the next, and get them back
            for (Servant servant : List.of(Servant.NAMESPACE, Servant.NOBODY, Servant.NOBODY, Servant.NAMESPACE)) {
                var cluster = EmbeddedPostgres.cluster(own, servant);
                try (var postgres = EmbeddedPostgres.started(cluster, TestServices.CONNECTIONS, Ports.free())) {
                    assertThat(Files.getAttribute(Path.of("/proc/" + postgres.pid()), "unix:uid"))
                            .isEqualTo(servant == Servant.NOBODY ? 65534 : 0);
                }
            }
        }
    }

    /** As a killed server leaves it that did not ask the kernel to end its children. */
    private static void leaveRunning(Cluster cluster) throws Exception {
        try (Child control = Spawner.start(Launch.of(
                        cluster.words(
                                "pg_ctl",
                                "-D",
                                cluster.data().toString(),
                                "-o",
                                "-c unix_socket_directories= -p " + Ports.free().next(),
                                "-w",
                                "start"),
                        Cluster.ENVIRONMENT)
                .loggingTo(cluster.log()))) {
            assertThat(control.await().code()).isZero();
        }
    }

    private static String word(EmbeddedPostgres postgres) {
        try (var handle = postgres.application().connect()) {
            return handle.createQuery("SELECT word FROM kept")
                    .mapTo(String.class)
                    .one();
        }
    }

    private static String refusal(EmbeddedPostgres.Login login) {
        try (var handle = login.connect()) {
            return "no refusal: " + handle.getConnection();
        } catch (ConnectionException refused) {
            return String.valueOf(((PSQLException) Objects.requireNonNull(refused.getCause())).getSQLState());
        }
    }
}
