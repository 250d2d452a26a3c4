package dev.millrace.platform.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.testing.TestServices;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.exceptions.JedisDataException;

/** What a server may answer instead of running a script, word by word as servers of several ages say it. */
class RedisRefusalsIT {
    private static final Script ONE = new Script("return 1");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ERR max number of clients reached",
                "DENIED Redis is running in protected mode because protected mode is enabled",
                "NOAUTH Authentication required.",
                "WRONGPASS invalid username-password pair or user is disabled.",
                "NOPERM this user has no permissions to run the 'evalsha' command",
                "ERR operation not permitted",
                "ERR DB index is out of range",
                "LOADING Redis is loading the dataset in memory",
                "READONLY You can't write against a read only replica. script: 0f, on @user_script:1.",
                "OOM command not allowed when used memory > 'maxmemory'.",
                "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
                "MASTERDOWN Link with MASTER is down",
                "CLUSTERDOWN The cluster is down",
                "UNKILLABLE Sorry the script already executed write commands",
                "BUSY Redis is busy running a script.",
                "NOREPLICAS Not enough good replicas to write.",
                "ERR Error running script (call to f_0f): @user_script:1: @user_script: 1: -OOM command not allowed",
                "ERR The user executing the script can't run this command or subcommand script: 0f, on @user_script:1.",
                "SOMETHING nobody has heard of yet",
                "nothing"
            })
    void aServerThatRefusesWhatItShouldDoIsAway(String refusal) {
        try (var server = new Refusing(refusal);
                var redis = Redis.open(server.config())) {
            assertThatThrownBy(() -> redis.eval(ONE, List.of(), List.of())).isInstanceOf(RedisAway.class);
            assertThat(redis.publish("a", new byte[] {1})).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WRONGTYPE Operation against a key holding the wrong kind of value",
                "ERR Error compiling script (new function): user_script:1: unexpected symbol near '?'",
                "ERR user_script:1: attempt to index a nil value script: 0f, on @user_script:1.",
                "ERR Error running script (call to f_0f): @user_script:1: user_script:1: attempt to compare nil with number",
                "ERR Error running script (call to f_0f): @user_script:1: -WRONGTYPE Operation against a key",
                "ERR Unknown Redis command called from script script: 0f, on @user_script:1.",
                "ERR unknown command 'EVALSHA', with args beginning with: ",
                "ERR wrong number of arguments for 'evalsha' command",
                "ERR value is not an integer or out of range",
                "ERR syntax error",
                "ERR Number of keys can't be greater than number of args",
                "CROSSSLOT Keys in request don't hash to the same slot"
            })
    void aDefectOfOursIsToldAsItIs(String refusal) {
        try (var server = new Refusing(refusal);
                var redis = Redis.open(server.config())) {
            assertThatThrownBy(() -> redis.eval(ONE, List.of(), List.of()))
                    .isInstanceOf(JedisDataException.class)
                    .hasMessage(refusal);
            assertThat(redis.up()).isTrue();
        }
    }

    /** Greets whoever comes, and refuses what he wants. */
    private static final class Refusing implements AutoCloseable {
        private final String refusal;
        private final ServerSocket socket;

        Refusing(String refusal) {
            this.refusal = refusal;
            try {
                socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            Thread.startVirtualThread(this::listen);
        }

        RedisConfig config() {
            return TestServices.redis("redis://127.0.0.1:" + socket.getLocalPort());
        }

        private void listen() {
            try {
                while (true) {
                    Socket line = socket.accept();
                    Thread.startVirtualThread(() -> answer(line));
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        private void answer(Socket line) {
            try (line;
                    var in = new BufferedInputStream(line.getInputStream())) {
                while (true) {
                    String said = switch (words(in).getFirst()) {
                        case "EVALSHA", "EVAL", "PUBLISH" -> "-" + refusal;
                        case "HELLO" -> "*2\r\n$5\r\nproto\r\n:2";
                        case "PING" -> "+PONG";
                        default -> "-ERR not here";
                    };
                    line.getOutputStream().write((said + "\r\n").getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException closed) {
                // the client went away
            }
        }

        private static List<String> words(InputStream in) throws IOException {
            var words = new ArrayList<String>();
            for (int left = count(in); left > 0; left--) {
                byte[] word = in.readNBytes(count(in));
                in.skipNBytes(2);
                words.add(new String(word, StandardCharsets.UTF_8));
            }
            return words;
        }

        private static int count(InputStream in) throws IOException {
            var line = new StringBuilder();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new IOException("closed");
                }
                line.append((char) b);
            }
            return Integer.parseInt(line.substring(1).strip());
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
