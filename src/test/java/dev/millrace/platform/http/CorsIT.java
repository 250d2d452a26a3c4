package dev.millrace.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.http.HttpConfig.Listen;
import dev.millrace.platform.http.wire.HttpLimits;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of other hosts: exactly the configured ones may call, and the others are told nothing. */
class CorsIT {
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

    @Test
    void aListedOriginMayReadTheAnswer() {
        RawClient.Answer answer = ask("GET /v1/names/a", "Origin: https://good.com\r\n");

        assertThat(answer.header("access-control-allow-origin")).isEqualTo("https://good.com");
        assertThat(answer.header("access-control-allow-credentials")).isEqualTo("true");
        assertThat(answer.header("access-control-expose-headers"))
                .contains("Location", "Retry-After", "RateLimit", "X-Request-Id", "X-Generation-Id", "Upload-Offset");
        assertThat(answer.header("vary")).isEqualTo("Origin");
    }

    @Test
    void aListedOriginMayReadRefusalsToo() {
        assertThat(ask("GET /v1/mine", "Origin: https://good.com\r\n").header("access-control-allow-origin"))
                .isEqualTo("https://good.com");
        assertThat(ask("GET /v1/names/a", "Content-Length: 5\r\nContent-Length: 6\r\nOrigin: https://good.com\r\n")
                        .header("access-control-allow-origin"))
                .isEqualTo("https://good.com");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "https://evil.com",
                "https://good.com.evil.com",
                "https://evilgood.com",
                "https://goodXcom",
                "http://good.com",
                "https://good.com:444",
                "https://good.com:443",
                "https://GOOD.com",
                "HTTPS://good.com",
                "https://good.com.",
                "https://good.com/",
                "https://good.com ,https://evil.com",
                "https://g\u00f6od.com",
                "https://user@good.com",
                "*",
                ""
            })
    void anyOtherOriginIsToldNothing(String origin) {
        RawClient.Answer answer = ask("GET /v1/names/a", "Origin: " + origin + "\r\n");
        RawClient.Answer preflight =
                ask("OPTIONS /v1/names/a", "Origin: " + origin + "\r\nAccess-Control-Request-Method: GET\r\n");

        assertThat(answer.headers().keySet()).noneMatch(name -> name.startsWith("access-control-"));
        assertThat(answer.header("vary")).isEqualTo("Origin");
        assertThat(preflight.headers().keySet()).noneMatch(name -> name.startsWith("access-control-"));
        assertThat(preflight.status()).isIn(400, 403);
    }

    @Test
    void twoOriginsAreNone() {
        assertThat(ask("GET /v1/names/a", "Origin: https://good.com\r\nOrigin: https://good.com\r\n")
                        .headers())
                .doesNotContainKey("access-control-allow-origin");
        assertThat(ask("GET /v1/names/a", "Origin: https://evil.com\r\nOrigin: https://good.com\r\n")
                        .headers())
                .doesNotContainKey("access-control-allow-origin");
    }

    @Test
    void aPreflightNamesWhatThePathKnows() {
        RawClient.Answer answer = preflight("/v1/mine", "POST", "authorization, content-type, idempotency-key");

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("access-control-allow-origin")).isEqualTo("https://good.com");
        assertThat(answer.header("access-control-allow-methods")).isEqualTo("GET, HEAD, OPTIONS, POST");
        assertThat(answer.header("access-control-allow-headers")).contains("Authorization", "Upload-Offset");
        assertThat(answer.header("access-control-max-age")).isEqualTo("600");
    }

    @Test
    void aPreflightForWhatIsNotThereIsRefused() {
        assertThat(preflight("/v1/names/a", "PUT", "").status()).isEqualTo(403);
        assertThat(preflight("/v1/names/a", "GET", "x-evil").status()).isEqualTo(403);
        assertThat(preflight("/v1/nothing", "GET", "").status()).isEqualTo(404);
    }

    @Test
    void aPageOfAnotherSiteChangesNothing() {
        String json = "Content-Type: application/json\r\nContent-Length: 12\r\n";
        String body = "{\"name\":\"a\"}";
        assertThat(ask("POST /v1/things", json + "Sec-Fetch-Site: cross-site\r\nOrigin: https://evil.com\r\n", body)
                        .status())
                .isEqualTo(403);
        assertThat(ask("POST /v1/things", json + "Sec-Fetch-Site: same-site\r\n", body)
                        .status())
                .isEqualTo(403);
        assertThat(ask("POST /v1/things", json + "Sec-Fetch-Site: cross-site\r\nOrigin: https://good.com\r\n", body)
                        .status())
                .isEqualTo(201);
        assertThat(ask("POST /v1/things", json + "Sec-Fetch-Site: same-origin\r\n", body)
                        .status())
                .isEqualTo(201);
        assertThat(ask("GET /v1/names/a", "Sec-Fetch-Site: cross-site\r\n").status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "good.com",
                "https://*.good.com",
                "https://good.com/",
                "https://good.com/x",
                "https://",
                "ftp://good.com",
                "null"
            })
    void whatIsNoExactOriginDoesNotStart(String origin) {
        var free = new Listen("127.0.0.1", 0);

        assertThatThrownBy(() -> new HttpConfig(free, free, null, List.of(origin), List.of(), HttpLimits.DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static RawClient.Answer preflight(String path, String method, String headers) {
        String asked = headers.isEmpty() ? "" : "Access-Control-Request-Headers: " + headers + "\r\n";
        return ask(
                "OPTIONS " + path,
                "Origin: https://good.com\r\nAccess-Control-Request-Method: " + method + "\r\n" + asked);
    }

    private static RawClient.Answer ask(String line, String headers) {
        return ask(line, headers, "");
    }

    private static RawClient.Answer ask(String line, String headers, String body) {
        try (RawClient client = server.client()) {
            return client.send(line + " HTTP/1.1\r\n" + headers + END + body).read();
        }
    }
}
