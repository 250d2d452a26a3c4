package dev.millrace.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A request hidden in the body of another, or sent behind one after which the connection ends, is never carried out. */
class DesyncIT {
    private static final String HIDDEN = "GET /SMUGGLED HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String JSON = "Host: a\r\nContent-Type: application/json\r\n";

    private TestServer server;

    @BeforeEach
    void open() {
        server = TestServer.start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void whatIsHiddenStaysUnheard(String name, String request, int status) {
        try (RawClient client = server.client()) {
            client.trySend(request);

            assertThat(client.read().status()).isEqualTo(status);
            // the rest of the connection: perhaps the answer to an honest request behind it, never one to the hidden
            client.trySend("GET /v1/names/after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            for (RawClient.Answer next = client.tryRead(true); next != null; next = client.tryRead(true)) {
                assertThat(next.text()).isEqualTo("{\"name\":\"after\"}");
            }
        }
        assertThat(server.smuggled).hasValue(0);
    }

    static Stream<Arguments> whatIsHiddenStaysUnheard() {
        String large = HIDDEN + "x".repeat(90_000 - HIDDEN.length());
        return Stream.of(
                body(
                        "411: a chunked body",
                        "POST /v1/things",
                        "Transfer-Encoding: chunked\r\n",
                        "5\r\nhello\r\n" + HIDDEN,
                        411),
                body(
                        "411: only what follows the head",
                        "POST /v1/things",
                        "Transfer-Encoding: chunked\r\n",
                        HIDDEN,
                        411),
                body("413 by declared length", "POST /v1/things", "Content-Length: 2000000\r\n", HIDDEN, 413),
                body("413 beyond everything", "POST /v1/things", "Content-Length: 9000000000000\r\n", HIDDEN, 413),
                body("413 where no body is taken", "GET /v1/names/a", length(HIDDEN), HIDDEN, 413),
                body("404 with a small body", "POST /v1/nothing", length(HIDDEN), HIDDEN, 404),
                body("404 with a large body", "POST /v1/nothing", length(large), large, 404),
                body("405 with a small body", "DELETE /v1/unread", length(HIDDEN), HIDDEN, 405),
                body("405 with a large body", "DELETE /v1/unread", length(large), large, 405),
                Arguments.of("415", "POST /v1/things HTTP/1.1\r\nHost: a\r\n" + length(large) + "\r\n" + large, 415),
                body("401 with a small body", "POST /v1/mine", length(HIDDEN), HIDDEN, 401),
                body("401 with a large body", "POST /v1/mine", length(large), large, 401),
                body("403", "POST /v1/mine", "Authorization: Bearer reader\r\n" + length(large), large, 403),
                body("417", "POST /v1/things", "Expect: 999\r\n" + length(HIDDEN), HIDDEN, 417),
                body(
                        "a body sent although nobody said continue",
                        "POST /v1/mine",
                        "Expect: 100-continue\r\n" + length(HIDDEN),
                        HIDDEN,
                        401),
                body("a handler that fails", "POST /v1/boom", length(HIDDEN), HIDDEN, 500),
                body("a handler that fails, large", "POST /v1/boom", length(large), large, 500),
                body("a handler that does not read", "POST /v1/unread", length(HIDDEN), HIDDEN, 200),
                body("a handler that does not read, large", "POST /v1/unread", length(large), large, 200),
                body("a refused body", "POST /v1/things", length(HIDDEN), HIDDEN, 400),
                body(
                        "a body in the wrong coding",
                        "POST /v1/things",
                        "Content-Encoding: gzip\r\n" + length(HIDDEN),
                        HIDDEN,
                        400),
                Arguments.of(
                        "behind a close of the client's",
                        "GET /v1/names/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + HIDDEN,
                        200),
                Arguments.of(
                        "behind a close with another token",
                        "GET /v1/names/a HTTP/1.1\r\nHost: a\r\nConnection: foo, close\r\n\r\n" + HIDDEN,
                        200),
                Arguments.of("behind a bad head", "GET /v1/names/a HTTP/1.1\r\nHost : a\r\n\r\n" + HIDDEN, 400),
                Arguments.of("behind HTTP/1.0", "GET /v1/names/a HTTP/1.0\r\nHost: a\r\n\r\n" + HIDDEN, 400));
    }

    private static Arguments body(String name, String line, String headers, String body, int status) {
        return Arguments.of(name, line + " HTTP/1.1\r\n" + JSON + headers + "\r\n" + body, status);
    }

    private static String length(String body) {
        return "Content-Length: " + body.length() + "\r\n";
    }
}
