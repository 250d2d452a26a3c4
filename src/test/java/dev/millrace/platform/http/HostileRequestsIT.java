package dev.millrace.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests no honest client sends. None is answered with a 500, and where the framing is in doubt the connection ends. */
class HostileRequestsIT {
    private static final String END = "Host: a\r\n\r\n";

    private static TestServer server;

    @BeforeAll
    static void open() {
        server = TestServer.start();
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"framing", "firstLines", "chunks"})
    void framingInDoubtEndsTheConnection(String name, String request, int status) {
        try (RawClient client = server.client()) {
            client.send(request);

            RawClient.Answer answer = client.read();

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.header("content-type")).isEqualTo("application/problem+json; charset=utf-8");
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(answer.header("x-request-id")).isNotNull();
            assertThat(client.closed()).isTrue();
        }
    }

    static Stream<Arguments> framing() {
        return Stream.of(
                post("length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", 400),
                post("two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n", "hello!", 400),
                post("the same length twice", "Content-Length: 5\r\nContent-Length: 5\r\n", "hello", 400),
                post("a list of lengths", "Content-Length: 5, 5\r\n", "hello", 400),
                post("a plus", "Content-Length: +5\r\n", "hello", 400),
                post("a minus", "Content-Length: -1\r\n", "hello", 400),
                post("hexadecimal", "Content-Length: 0x5\r\n", "hello", 400),
                post("a length beyond all numbers", "Content-Length: 99999999999999999999\r\n", "hello", 400),
                post("an empty length", "Content-Length: \r\n", "hello", 400),
                post("a coding that only looks like chunked", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n", 400),
                post("chunked, but not last", "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n", 400),
                post("two codings", "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n", 400),
                post("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", 400),
                get("a folded header", "X-A: a\r\n b\r\n" + END, 400),
                get("a space before the colon", "X-A : a\r\n" + END, 400),
                get("a NUL in a value", "X-A: a\0b\r\n" + END, 400),
                get("a NUL in a name", "X-\0A: a\r\n" + END, 400),
                get("a bare line feed", "X-A: a\nX-B: b\r\n" + END, 400),
                get("a bare carriage return", "X-A: a\rX-B: b\r\n" + END, 400),
                get("a header without a colon", "X-A\r\n" + END, 400),
                get("a header without a name", ": a\r\n" + END, 400),
                get("no host", "X-A: a\r\n\r\n", 400),
                get("two hosts", "Host: b\r\n" + END, 400),
                get("an empty host", "Host:\r\n\r\n", 400),
                get("a host with a space", "Host: a b\r\n\r\n", 400),
                get("a host with an odd port", "Host: a:b\r\n\r\n", 400),
                get("half an address as host", "Host: [::1\r\n\r\n", 400),
                get("17 KiB of header", "X-A: " + "a".repeat(17 * 1024) + "\r\n" + END, 431),
                get("17 KiB in small headers", "X-Abcdef: aaaaaaaaaaaaaaaa\r\n".repeat(700) + END, 431),
                get("101 header fields", "X-A: b\r\n".repeat(100) + END, 431),
                get("one name 1,000 times", "A:b\r\n".repeat(1000) + END, 431));
    }

    static Stream<Arguments> firstLines() {
        return Stream.of(
                line("HTTP/1.0", "GET /v1/names/a HTTP/1.0", 400),
                line("HTTP/9.9", "GET /v1/names/a HTTP/9.9", 400),
                line("HTTP/2 without asking", "PRI * HTTP/2.0", 400),
                line("no version", "GET /v1/names/a", 400),
                line("two spaces", "GET  /v1/names/a HTTP/1.1", 400),
                line("a space at the end", "GET /v1/names/a HTTP/1.1 ", 400),
                line("a tab", "GET\t/v1/names/a\tHTTP/1.1", 400),
                line("a method that is no word", "G(T /v1/names/a HTTP/1.1", 400),
                line("no method", " /v1/names/a HTTP/1.1", 400),
                line("a space in the path", "GET /v1/names/a b HTTP/1.1", 400),
                line("nothing but garbage", "\u0016\u0003\u0001\u0002\u0000\u0001", 400),
                line("a quote in the path", "GET /v1/names/\"a\" HTTP/1.1", 400),
                line("a backslash in the path", "GET /v1/names/..\\a HTTP/1.1", 400),
                line("a broken escape", "GET /v1/names/%zz HTTP/1.1", 400),
                line("half an escape", "GET /v1/names/%a HTTP/1.1", 400),
                line("a bad character in the query", "GET /v1/names/a?<b> HTTP/1.1", 400),
                line("5 KiB of path", "GET /v1/names/" + "a".repeat(5000) + " HTTP/1.1", 414),
                line("a line without end", "GET /" + "a".repeat(70_000), 414));
    }

    static Stream<Arguments> chunks() {
        return Stream.of(
                        "5\r\nhello\r\n0\r\n\r\n",
                        "+5\r\nhello\r\n",
                        "-5\r\n",
                        "zz\r\n",
                        "ffffffffffffffffff\r\n",
                        "0x5\r\n",
                        "5;ext=1\r\nhello\r\n",
                        "5\nhello\n",
                        "12c00000\r\n",
                        "0\r\nX-A: b\r\n\r\n",
                        "")
                .map(body -> post("chunks: " + body.strip(), "Transfer-Encoding: chunked\r\n", body, 411));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void aRefusalInOrderKeepsTheConnection(String name, String request, int status, String code) {
        try (RawClient client = server.client()) {
            client.send(request);
            RawClient.Answer answer = client.read();
            client.send("GET /v1/names/next HTTP/1.1\r\n" + END);

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.text()).contains("\"code\":\"" + code + "\"");
            assertThat(client.read().text()).isEqualTo("{\"name\":\"next\"}");
        }
    }

    static Stream<Arguments> aRefusalInOrderKeepsTheConnection() {
        return Stream.of(
                plain("an unknown path", "GET /v1/nothing", 404, "not_found"),
                plain("a slash at the end", "GET /v1/names/a/", 404, "not_found"),
                plain("an empty segment", "GET /v1//names/a", 404, "not_found"),
                plain("an empty parameter", "GET /v1/names/", 404, "not_found"),
                plain("an id that is none", "GET /v1/things/1-1-1-1-1", 404, "not_found"),
                plain("bytes beyond ASCII in the path", "GET /v1/names/\u00fc", 400, "invalid_request"),
                plain("a NUL in an id", "GET /v1/things/%00", 400, "invalid_request"),
                plain("an overlong dot", "GET /v1/names/%c0%ae%c0%ae", 400, "invalid_request"),
                plain("half a surrogate pair", "GET /v1/names/%ed%a0%80", 400, "invalid_request"),
                plain("a line end", "GET /v1/names/a%0d%0aX:%20b", 400, "invalid_request"),
                plain("climbing", "GET /v1/names/../../etc/passwd", 404, "not_found"),
                plain("climbing in escapes", "GET /v1/names/%2e%2e%2fetc%2fpasswd", 404, "not_found"),
                plain("an escaped slash", "GET /v1/names/a%2fb", 404, "not_found"),
                plain("an escaped backslash", "GET /v1/names/..%5ca", 404, "not_found"),
                plain("path parameters", "GET /v1/names/a;x=1/../b", 404, "not_found"),
                plain("path parameters before the route", "GET /v1;x=1/names/a", 404, "not_found"),
                plain("what frameworks give away", "GET /observe/health", 404, "not_found"),
                plain("metrics on the wrong listener", "GET /metrics", 404, "not_found"),
                plain("TRACE", "TRACE /v1/names/a", 405, "method_not_allowed"),
                plain("a method of its own", "FOO /v1/names/a", 405, "method_not_allowed"),
                plain("deleting what is read", "DELETE /v1/names/a", 405, "method_not_allowed"),
                Arguments.of(
                        "an unknown expectation",
                        "GET /v1/names/a HTTP/1.1\r\nExpect: 999\r\n" + END,
                        417,
                        "expectation_failed"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.com:443", "a:1", "/v1/names/a", "/"})
    void connectIsNotATunnel(String target) {
        try (RawClient client = server.client()) {
            client.send("CONNECT " + target + " HTTP/1.1\r\n" + END);
            RawClient.Answer answer = client.read();

            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("allow")).contains("GET").doesNotContain("CONNECT");
            assertThat(answer.text()).contains("\"code\":\"method_not_allowed\"");
        }
    }

    @Test
    void anAddressInAbsoluteFormIsUnderstoodOrRefused() {
        try (RawClient client = server.client()) {
            client.send("GET http://a/v1/names/b HTTP/1.1\r\n" + END);

            assertThat(client.read().status()).isIn(200, 400, 404);
        }
    }

    @Test
    void methodsThatAreThereAreNamed() {
        try (RawClient client = server.client()) {
            assertThat(client.send("TRACE /v1/mine HTTP/1.1\r\n" + END).read().header("allow"))
                    .isEqualTo("GET, HEAD, OPTIONS, POST");
            assertThat(client.send("OPTIONS /v1/mine HTTP/1.1\r\n" + END).read().header("allow"))
                    .isEqualTo("GET, HEAD, OPTIONS, POST");
        }
    }

    @Test
    void aDefectSaysNothingOfItself() {
        try (RawClient client = server.client()) {
            RawClient.Answer answer =
                    client.send("GET /v1/boom HTTP/1.1\r\n" + END).read();

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.text()).contains("\"code\":\"internal\"").doesNotContain("secret", "Exception");
            assertThat(client.send("GET /v1/silent HTTP/1.1\r\n" + END).read().status())
                    .isEqualTo(500);
        }
    }

    @Test
    void aLineEndInAHeaderOfOursNeverSplitsTheAnswer() {
        try (RawClient client = server.client()) {
            RawClient.Answer answer =
                    client.send("GET /v1/split HTTP/1.1\r\n" + END).read();

            assertThat(answer.headers()).doesNotContainKeys("set-cookie", "x-echo");
            assertThat(client.send("GET /v1/names/a HTTP/1.1\r\n" + END).read().status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aHugeChunkCostsNoMemory() {
        System.gc();
        long before = used();
        try (RawClient client = server.client()) {
            client.send("POST /v1/things HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n"
                    + END + "12c00000\r\n");
            String piece = "x".repeat(64 * 1024);
            for (int i = 0; i < 200 && client.trySend(piece); i++) {
                // as much of 300 MB as the server lets us send
            }
            assertThat(client.tryRead(true))
                    .satisfiesAnyOf(
                            answer -> assertThat(answer).isNull(),
                            answer -> assertThat(answer.status()).isEqualTo(411));
        }
        System.gc();
        assertThat(used() - before).isLessThan(5L * 1024 * 1024);
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static Arguments post(String name, String headers, String body, int status) {
        return Arguments.of(
                name, "POST /v1/things HTTP/1.1\r\nContent-Type: application/json\r\n" + headers + END + body, status);
    }

    private static Arguments get(String name, String headers, int status) {
        return Arguments.of(name, "GET /v1/names/a HTTP/1.1\r\n" + headers, status);
    }

    private static Arguments line(String name, String line, int status) {
        return Arguments.of(name, line + "\r\n" + END, status);
    }

    private static Arguments plain(String name, String line, int status, String code) {
        return Arguments.of(name, line + " HTTP/1.1\r\n" + END, status, code);
    }
}
