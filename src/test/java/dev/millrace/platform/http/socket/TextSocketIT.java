package dev.millrace.platform.http.socket;

import static dev.millrace.platform.http.socket.RawFrames.CLOSE;
import static dev.millrace.platform.http.socket.RawFrames.CONTINUATION;
import static dev.millrace.platform.http.socket.RawFrames.FIN;
import static dev.millrace.platform.http.socket.RawFrames.PING;
import static dev.millrace.platform.http.socket.RawFrames.PONG;
import static dev.millrace.platform.http.socket.RawFrames.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Health;
import dev.millrace.platform.http.HttpConfig;
import dev.millrace.platform.http.HttpConfig.Listen;
import dev.millrace.platform.http.RawClient;
import dev.millrace.platform.http.Role;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Server;
import dev.millrace.platform.http.wire.HttpLimits;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames as they should be and as they should not, against a route that says back what it hears. */
@Tag("alone")
class TextSocketIT {
    private static final String ORIGIN = "https://good.example";

    private static Server server;

    /** Connections that ended. */
    private static final BlockingQueue<String> ENDED = new LinkedBlockingQueue<>();

    @BeforeAll
    static void open() {
        var free = new Listen("127.0.0.1", 0);
        server = Server.start(
                new HttpConfig(free, free, null, List.of(ORIGIN), List.of(), HttpLimits.DEFAULTS),
                TextSocketIT::identify,
                new Health(Map.of(), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)),
                List.of(() -> List.of(Route.get("/v1/socket", Access.READER, TextSocketIT::echo))));
        server.ready();
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Test
    void theHandshakeIsAnsweredAsTheStandardsExampleSays() {
        try (var client = new RawClient(server.port())) {
            RawClient.Answer answer = client.send(RawFrames.handshake("Origin: http://a.example:80\r\n"))
                    .readHead();
            assertThat(answer.status()).isEqualTo(101);
            assertThat(answer.header("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(answer.header("upgrade")).isEqualTo("websocket");
            assertThat(answer.header("connection")).isEqualTo("Upgrade");
            assertThat(answer.header("sec-websocket-extensions")).isNull();
            assertThat(answer.header("x-request-id")).isNotEmpty();
            assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Sec-WebSocket-Version: 13                       | Sec-WebSocket-Version: 8  | 400
            Sec-WebSocket-Version: 13                       | X-Other: 1                | 400
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==     | Sec-WebSocket-Key: c2hvcnQ= | 400
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==     | X-Other: 1                | 400
            Upgrade: WebSocket                              | Upgrade: h2c              | 400
            Upgrade: WebSocket                              | X-Other: 1                | 400
            Connection: keep-alive, Upgrade                 | Connection: keep-alive    | 400
            Authorization: Bearer user                      | X-Other: 1                | 401
            X-Other: 1                                      | Origin: https://evil.example | 403
            X-Other: 1                                      | Origin: null              | 403
            X-Other: 1                                      | Origin: http://a.example.evil.example:80 | 403
            X-Other: 1                                      | Origin: http://a.example:8080 | 403
            X-Other: 1                                      | Origin: https://good.example | 101
            """)
    void aHandshakeThatIsNoneIsRefusedInWords(String instead, String of, int status) {
        try (var client = new RawClient(server.port())) {
            String request = RawFrames.handshake("X-Other: 1\r\n").replace(instead, of);
            RawClient.Answer answer = client.send(request).tryRead(status != 101);
            assertThat(answer).isNotNull();
            assertThat(answer.status()).isEqualTo(status);
            if (status != 101) {
                assertThat(answer.header("content-type")).startsWith("application/problem+json");
            }
        }
    }

    @Test
    void textComesBack() {
        try (var socket = RawFrames.open(server.port())) {
            for (String text : List.of("", "hello", "\u00fc\ud83d\ude00", "x".repeat(126), "y".repeat(16_000))) {
                RawFrames.Frame frame = socket.send(FIN | TEXT, text).next();
                assertThat(frame.first()).isEqualTo(FIN | TEXT);
                assertThat(frame.text()).isEqualTo(text);
            }
        }
    }

    @Test
    void fragmentsBecomeOneMessageAlsoWhenACharacterIsCut() {
        byte[] word = "a\u00fcb\ud83d\ude00c".getBytes(StandardCharsets.UTF_8);
        try (var socket = RawFrames.open(server.port())) {
            for (int at = 0; at < word.length; at++) {
                int first = at == 0 ? TEXT : CONTINUATION;
                socket.send(at == word.length - 1 ? FIN | first : first, new byte[] {word[at]});
            }
            assertThat(socket.next().text()).isEqualTo("a\u00fcb\ud83d\ude00c");
            socket.send(TEXT, "one ")
                    .send(FIN | PING, "between")
                    .send(CONTINUATION, "")
                    .send(FIN, "message");
            RawFrames.Frame pong = socket.next();
            assertThat(pong.opcode()).isEqualTo(PONG);
            assertThat(pong.text()).isEqualTo("between");
            assertThat(socket.next().text()).isEqualTo("one message");
        }
    }

    @Test
    void aFrameMayComeByteByByteAndManyMayComeAtOnce() {
        try (var socket = RawFrames.open(server.port())) {
            for (byte one : RawFrames.frame(FIN | TEXT, "slow".getBytes(StandardCharsets.UTF_8))) {
                socket.raw(new byte[] {one});
            }
            assertThat(socket.next().text()).isEqualTo("slow");
            byte[] one = RawFrames.frame(FIN | TEXT, "fast".getBytes(StandardCharsets.UTF_8));
            byte[] all = new byte[one.length * 50];
            for (int i = 0; i < 50; i++) {
                System.arraycopy(one, 0, all, i * one.length, one.length);
            }
            socket.raw(all);
            for (int i = 0; i < 50; i++) {
                assertThat(socket.next().text()).isEqualTo("fast");
            }
        }
    }

    @Test
    void aPingIsAnsweredWithWhatItHeldAndAPongWithNothing() {
        try (var socket = RawFrames.open(server.port())) {
            socket.send(FIN | PONG, "unasked");
            byte[] most = "p".repeat(125).getBytes(StandardCharsets.UTF_8);
            RawFrames.Frame pong = socket.send(FIN | PING, most).next();
            assertThat(pong.first()).isEqualTo(FIN | PONG);
            assertThat(pong.text()).hasSize(125);
        }
    }

    /** What a client must not send, as hex digits, and the code it is closed with. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            8102 6869                       | 1002 | without a mask
            c182 00000000 6869              | 1002 | first reserved bit
            a182 00000000 6869              | 1002 | second reserved bit
            9182 00000000 6869              | 1002 | third reserved bit
            8380 00000000                   | 1002 | reserved data opcode
            8b80 00000000                   | 1002 | reserved control opcode
            0982 00000000 6869              | 1002 | a ping in fragments
            89fe007e 00000000               | 1002 | a ping of 126 bytes
            8082 00000000 6869              | 1002 | goes on with nothing
            018100000000 61 818100000000 62 | 1002 | begins inside another
            8282 00000000 6869              | 1003 | binary
            8182 00000000 c328              | 1007 | text that is no UTF-8
            0181 00000000 c3 8081 00000000 28 | 1007 | no UTF-8 over two fragments
            8183 00000000 eda080            | 1007 | a lone surrogate
            0182 00000000 c3a4 8081 00000000 c3 | 1007 | ends inside a character
            81fe4001 00000000               | 1009 | one byte too long
            81ff000000007fffffff 00000000   | 1009 | two gigabytes
            81ffffffffffffffffff 00000000   | 1009 | a negative length
            8881 00000000 03                | 1002 | a close with half a code
            8882 00000000 03e7              | 1002 | a code below 1000
            8882 00000000 03ed              | 1002 | a code that is never sent
            8882 00000000 07d0              | 1002 | a code nobody defined
            8884 00000000 03e8c328          | 1007 | a reason that is no UTF-8
            """)
    void whatBreaksTheRulesIsClosedWithItsCode(String hex, int code, String what) {
        try (var socket = RawFrames.open(server.port())) {
            byte[] bytes = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
            if (what.equals("a ping of 126 bytes")) {
                bytes = java.util.Arrays.copyOf(bytes, bytes.length + 126);
            }
            RawFrames.Frame close = socket.raw(bytes).next();
            assertThat(close.first()).as(what).isEqualTo(FIN | CLOSE);
            assertThat(close.code()).as(what).isEqualTo(code);
            assertThat(socket.closed()).as("the connection ends").isTrue();
        }
    }

    @Test
    void fragmentsMayNotGrowBeyondTheLimitTogether() {
        try (var socket = RawFrames.open(server.port())) {
            socket.send(TEXT, "x".repeat(10_000)).send(FIN, "x".repeat(10_000));
            assertThat(socket.next().code()).isEqualTo(1009);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 3000, 4999})
    void aCloseIsAnsweredWithItsOwnCode(int code) {
        try (var socket = RawFrames.open(server.port())) {
            socket.raw(RawFrames.close(code, "bye".getBytes(StandardCharsets.UTF_8)));
            RawFrames.Frame answer = socket.next();
            assertThat(answer.first()).isEqualTo(FIN | CLOSE);
            assertThat(answer.code()).isEqualTo(code);
            assertThat(socket.closed()).isTrue();
        }
    }

    @Test
    void aCloseWithoutACodeIsAnsweredAndNothingIsHeardAfterIt() {
        try (var socket = RawFrames.open(server.port())) {
            socket.send(FIN | CLOSE, "").send(FIN | TEXT, "late");
            assertThat(socket.next().opcode()).isEqualTo(CLOSE);
            assertThat(socket.closed()).isTrue();
        }
    }

    @Test
    void theServerSaysCloseFirstAndWaitsAMomentForTheAnswer() {
        try (var socket = RawFrames.open(server.port())) {
            socket.send(FIN | TEXT, "close me").send(FIN | TEXT, "unheard");
            RawFrames.Frame close = socket.next();
            assertThat(close.code()).isEqualTo(4000);
            assertThat(close.text()).isEqualTo("as you wish");
            socket.raw(RawFrames.close(4000, new byte[0]));
            assertThat(socket.closed()).isTrue();
        }
    }

    @Test
    void aClientThatDoesNotAnswerACloseIsCutOff() {
        try (var socket = RawFrames.open(server.port())) {
            long before = System.nanoTime();
            assertThat(socket.send(FIN | TEXT, "close me").next().code()).isEqualTo(4000);
            assertThat(socket.closed()).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(8));
        }
    }

    @Test
    void aClientThatVanishesEndsItsHandler() throws InterruptedException {
        ENDED.clear();
        try (var socket = RawFrames.open(server.port())) {
            assertThat(socket.send(FIN | TEXT, "here").next().text()).isEqualTo("here");
        }
        String ended = ENDED.poll(10, TimeUnit.SECONDS);
        while (ended != null && !ended.equals("here")) {
            ended = ENDED.poll(10, TimeUnit.SECONDS);
        }
        assertThat(ended).isEqualTo("here");
    }

    @Test
    void aClientThatAnswersNoPingIsCutOffWithinHalfAMinute() {
        try (var socket = RawFrames.open(server.port())) {
            long before = System.nanoTime();
            socket.send(FIN | TEXT, "silence");
            assertThat(socket.next().text()).isEqualTo("silence");
            assertThat(socket.closed()).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
        }
    }

    private static void echo(ServerRequest request, ServerResponse response) {
        TextSocket socket = TextSocket.open(request);
        String last = "";
        for (String text = socket.receive(); text != null; text = socket.receive()) {
            last = text;
            if (text.equals("close me")) {
                socket.close(4000, "as you wish");
            } else {
                socket.send(List.of(text.getBytes(StandardCharsets.UTF_8)));
            }
        }
        ENDED.add(last);
    }

    private static @Nullable Caller identify(ServerRequest request) {
        return request.headers().contains(HeaderNames.AUTHORIZATION)
                ? Caller.ofSession(new UUID(1, 1), new UUID(2, 2), Role.USER)
                : null;
    }
}
