package dev.millrace.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.http.wire.Cidr;
import dev.millrace.platform.http.wire.HttpLimits;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every answer has in common, whoever wrote it. */
class AnswersIT {
    private static final String END = "Host: a\r\n\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";

    private static final Map<String, String> ALWAYS = new TreeMap<>(Map.of(
            "cross-origin-opener-policy", "same-origin",
            "origin-agent-cluster", "?1",
            "referrer-policy", "no-referrer",
            "x-content-type-options", "nosniff",
            "x-dns-prefetch-control", "off",
            "x-download-options", "noopen",
            "x-frame-options", "SAMEORIGIN",
            "x-permitted-cross-domain-policies", "none",
            "x-xss-protection", "0",
            "vary", "Origin"));

    private static final String API_CSP =
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";

    private static TestServer server;
    private static TestServer secure;

    @BeforeAll
    static void open() {
        server = TestServer.start();
        secure = TestServer.start(
                HttpLimits.DEFAULTS, URI.create("https://mill.example.com"), List.of(Cidr.parse("127.0.0.0/8")));
    }

    @AfterAll
    static void close() {
        server.close();
        secure.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void carryTheSecurityHeaders(String request, int status) {
        for (TestServer each : List.of(server, secure)) {
            each.events.add("end");
            try (RawClient client = each.client()) {
                client.trySend(request);
                RawClient.Answer answer = request.startsWith("HEAD") ? client.readHead() : client.read();

                assertThat(answer.status()).isEqualTo(status);
                assertThat(answer.reason()).matches("[A-Z][A-Za-z -]+");
                ALWAYS.forEach((name, value) ->
                        assertThat(answer.header(name)).as(name).isEqualTo(value));
                assertThat(answer.header("content-security-policy")).isEqualTo(API_CSP);
                assertThat(answer.header("cross-origin-resource-policy"))
                        .isEqualTo(request.contains("/media/") ? "cross-origin" : "same-origin");
                assertThat(answer.header("strict-transport-security"))
                        .isEqualTo(each == secure ? "max-age=31536000; includeSubDomains" : null);
                assertThat(answer.header("x-request-id")).isNotEmpty();
                assertThat(answer.header("date")).isNotNull();
                assertThat(answer.header("cache-control")).isNotNull();
                assertThat(answer.headers()).doesNotContainKeys("server", "x-powered-by");
            }
            each.events.clear();
        }
    }

    static Stream<Arguments> carryTheSecurityHeaders() {
        return Stream.of(
                Arguments.of("GET /v1/names/a HTTP/1.1\r\n" + END, 200),
                Arguments.of("HEAD /v1/names/a HTTP/1.1\r\n" + END, 200),
                Arguments.of(
                        "POST /v1/things HTTP/1.1\r\n" + JSON + "Content-Length: 12\r\n" + END + "{\"name\":\"a\"}",
                        201),
                Arguments.of("OPTIONS /v1/names/a HTTP/1.1\r\n" + END, 204),
                Arguments.of("GET /v1/names/a HTTP/1.1\r\nX-A : b\r\n" + END, 400),
                Arguments.of("GET /v1/names/a HTTP/1.1\r\n\r\n", 400),
                Arguments.of("POST /v1/things HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n" + END, 400),
                Arguments.of("GET /v1/names/a HTTP/1.0\r\n" + END, 400),
                Arguments.of("GARBAGE\r\n\r\n", 400),
                Arguments.of("GET /v1/names/%00 HTTP/1.1\r\n" + END, 400),
                Arguments.of("POST /v1/things HTTP/1.1\r\n" + JSON + "Content-Length: 2\r\n" + END + "{}", 400),
                Arguments.of("GET /v1/mine HTTP/1.1\r\n" + END, 401),
                Arguments.of("GET /v1/mine HTTP/1.1\r\nAuthorization: Bearer bad\r\n" + END, 401),
                Arguments.of("GET /v1/admin HTTP/1.1\r\nAuthorization: Bearer user\r\n" + END, 403),
                Arguments.of("GET /v1/nothing HTTP/1.1\r\n" + END, 404),
                Arguments.of("DELETE /v1/names/a HTTP/1.1\r\n" + END, 405),
                Arguments.of("POST /v1/things HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + END, 411),
                Arguments.of("POST /v1/things HTTP/1.1\r\nContent-Length: 2000000\r\n" + END, 413),
                Arguments.of("POST /v1/things HTTP/1.1\r\nContent-Length: 90000000000000\r\n" + END, 413),
                Arguments.of("GET /" + "a".repeat(5000) + " HTTP/1.1\r\n" + END, 414),
                Arguments.of("POST /v1/things HTTP/1.1\r\nContent-Length: 2\r\n" + END + "{}", 415),
                Arguments.of("GET /v1/names/a HTTP/1.1\r\nExpect: 1\r\n" + END, 417),
                Arguments.of("GET /v1/mine?limited HTTP/1.1\r\nAuthorization: Bearer user\r\n" + END, 429),
                Arguments.of("GET /v1/names/a HTTP/1.1\r\nX-A: " + "a".repeat(17_000) + "\r\n" + END, 431),
                Arguments.of("GET /v1/names/a HTTP/1.1\r\n" + "X-A: b\r\n".repeat(150) + END, 431),
                Arguments.of("GET /v1/boom HTTP/1.1\r\n" + END, 500),
                Arguments.of("GET /v1/split HTTP/1.1\r\n" + END, 500),
                Arguments.of("GET /v1/away HTTP/1.1\r\n" + END, 503),
                Arguments.of("GET /v1/stream HTTP/1.1\r\n" + END, 200),
                Arguments.of("GET /v1/file HTTP/1.1\r\n" + END, 200),
                Arguments.of("GET /media/a HTTP/1.1\r\n" + END, 200));
    }

    @Test
    void aProblemSaysAllThatTheContractNames() throws Exception {
        try (RawClient client = server.client()) {
            RawClient.Answer answer = client.send("POST /v1/things HTTP/1.1\r\nX-Request-Id: my-request-1\r\n" + JSON
                            + "Content-Length: 27\r\n" + END + "{\"name\":\"\", \"owner\":\"else\"}".substring(0, 27))
                    .read();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("x-request-id")).isEqualTo("my-request-1");
            assertThat(answer.text())
                    .contains("\"type\":\"/problems/invalid_request\"", "\"instance\":\"/v1/things\"", "\"status\":400")
                    .contains("\"request_id\":\"my-request-1\"", "\"title\":", "\"errors\":[{\"pointer\":");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "short",
                "has space",
                "a\tb456789",
                "<script>alert(1)</script>",
                "x\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"
            })
    void anOddRequestIdIsReplaced(String odd) {
        try (RawClient client = server.client()) {
            RawClient.Answer answer = client.send("GET /v1/names/a HTTP/1.1\r\nX-Request-Id: " + odd + "\r\n" + END)
                    .read();

            assertThat(UUID.fromString(answer.header("x-request-id")).version()).isEqualTo(7);
        }
    }

    @Test
    void tellsWhenToComeBack() {
        try (RawClient client = server.client()) {
            assertThat(client.send("GET /v1/mine?limited HTTP/1.1\r\nAuthorization: Bearer user\r\n" + END)
                            .read()
                            .header("retry-after"))
                    .isEqualTo("2");
            assertThat(client.send("GET /v1/away HTTP/1.1\r\n" + END).read().header("retry-after"))
                    .isEqualTo("1");
        }
    }

    @Test
    void asksForATokenWhereOneIsMissingOrBad() {
        try (RawClient client = server.client()) {
            RawClient.Answer none =
                    client.send("GET /v1/mine HTTP/1.1\r\n" + END).read();
            RawClient.Answer bad = client.send("GET /v1/mine HTTP/1.1\r\nAuthorization: Bearer x\r\n" + END)
                    .read();

            assertThat(none.text()).contains("\"code\":\"unauthenticated\"");
            assertThat(none.header("www-authenticate")).isEqualTo("Bearer");
            assertThat(bad.text()).contains("\"code\":\"invalid_token\"");
            assertThat(bad.header("www-authenticate")).startsWith("Bearer");
        }
    }

    @Test
    void aKeyDoesOnlyWhatItWasMadeFor() {
        try (RawClient client = server.client()) {
            String reader = "Authorization: Bearer reader\r\n";
            assertThat(client.send("GET /v1/mine HTTP/1.1\r\n" + reader + END)
                            .read()
                            .status())
                    .isEqualTo(200);
            RawClient.Answer refused = client.send(
                            "POST /v1/mine HTTP/1.1\r\n" + reader + JSON + "Content-Length: 2\r\n" + END + "{}")
                    .read();
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.text()).contains("scope generate");
        }
    }

    @Test
    void areJudgedInTheOrderOfTheContract() {
        try (RawClient client = server.client()) {
            // every later fault is there too, and the earlier one answers
            String all = "Expect: 1\r\nContent-Type: text/plain\r\nAuthorization: Bearer bad\r\nContent-Length: 5\r\n"
                    + END + "xxxxx";
            assertThat(client.send("POST /v1/nothing HTTP/1.1\r\n" + all).read().status())
                    .isEqualTo(417);
        }
        String faults = "Content-Type: text/plain\r\nAuthorization: Bearer bad\r\n";
        assertThat(status("POST /v1/mine", faults + "Content-Length: 2000000\r\n", ""))
                .isEqualTo(413);
        assertThat(status("POST /v1/nothing", faults + "Content-Length: 5\r\n", "xxxxx"))
                .isEqualTo(404);
        assertThat(status("PATCH /v1/mine", faults + "Content-Length: 5\r\n", "xxxxx"))
                .isEqualTo(405);
        assertThat(status("POST /v1/mine", faults + "Content-Length: 5\r\n", "xxxxx"))
                .isEqualTo(415);
        assertThat(status("POST /v1/mine", JSON + "Authorization: Bearer bad\r\nContent-Length: 5\r\n", "xxxxx"))
                .isEqualTo(401);
        assertThat(status("POST /v1/mine", JSON + "Authorization: Bearer reader\r\nContent-Length: 5\r\n", "xxxxx"))
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "application/json; charset=utf-16",
                "application/json-patch+json",
                "application/problem+json",
                "*/*",
                "json",
                "application",
                ""
            })
    void onlyJsonInUtf8IsTaken(String type) {
        assertThat(status(
                        "POST /v1/things", "Content-Type: " + type + "\r\nContent-Length: 12\r\n", "{\"name\":\"a\"}"))
                .isEqualTo(415);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON",
                "application/json;charset=UTF-8",
                "application/json; charset=\"utf-8\""
            })
    void jsonMayBeNamedInSeveralWays(String type) {
        assertThat(status(
                        "POST /v1/things", "Content-Type: " + type + "\r\nContent-Length: 12\r\n", "{\"name\":\"a\"}"))
                .isEqualTo(201);
    }

    @Test
    void anAnswerToHeadHasNoBodyAndTheConnectionGoesOn() {
        try (RawClient client = server.client()) {
            for (String path :
                    List.of("/v1/names/a", "/v1/file", "/v1/stream", "/v1/nothing", "/health/live", "/v1/boom")) {
                client.send("HEAD " + path + " HTTP/1.1\r\n" + END);
                client.readHead();
            }
            assertThat(client.send("GET /v1/names/b HTTP/1.1\r\n" + END).read().text())
                    .isEqualTo("{\"name\":\"b\"}");
        }
    }

    @Test
    void aBrokenAnswerIsCutRatherThanFinished() {
        try (RawClient client = server.client()) {
            client.send("GET /v1/half HTTP/1.1\r\n" + END);

            assertThatThrownBy(client::read).isInstanceOf(AssertionError.class).hasMessageContaining("cut");
        }
    }

    @Test
    void aBodyIsTakenWhole() {
        String body = "x".repeat(5_000_000);
        assertThat(status("PUT /v1/raw", "Content-Length: 5000000\r\n", body)).isEqualTo(200);
        try (RawClient client = server.client()) {
            client.send("PUT /v1/raw HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n" + END);
            assertThat(client.readHead().status()).isEqualTo(100);
            assertThat(client.send("hello").read().text()).isEqualTo("{\"bytes\":5}");
        }
    }

    @Test
    void theClientsAddressIsThatOfThePeerUnlessAProxyOfOursSpeaks() {
        String forged = "X-Forwarded-For: " + "10.9.9.9, ".repeat(500) + "1.2.3.4\r\n";
        assertThat(body(server, "GET /v1/client", forged)).isEqualTo("{\"client\":\"127.0.0.1\"}");
        assertThat(body(secure, "GET /v1/client", forged)).isEqualTo("{\"client\":\"1.2.3.4\"}");
        assertThat(body(secure, "GET /v1/client", "X-Forwarded-For: 6.6.6.6, 1.2.3.4, 127.0.0.9\r\n"))
                .isEqualTo("{\"client\":\"1.2.3.4\"}");
        assertThat(body(secure, "GET /v1/client", "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 2001:db8::1\r\n"))
                .isEqualTo("{\"client\":\"2001:db8:0:0:0:0:0:1\"}");
        assertThat(body(secure, "GET /v1/client", "X-Forwarded-For: 1.2.3.4, localhost\r\n"))
                .isEqualTo("{\"client\":\"127.0.0.1\"}");
        assertThat(body(secure, "GET /v1/client", "")).isEqualTo("{\"client\":\"127.0.0.1\"}");
    }

    private static int status(String line, String headers, String body) {
        try (RawClient client = server.client()) {
            client.trySend(line + " HTTP/1.1\r\n" + headers + END + body);
            return client.read().status();
        }
    }

    private static String body(TestServer at, String line, String headers) {
        try (RawClient client = at.client()) {
            return client.send(line + " HTTP/1.1\r\n" + headers + END).read().text();
        }
    }

    /** Keeps the list of routes above honest: each of them is one a test server has. */
    @Test
    void theTableCanBeEnumerated() {
        assertThat(server.server.table().stream().map(Route::access))
                .contains(Access.OPEN, Access.CALLER, Access.ADMIN);
    }
}
