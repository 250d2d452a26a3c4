package dev.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.media.store.Facts;
import dev.millrace.platform.Ids;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Health;
import dev.millrace.platform.http.HttpConfig;
import dev.millrace.platform.http.Role;
import dev.millrace.platform.http.Scope;
import dev.millrace.platform.http.Server;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.http.wire.HttpLimits;
import dev.millrace.platform.json.Json;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files and assets over real HTTP. Who calls is said in a header; accounts are another room. */
@Timeout(240)
class DeliveryIT {
    private static final String ORIGIN = "https://app.example.com";
    private static final UUID STRANGER = Ids.next();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    static Path home;

    private static MediaKit kit;
    private static Server server;
    private static Asset clip;
    private static byte[] bytes;

    @BeforeAll
    static void open() throws Exception {
        kit = MediaKit.open(home);
        var listen = new HttpConfig.Listen("127.0.0.1", 0);
        var config = new HttpConfig(listen, listen, null, List.of(ORIGIN), List.of(), HttpLimits.DEFAULTS);
        var health = new Health(Map.of(), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        server = Server.start(
                config,
                request -> {
                    String account = request.headers()
                            .first(io.helidon.http.HeaderNames.AUTHORIZATION)
                            .orElse(null);
                    boolean reader = account != null && account.startsWith("read ");
                    return account == null
                            ? null
                            : Caller.ofKey(
                                    UUID.fromString(account.replace("read ", "")),
                                    new Caller.Key(Ids.next(), null, null),
                                    Role.USER,
                                    reader ? Set.of(Scope.READ) : EnumSet.allOf(Scope.class));
                },
                health,
                List.of(kit.media().routes(new Cursors(MediaKit.KEYS))));
        Path file = kit.clip("2");
        bytes = Files.readAllBytes(file);
        clip = kit.settled(file, Origin.OURS, MediaKind.VIDEO);
        assertThat(clip.status()).isEqualTo(AssetStatus.READY);
    }

    @AfterAll
    static void close() {
        server.close();
        kit.close();
    }

    @Test
    void aSignedAddressGivesTheWholeFileWithAllThatAPlayerNeeds() throws Exception {
        HttpResponse<byte[]> answer = get(url(), Map.of("Origin", ORIGIN));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(bytes);
        has(answer, "Content-Type", "video/mp4");
        has(answer, "Content-Length", "" + bytes.length);
        has(answer, "Accept-Ranges", "bytes");
        has(answer, "X-Content-Type-Options", "nosniff");
        has(answer, "Cross-Origin-Resource-Policy", "cross-origin");
        has(answer, "Access-Control-Allow-Origin", ORIGIN);
        has(answer, "Referrer-Policy", "no-referrer");
        assertThat(header(answer, "Access-Control-Expose-Headers")).contains("Content-Range");
        assertThat(header(answer, "ETag")).startsWith("\"").endsWith("\"");
        assertThat(header(answer, "Cache-Control")).matches("private, max-age=4[0-9]{4}, immutable");
        assertThat(header(answer, "Last-Modified")).endsWith(" GMT");
        assertThat(answer.headers().firstValue("Content-Disposition")).isEmpty();
        assertThat(answer.headers().firstValue("Transfer-Encoding")).isEmpty();
    }

    @Test
    void aRangeGivesExactlyThoseBytes() throws Exception {
        for (int[] range : new int[][] {{0, 0}, {100, 70_000}, {bytes.length - 1, bytes.length - 1}}) {
            HttpResponse<byte[]> answer = get(url(), Map.of("Range", "bytes=" + range[0] + "-" + range[1]));
            assertThat(answer.statusCode()).isEqualTo(206);
            assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(bytes, range[0], range[1] + 1));
            has(answer, "Content-Range", "bytes " + range[0] + "-" + range[1] + "/" + bytes.length);
            has(answer, "Content-Length", "" + (range[1] - range[0] + 1));
        }
        assertThat(get(url(), Map.of("Range", "bytes=-5")).body())
                .isEqualTo(Arrays.copyOfRange(bytes, bytes.length - 5, bytes.length));
        assertThat(get(url(), Map.of("Range", "bytes=0-")).statusCode()).isEqualTo(206);
        assertThat(get(url(), Map.of("Range", "bytes=0-0,5-9")).body()).hasSize(bytes.length);
    }

    @Test
    void aRangeBehindTheEndIsRefusedAndNotKept() throws Exception {
        HttpResponse<byte[]> answer = get(url(), Map.of("Range", "bytes=" + bytes.length + "-"));

        assertThat(answer.statusCode()).isEqualTo(416);
        assertThat(json(answer).path("code").asText()).isEqualTo("range_not_satisfiable");
        has(answer, "Content-Range", "bytes */" + bytes.length);
        has(answer, "Cache-Control", "no-store");
        has(answer, "Content-Type", "application/problem+json; charset=utf-8");
    }

    @Test
    void conditionsAreKeptAsTheyAreSaid() throws Exception {
        String tag = header(get(url(), Map.of()), "ETag");
        String date = header(get(url(), Map.of()), "Last-Modified");

        HttpResponse<byte[]> same = get(url(), Map.of("If-None-Match", tag));
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        has(same, "ETag", tag);
        assertThat(header(same, "Cache-Control")).contains("immutable");
        assertThat(get(url(), Map.of("If-Modified-Since", date)).statusCode()).isEqualTo(304);
        assertThat(get(url(), Map.of("Range", "bytes=0-9", "If-Range", tag)).statusCode())
                .isEqualTo(206);
        assertThat(get(url(), Map.of("Range", "bytes=0-9", "If-Range", "\"x\"")).statusCode())
                .isEqualTo(200);
        assertThat(get(url(), Map.of("If-Match", "\"x\"")).statusCode()).isEqualTo(412);
    }

    @Test
    void headTellsWhatGetWouldTellWithoutTheBytes() throws Exception {
        HttpResponse<byte[]> answer = send("HEAD", url(), Map.of("Range", "bytes=0-9"));

        assertThat(answer.statusCode()).isEqualTo(200);
        has(answer, "Content-Length", "" + bytes.length);
        has(answer, "Accept-Ranges", "bytes");
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void oneConnectionServesOneAnswerAfterTheOther() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            String tag = header(get(url(), Map.of()), "ETag");
            for (String extra : List.of("If-None-Match: " + tag, "Range: bytes=0-0", "Range: bytes=99999999-")) {
                socket.getOutputStream()
                        .write(("GET " + url() + " HTTP/1.1\r\nHost: x\r\n" + extra + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                String head = head(socket.getInputStream());
                assertThat(head).startsWith("HTTP/1.1 ");
                assertThat(socket.getInputStream().readNBytes(length(head))).hasSize(length(head));
            }
        }
    }

    @Test
    void anAlteredAddressIsForbidden() throws Exception {
        String[] parts = url().split("/", 6);
        String token = parts[3];
        for (String forged : List.of(
                "/media/" + Ids.next() + "/" + token + "/" + parts[4] + "/" + parts[5],
                "/media/" + clip.id() + "/" + token.replaceFirst("^.", "9") + "/" + parts[4] + "/" + parts[5],
                "/media/" + clip.id() + "/" + token + "x/" + parts[4] + "/" + parts[5],
                "/media/" + clip.id() + "/x/nothing")) {
            HttpResponse<byte[]> answer = get(forged, Map.of());
            assertThat(answer.statusCode()).as(forged).isEqualTo(403);
            assertThat(json(answer).path("code").asText()).isEqualTo("forbidden");
            has(answer, "Cache-Control", "no-store");
        }
    }

    @Test
    void noPathLeadsOutOfTheFolderOfTheAsset() throws Exception {
        String prefix = url().substring(0, url().indexOf("/0/"));
        for (String path : List.of(
                "/",
                "/0",
                "/0/",
                "/0//original.mp4",
                "/../owner",
                "/0/../../owner",
                "/0/..%2f..%2fowner",
                "/%2e%2e/owner",
                "/0/original.mp4/",
                "/0/ORIGINAL.mp4",
                "/0/original.mp4%00.jpg",
                "//etc/passwd",
                "/0/nothing.mp4",
                "/preview/1.jpg")) {
            int status = get(prefix + path, Map.of()).statusCode();
            assertThat(status).as(path).isIn(400, 404);
        }
    }

    @Test
    void noLinkIsFollowed() throws Exception {
        Path secret = kit.file("secret.txt", "secret".getBytes(StandardCharsets.US_ASCII));
        Files.createSymbolicLink(kit.home(clip.id()).resolve("0/link.mp4"), secret);
        Files.createSymbolicLink(kit.home(clip.id()).resolve("1"), secret.getParent());
        String prefix = url().substring(0, url().indexOf("/0/"));

        assertThat(get(prefix + "/0/link.mp4", Map.of()).statusCode()).isEqualTo(404);
        assertThat(get(prefix + "/1/secret.txt", Map.of()).statusCode()).isEqualTo(404);
    }

    @Test
    void relativeAddressesInATextTrackStayGood() throws Exception {
        Rendition track = clip.renditions().stream()
                .filter(one -> one.kind().equals("storyboard"))
                .findFirst()
                .orElseThrow();
        HttpResponse<byte[]> answer = get(track.url(), Map.of());
        has(answer, "Content-Type", "text/vtt; charset=utf-8");
        String sheet = URI.create(track.url()).resolve("storyboard-00.jpg").toString();

        assertThat(get(sheet, Map.of()).statusCode()).isEqualTo(200);
        has(get(sheet, Map.of()), "Content-Type", "image/jpeg");
    }

    @Test
    void everyRenditionCanBeFetchedAndIsAsLongAsItSays() throws Exception {
        for (Rendition rendition : clip.renditions()) {
            HttpResponse<byte[]> answer = get(rendition.url(), Map.of());
            assertThat(answer.statusCode()).as(rendition.name()).isEqualTo(200);
            assertThat(answer.body()).hasSize((int) rendition.bytes());
            assertThat(header(answer, "Content-Type")).startsWith(rendition.contentType());
        }
    }

    @Test
    void aPictureInTheMakingIsShownToo() throws Exception {
        UUID generation = Ids.next();
        Path picture = kit.make("p.jpg", "-f", "lavfi", "-i", "testsrc2=s=64x64", "-frames:v", "1");

        String url = Objects.requireNonNull(kit.media().preview(generation, 3, picture));

        assertThat(get(url, Map.of()).body()).isEqualTo(Files.readAllBytes(picture));
        assertThat(kit.media().preview(generation, 4, kit.file("x", new byte[10])))
                .isNull();
    }

    @Test
    void aHundredMegabytesArriveByteForByte() throws Exception {
        byte[] noise = new byte[100 * 1024 * 1024];
        new Random(7).nextBytes(noise);
        Path file = kit.file("noise.bin", noise);
        Stored stored = kit.media().stage(file);
        // no such file becomes ready, so its row is told to
        var provenance = new Provenance(MediaKit.ACCOUNT, Ids.next(), 0, Origin.OURS, MediaKind.AUDIO, "noise");
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(noise);
        kit.db().run(tx -> {
            kit.media().assets().insert(tx, stored, provenance);
            kit.media()
                    .assets()
                    .foundOut(tx, stored.asset(), new Facts(MediaKind.AUDIO, "audio/flac", hash, null, null, null));
            kit.media().assets().ready(tx, stored.asset());
        });

        HttpResponse<InputStream> answer = CLIENT.send(
                request("/v1/assets/" + stored.asset() + "/content")
                        .header("Authorization", MediaKit.ACCOUNT.toString())
                        .build(),
                BodyHandlers.ofInputStream());
        var arrived = MessageDigest.getInstance("SHA-256");
        long count = 0;
        try (InputStream in = answer.body()) {
            byte[] block = new byte[65_536];
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                arrived.update(block, 0, read);
                count += read;
            }
        }

        assertThat(count).isEqualTo(noise.length);
        assertThat(arrived.digest()).isEqualTo(hash);
        assertThat(answer.headers().firstValue("ETag"))
                .contains("\"" + HexFormat.of().formatHex(hash) + "\"");
    }

    @Test
    void anAssetIsShownToItsOwnerAsTheContractSays() throws Exception {
        HttpResponse<byte[]> answer = as(MediaKit.ACCOUNT, "GET", "/v1/assets/" + clip.id());

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode asset = json(answer);
        assertThat(asset.fieldNames())
                .toIterable()
                .containsExactly(
                        "id",
                        "kind",
                        "status",
                        "filename",
                        "content_type",
                        "bytes",
                        "sha256",
                        "width",
                        "height",
                        "duration_seconds",
                        "url",
                        "renditions",
                        "generation",
                        "error",
                        "created_at");
        assertThat(asset.path("kind").asText()).isEqualTo("video");
        assertThat(asset.path("status").asText()).isEqualTo("ready");
        assertThat(asset.path("duration_seconds").decimalValue()).isEqualByComparingTo("2");
        assertThat(asset.path("renditions").path(0).fieldNames())
                .toIterable()
                .containsExactly("name", "kind", "url", "content_type", "width", "height", "bytes");
    }

    @Test
    void nobodyElseSeesIt() throws Exception {
        for (String path : List.of("/v1/assets/" + clip.id(), "/v1/assets/" + clip.id() + "/content")) {
            assertThat(as(STRANGER, "GET", path).statusCode()).isEqualTo(404);
            assertThat(send("GET", path, Map.of()).statusCode()).isEqualTo(401);
        }
        assertThat(as(STRANGER, "DELETE", "/v1/assets/" + clip.id()).statusCode())
                .isEqualTo(404);
        assertThat(as(STRANGER, "GET", "/v1/jobs/" + job(clip)).statusCode()).isEqualTo(404);
        assertThat(json(as(STRANGER, "GET", "/v1/assets")).path("data")).isEmpty();
    }

    @Test
    void theOriginalIsADownloadThatNoPageRenders() throws Exception {
        HttpResponse<byte[]> answer = as(MediaKit.ACCOUNT, "GET", "/v1/assets/" + clip.id() + "/content");

        assertThat(answer.body()).isEqualTo(bytes);
        has(
                answer,
                "Content-Disposition",
                "attachment; filename=\"A paper boat.mp4\"; filename*=UTF-8''A%20paper%20boat.mp4");
        has(answer, "Cross-Origin-Resource-Policy", "same-origin");
        has(answer, "Cache-Control", "no-store");
        has(answer, "ETag", "\"" + clip.sha256() + "\"");
        assertThat(header(answer, "Content-Security-Policy"))
                .contains("default-src 'none'")
                .contains("sandbox");
    }

    @Test
    void aListHasPagesAndFilters() throws Exception {
        UUID owner = Ids.next();
        UUID generation = Ids.next();
        Path picture = kit.make("p.png", "-f", "lavfi", "-i", "testsrc2=s=64x64", "-frames:v", "1");
        for (int i = 0; i < 3; i++) {
            Stored stored = kit.media().stage(picture);
            var provenance = new Provenance(owner, generation, i, Origin.OURS, MediaKind.IMAGE, "picture " + i);
            Asset asset = kit.db().transact(tx -> kit.media().adopt(tx, stored, provenance));
            kit.settled(asset.id());
        }

        JsonNode first = json(as(owner, "GET", "/v1/assets?limit=2"));
        assertThat(first.path("data")).hasSize(2);
        assertThat(first.path("data").path(0).path("filename").asText()).isEqualTo("picture 2.png");
        JsonNode second = json(as(
                owner,
                "GET",
                "/v1/assets?limit=2&cursor=" + first.path("next_cursor").asText()));
        assertThat(second.path("data")).hasSize(1);
        assertThat(second.path("next_cursor").isNull()).isTrue();
        assertThat(json(as(owner, "GET", "/v1/assets?kind=image&status=ready&generation=" + generation))
                        .path("data"))
                .hasSize(3);
        assertThat(json(as(owner, "GET", "/v1/assets?kind=video")).path("data")).isEmpty();
        List<Asset> ordered = kit.db().read(tx -> kit.media().of(tx, generation));
        assertThat(ordered)
                .extracting(Asset::filename)
                .containsExactly("picture 0.png", "picture 1.png", "picture 2.png");
        for (String bad : List.of("kind=text", "status=done", "generation=x", "limit=0", "cursor=x")) {
            HttpResponse<byte[]> answer = as(owner, "GET", "/v1/assets?" + bad);
            assertThat(answer.statusCode()).as(bad).isEqualTo(400);
            assertThat(json(answer).path("errors").path(0).path("pointer").asText())
                    .isEqualTo("?" + bad.substring(0, bad.indexOf('=')));
        }
    }

    @Test
    void deletingRemovesTheAssetAndItsFiles() throws Exception {
        Path picture = kit.make("p.png", "-f", "lavfi", "-i", "testsrc2=s=64x64", "-frames:v", "1");
        Asset asset = kit.settled(picture, Origin.OURS, MediaKind.IMAGE);
        String url = Objects.requireNonNull(asset.url());

        assertThat(send("DELETE", "/v1/assets/" + asset.id(), Map.of("Authorization", "read " + MediaKit.ACCOUNT))
                        .statusCode())
                .isEqualTo(403);
        assertThat(as(MediaKit.ACCOUNT, "DELETE", "/v1/assets/" + asset.id()).statusCode())
                .isEqualTo(204);

        assertThat(as(MediaKit.ACCOUNT, "GET", "/v1/assets/" + asset.id()).statusCode())
                .isEqualTo(404);
        assertThat(as(MediaKit.ACCOUNT, "DELETE", "/v1/assets/" + asset.id()).statusCode())
                .isEqualTo(404);
        assertThat(get(url, Map.of()).statusCode()).isEqualTo(404);
        assertThat(kit.home(asset.id())).doesNotExist();
    }

    @Test
    void whatIsNotReadyHasNoContent() throws Exception {
        Stored stored = kit.media().stage(kit.file("x.png", new byte[100]));
        var provenance = new Provenance(MediaKit.ACCOUNT, Ids.next(), 0, Origin.OURS, MediaKind.IMAGE, "x");
        kit.db().run(tx -> kit.media().assets().insert(tx, stored, provenance));
        String path = "/v1/assets/" + stored.asset();

        HttpResponse<byte[]> answer = as(MediaKit.ACCOUNT, "GET", path + "/content");
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(as(MediaKit.ACCOUNT, "DELETE", path).statusCode()).isEqualTo(409);

        kit.db()
                .run(tx -> kit.media()
                        .assets()
                        .reject(tx, stored.asset(), "unprocessable_media", "It is no picture.", false));
        assertThat(as(MediaKit.ACCOUNT, "GET", path + "/content").statusCode()).isEqualTo(409);
        JsonNode error = json(as(MediaKit.ACCOUNT, "GET", path)).path("error");
        assertThat(error.path("code").asText()).isEqualTo("unprocessable_media");
        assertThat(error.path("detail").asText()).isEqualTo("It is no picture.");
        assertThat(error.path("status").asInt()).isEqualTo(422);
    }

    @Test
    void aJobTellsHowItEnded() throws Exception {
        JsonNode job = json(as(MediaKit.ACCOUNT, "GET", "/v1/jobs/" + job(clip)));

        assertThat(job.path("asset").asText()).isEqualTo(clip.id().toString());
        assertThat(job.path("preset").asText()).isEqualTo("intake");
        assertThat(job.path("status").asText()).isEqualTo("completed");
        assertThat(job.path("percent").asDouble()).isEqualTo(100);
        assertThat(job.path("links").path("asset").asText()).isEqualTo("/v1/assets/" + clip.id());
        assertThat(job.path("finished_at").asText()).isNotEmpty();
    }

    private static String url() {
        return Objects.requireNonNull(clip.url());
    }

    private static UUID job(Asset asset) {
        return kit.db()
                .read(tx -> tx.query("SELECT id FROM media_job WHERE asset = :asset")
                        .bind("asset", asset.id())
                        .mapTo(UUID.class)
                        .one());
    }

    private static HttpResponse<byte[]> as(UUID account, String method, String path) throws Exception {
        return send(method, path, Map.of("Authorization", account.toString()));
    }

    private static HttpResponse<byte[]> get(String path, Map<String, String> headers) throws Exception {
        return send("GET", path, headers);
    }

    private static HttpResponse<byte[]> send(String method, String path, Map<String, String> headers) throws Exception {
        var request = request(path).method(method, BodyPublishers.noBody());
        headers.forEach(request::header);
        return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private static JsonNode json(HttpResponse<byte[]> answer) {
        return Json.tree(answer.body());
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElseThrow();
    }

    private static void has(HttpResponse<?> answer, String name, String value) {
        assertThat(answer.headers().allValues(name)).as(name).containsExactly(value);
    }

    private static String head(InputStream in) throws Exception {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            assertThat(next).as("end of the connection after " + head).isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }

    private static int length(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:"))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElseThrow();
    }
}
