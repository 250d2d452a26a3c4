package dev.millrace.platform.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.Secret;
import dev.millrace.platform.process.Launch;
import dev.millrace.platform.process.Spawner;
import dev.millrace.testing.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedRedisIT {
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
    void keepsItsKeysAndChangesItsPassword() throws Exception {
        Secret before;
        try (var redis = EmbeddedRedis.start(folder)) {
            before = redis.password();
            assertThat(ask(redis, "SET river mill")).isEqualTo("+OK");
        }
        try (var redis = EmbeddedRedis.start(folder)) {
            assertThat(redis.password()).isNotEqualTo(before);
            assertThat(ask(redis, "GET river")).isEqualTo("mill");
        }
    }

    @Test
    void isSetUpAsPromised() throws Exception {
        try (var redis = EmbeddedRedis.start(folder)) {
            assertThat(setting(redis, "appendonly")).isEqualTo("yes");
            assertThat(setting(redis, "appendfsync")).isEqualTo("everysec");
            assertThat(setting(redis, "maxmemory-policy")).isEqualTo("noeviction");
            assertThat(setting(redis, "bind")).isEqualTo("127.0.0.1");
            assertThat(Files.getPosixFilePermissions(home.resolve("redis/redis.conf")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(Greeting.answered(redis.port(), new Secret("wrong"))).isFalse();
            assertThat(ask(redis, "EVAL \"return redis.sha1hex('mill')\" 0"))
                    .isEqualTo("be37ec2ec8ed4c1733fae1e904b82971b84181bc");
        }
    }

    @Test
    void endsALeftover() throws Exception {
        Path program;
        try (var redis = EmbeddedRedis.start(folder)) {
            program = Files.readSymbolicLink(Path.of("/proc/" + redis.pid() + "/exe"));
        }
        try (var left = Spawner.start(Launch.of(
                        List.of(
                                program.toString(),
                                home.resolve("redis/redis.conf").toString()),
                        Map.of("LD_LIBRARY_PATH", String.valueOf(program.getParent())))
                .loggingTo(home.resolve("redis/log")))) {
            Waiting.until("the leftover in its folder", Duration.ofSeconds(5), this::somethingRunsInTheFolder);

            try (var redis = EmbeddedRedis.start(folder)) {
                assertThat(left.alive()).isFalse();
                assertThat(ask(redis, "PING")).isEqualTo("+PONG");
            }
        }
    }

    @Test
    void isStartedAgainWhereItWasWhenItDies() throws Exception {
        try (var redis = EmbeddedRedis.start(folder)) {
            ask(redis, "SET river mill");
            long first = redis.pid();

            ProcessHandle.of(first).orElseThrow().destroyForcibly();

            Waiting.until("another Redis", Duration.ofSeconds(10), () -> redis.alive() && redis.pid() != first);
            assertThat(ask(redis, "GET river")).isEqualTo("mill");
        }
    }

    @Test
    void startsEmptyWhenItsFileCannotBeRead() throws Exception {
        EmbeddedRedis.start(folder).close();
        Files.writeString(
                home.resolve("redis/appendonly.aof"), "*3\r\n$3\r\nSET\r\nthis is no command\r\n*1\r\n$4\r\nPING\r\n");

        try (var redis = EmbeddedRedis.start(folder)) {
            assertThat(ask(redis, "DBSIZE")).isEqualTo(":0");
        }
        try (var files = Files.list(home.resolve("redis"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .anyMatch(name -> name.startsWith("appendonly.aof.unreadable-"));
        }
    }

    private boolean somethingRunsInTheFolder() {
        try {
            return !Leftovers.of("redis-server", home.resolve("redis")).isEmpty();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String setting(EmbeddedRedis redis, String name) throws IOException {
        return ask(redis, "CONFIG GET " + name, 4);
    }

    private static String ask(EmbeddedRedis redis, String command) throws IOException {
        return ask(redis, command, 1);
    }

    /** The n-th line of the answer that is not a length. */
    private static String ask(EmbeddedRedis redis, String command, int line) throws IOException {
        try (var socket = new Socket(Ports.loopback(), redis.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream()
                    .write(("AUTH " + redis.password().reveal() + "\r\n" + command + "\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            var answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(answers.readLine()).isEqualTo("+OK");
            String answer = "";
            for (int i = 0; i < line; i++) {
                answer = answers.readLine();
            }
            return answer.startsWith("$") || answer.startsWith("*") ? answers.readLine() : answer;
        }
    }
}
