package dev.millrace.platform.http.pages;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Health;
import dev.millrace.platform.http.HttpConfig;
import dev.millrace.platform.http.RawClient;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Server;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.testing.Api;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PagesIT {
    private static Server server;
    private static Api browser;

    @BeforeAll
    static void open() {
        HttpConfig plain = HttpConfig.loopback();
        var config = new HttpConfig(
                plain.main(),
                plain.ops(),
                URI.create("https://mill.example.com"),
                List.of(),
                List.of(),
                plain.limits());
        Routes calls = () -> List.of(Route.get(
                "/v1/names/{name}", Access.OPEN, (request, response) -> Answers.json(response, 200, Map.of())));
        server = Server.start(
                config,
                request -> null,
                new Health(Map.of(), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)),
                List.of(Pages.open(config), calls));
        browser = Api.anonymous(URI.create("http://127.0.0.1:" + server.port()));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/gallery",
                "/runs/0198c0de-0000-7000-8000-000000000001",
                "/sign-in?next=%2Fgallery",
                "/a/b/c/"
            })
    void everyOtherAddressIsTheClients(String path) {
        Api.Answer page = browser.get(path).expect(200);

        assertThat(page.header("content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(page.header("cache-control")).isEqualTo("no-cache");
        assertThat(page.text()).contains("<mr-app>");
    }

    @Test
    void noScriptRunsButOurFilesAndTheImportMap() throws Exception {
        Api.Answer page = browser.get("/").expect(200);
        var map = Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL)
                .matcher(page.text());
        assertThat(map.find()).isTrue();
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(map.group(1).getBytes(StandardCharsets.UTF_8));

        assertThat(page.header("content-security-policy"))
                .isEqualTo("default-src 'self'; script-src 'self' 'sha256-"
                        + Base64.getEncoder().encodeToString(hash)
                        + "'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:; "
                        + "connect-src 'self'; object-src 'none'; base-uri 'none'; "
                        + "form-action 'self' https://checkout.stripe.com https://billing.stripe.com; "
                        + "frame-ancestors 'none'; script-src-attr 'none'; upgrade-insecure-requests");
        assertThat(page.text()).doesNotContain("<script>", "onclick=", "style=\"");
    }

    @Test
    void everyModuleOfTheImportMapIsThere() throws Exception {
        var map = Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL)
                .matcher(browser.get("/").text());
        assertThat(map.find()).isTrue();
        for (var module : Api.JSON.readTree(map.group(1)).get("imports")) {
            if (!module.asText().endsWith("/")) {
                Api.Answer answer = browser.get(module.asText()).expect(200);
                assertThat(answer.header("content-type")).isEqualTo("text/javascript; charset=utf-8");
            }
        }
    }

    @Test
    void aFileIsNotSentTwice() {
        Api.Answer first = browser.get("/app.css").expect(200);
        Api.Answer again = browser.send("GET", "/app.css", null, Map.of("If-None-Match", first.header("etag")));

        assertThat(first.header("content-type")).isEqualTo("text/css; charset=utf-8");
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.response().body()).isEmpty();
    }

    @Test
    void textIsCompressedForWhoeverTakesIt() {
        Api.Answer plain = browser.get("/app.css").expect(200);
        Api.Answer small = browser.send("GET", "/app.css", null, Map.of("Accept-Encoding", "br, gzip"))
                .expect(200);
        Api.Answer refused = browser.send("GET", "/app.css", null, Map.of("Accept-Encoding", "gzip;q=0"))
                .expect(200);

        assertThat(small.header("content-encoding")).isEqualTo("gzip");
        assertThat(small.response().headers().allValues("vary")).containsExactlyInAnyOrder("Accept-Encoding", "Origin");
        assertThat(small.response().body().length).isLessThan(plain.response().body().length / 2);
        assertThat(refused.header("content-encoding")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1",
                "/v1/nothing",
                "/openai/v1/responses",
                "/media/x",
                "/health/other",
                "/metrics",
                "/.well-known/other",
                "/js/none.js",
                "/none.png",
                "/webjars/lit/none.js",
                "/webjars/none/index.js",
                "/webjars/lit",
                "/docs/none",
                "/webjars/lit/../../../maven/org.webjars.npm/lit/pom.properties",
                "/webjars/lit/%2e%2e/lit/3.3.2/index.js",
                "/problems/none",
                "/docs/../index.html",
                "/..%2f..%2fMETA-INF/NOTICE.txt",
                "/%2e%2e/META-INF/services"
            })
    void whatIsNotThereIsNotThere(String path) {
        assertThat(browser.get(path).expect(404).code()).isEqualTo("not_found");
    }

    @Test
    void pagesAreOnlyRead() {
        assertThat(browser.send("POST", "/gallery", null, Map.of()).status()).isEqualTo(405);
        assertThat(browser.send("HEAD", "/gallery", null, Map.of()).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(ProblemType.class)
    void everyProblemHasItsPage(ProblemType type) {
        Api.Answer page = browser.get("/problems/" + type.code()).expect(200);

        assertThat(page.text())
                .contains(type.code(), String.valueOf(type.status()), "<h1>" + Html.escape(type.title()));
    }

    @Test
    void theLicencesNameWhatNeedsAWord() {
        assertThat(browser.get("/licenses").expect(200).text())
                .contains("FFmpeg", "GNU General Public License", "https://ffmpeg.org/releases/");
    }

    @Test
    void nobodyIsConnectedToAnotherServer() {
        try (var client = new RawClient(server.port())) {
            RawClient.Answer answer =
                    client.send("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n").read();

            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("allow")).contains("GET").doesNotContain("CONNECT");
        }
    }

    @Test
    void theTextsOfTheLicencesAreOneStepAway() {
        var links = Pattern.compile("href=\"(/licenses/[^\"]+)\"")
                .matcher(browser.get("/licenses").expect(200).text())
                .results()
                .map(link -> link.group(1))
                .distinct()
                .toList();

        assertThat(links).contains("/licenses/GPL-3.0.txt", "/licenses/OpenSSL.txt", "/licenses/PostgreSQL.txt");
        for (String link : links) {
            Api.Answer text = browser.get(link).expect(200);
            assertThat(text.header("content-type")).startsWith("text/plain");
            assertThat(text.text()).hasSizeGreaterThan(500);
        }
        browser.get("/licenses/nothing.txt").expect(404);
        browser.get("/licenses/NOTICE").expect(404);
    }

    @Test
    void theDocumentationIsServed() {
        assertThat(browser.get("/docs").expect(200).text()).contains("/openapi.yaml");
        Api.Answer spec = browser.get("/openapi.yaml").expect(200);
        assertThat(spec.header("content-type")).startsWith("application/yaml");
        assertThat(spec.text()).startsWith("openapi: 3.1");
        browser.get("/docs/docs.css").expect(200);
        assertThat(browser.get("/docs/").expect(200).text())
                .isEqualTo(browser.get("/docs").text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/problems", "/problems/"})
    void theListOfProblemsLeadsToEachOfThem(String path) {
        String page = browser.get(path).expect(200).text();

        for (ProblemType type : ProblemType.values()) {
            assertThat(page).contains("href=\"/problems/" + type.code() + "\"");
        }
    }
}
