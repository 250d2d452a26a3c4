package dev.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.store.Facts;
import dev.millrace.platform.Ids;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files over real HTTP, behind signed addresses. */
@Timeout(240)
@Tag("film")
class DeliveryIT extends DeliveryHouse {
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
