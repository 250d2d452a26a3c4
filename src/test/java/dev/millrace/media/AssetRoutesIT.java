package dev.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.Ids;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Assets as their owner sees them, and nobody else. */
@Timeout(240)
@Tag("film")
class AssetRoutesIT extends DeliveryHouse {
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

    private static UUID job(Asset asset) {
        return kit.db()
                .read(tx -> tx.query("SELECT id FROM media_job WHERE asset = :asset")
                        .bind("asset", asset.id())
                        .mapTo(UUID.class)
                        .one());
    }
}
