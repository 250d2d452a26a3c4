package dev.millrace.generation.openai;

import static dev.millrace.generation.openai.FaceHouse.error;
import static dev.millrace.generation.openai.FaceHouse.over;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.SseReader;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Images and videos over raw HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("alone")
class PicturesIT {
    private static final String IMAGES = "/openai/v1/images/generations";
    private static final String VIDEOS = "/openai/v1/videos";

    private FaceHouse house;

    @BeforeAll
    void open() {
        house = new FaceHouse();
    }

    @AfterAll
    void close() {
        house.close();
    }

    @Test
    void imagesAreAnsweredAsTheyAre() {
        Api person = house.person();
        Api.Answer answer = person.post(
                IMAGES,
                Map.of("model", "studio/image", "prompt", "a boat", "n", 2, "size", "256x128", "quality", "auto"));
        JsonNode body = answer.expect(200).json();
        assertThat(body.path("data")).hasSize(2);
        assertThat(body.path("output_format").asText()).isEqualTo("png");
        assertThat(body.path("size").asText()).isEqualTo("256x128");
        for (JsonNode image : body.path("data")) {
            assertThat(Base64.getDecoder().decode(image.path("b64_json").asText()))
                    .startsWith(0x89, 'P', 'N', 'G');
        }
        JsonNode row = over(person, Objects.requireNonNull(answer.header("X-Generation-Id")));
        assertThat(FaceHouse.charged(row)).isEqualByComparingTo("2");
    }

    @Test
    void imagesAreAnsweredAsAddressesThatCanBeFetchedByAnybody() {
        JsonNode body = house.person()
                .post(
                        IMAGES,
                        Map.of(
                                "model",
                                "studio/image",
                                "prompt",
                                "a boat",
                                "size",
                                "128x128",
                                "response_format",
                                "url"))
                .expect(200)
                .json();
        String url = body.path("data").path(0).path("url").asText();
        assertThat(url).startsWith(house.house().address().toString());
        assertThat(Api.anonymous(house.house().address()).get(url).expect(200).header("Content-Type"))
                .isEqualTo("image/png");
    }

    @Test
    void imagesAreStreamedWithPicturesInTheMaking() {
        Api.Answer answer = house.person()
                .post(
                        IMAGES,
                        Map.of(
                                "model",
                                "studio/image",
                                "prompt",
                                "a boat",
                                "size",
                                "512x512",
                                "stream",
                                true,
                                "partial_images",
                                2));
        List<SseReader.Event> events = events(answer);
        assertThat(events.getLast().event()).isEqualTo("image_generation.completed");
        assertThat(events.subList(0, events.size() - 1))
                .allMatch(event -> event.event().equals("image_generation.partial_image"))
                .hasSizeLessThanOrEqualTo(2);
        for (SseReader.Event event : events) {
            JsonNode data = json(event.data());
            assertThat(data.path("type").asText()).isEqualTo(event.event());
            assertThat(Base64.getDecoder().decode(data.path("b64_json").asText()))
                    .isNotEmpty();
        }
    }

    @Test
    void whatAModelOfImagesDoesNotHaveIsRefusedByItsName() {
        Api person = house.person();
        assertThat(error(person.post(IMAGES, Map.of("model", "studio/image", "prompt", "a", "style", "vivid")), 400)
                        .path("param")
                        .asText())
                .isEqualTo("style");
        assertThat(error(person.post(IMAGES, Map.of("model", "studio/image", "prompt", "a", "size", "big")), 400)
                        .path("param")
                        .asText())
                .isEqualTo("size");
        assertThat(error(person.post(IMAGES, Map.of("model", "studio/image", "prompt", "a", "n", 9)), 400)
                        .path("param")
                        .asText())
                .isEqualTo("n");
        assertThat(error(person.post(IMAGES, Map.of("model", "studio/image")), 400)
                        .path("code")
                        .asText())
                .isEqualTo("missing_required_parameter");
        assertThat(error(person.post(IMAGES, Map.of("model", "studio/text", "prompt", "a")), 404)
                        .path("param")
                        .asText())
                .isEqualTo("model");
    }

    @Test
    void anImageThatFailsHasItsStatus() {
        JsonNode error = error(
                house.person()
                        .post(
                                IMAGES,
                                Map.of(
                                        "model",
                                        "studio/chaos-image",
                                        "prompt",
                                        "a",
                                        "status",
                                        400,
                                        "fail_times",
                                        9,
                                        "stream",
                                        true)),
                502);
        assertThat(error.path("code").asText()).isEqualTo("provider_failed");
    }

    @Test
    void aVideoIsBegunWatchedFetchedAndDeleted() {
        Api person = house.person();
        JsonNode begun = person.post(
                        VIDEOS, Map.of("model", "studio/video", "prompt", "a boat", "seconds", "1", "size", "256x144"))
                .expect(200)
                .json();
        String id = begun.path("id").asText();
        assertThat(begun.path("object").asText()).isEqualTo("video");
        assertThat(begun.path("status").asText()).isIn("queued", "in_progress");
        assertThat(begun.path("seconds").asText()).isEqualTo("1");
        assertThat(begun.path("size").asText()).isEqualTo("256x144");
        Api.Answer early = person.get(VIDEOS + "/" + id + "/content");
        if (early.status() != 200) {
            error(early, 409);
            assertThat(early.header("x-should-retry")).isEqualTo("true");
            error(person.delete(VIDEOS + "/" + id), 409);
        }

        over(person, id);

        JsonNode made = person.get(VIDEOS + "/" + id).expect(200).json();
        assertThat(made.path("status").asText()).isEqualTo("completed");
        assertThat(made.path("progress").asInt()).isEqualTo(100);
        assertThat(made.path("completed_at").isIntegralNumber()).isTrue();
        Api.Answer film = person.get(VIDEOS + "/" + id + "/content").expect(200);
        assertThat(film.header("Content-Type")).isEqualTo("video/mp4");
        assertThat(film.response().body()).hasSizeGreaterThan(1000);
        assertThat(person.send("GET", VIDEOS + "/" + id + "/content", null, Map.of("Range", "bytes=0-99"))
                        .status())
                .isEqualTo(206);
        assertThat(person.get(VIDEOS + "/" + id + "/content?variant=thumbnail")
                        .expect(200)
                        .header("Content-Type"))
                .startsWith("image/");
        error(person.get(VIDEOS + "/" + id + "/content?variant=nonsense"), 400);
        error(house.person().get(VIDEOS + "/" + id), 404);
        JsonNode gone = person.delete(VIDEOS + "/" + id).expect(200).json();
        assertThat(gone.path("deleted").asBoolean()).isTrue();
        assertThat(gone.path("object").asText()).isEqualTo("video.deleted");
        error(person.get(VIDEOS + "/" + id), 404);
    }

    @Test
    void aVideoIsAlsoBegunByAForm() {
        Api person = house.person();
        String form = form(
                "--b",
                "Content-Disposition: form-data; name=\"model\"",
                "",
                "studio/video",
                "--b",
                "Content-Disposition: form-data; name=\"prompt\"",
                "",
                "a boat \ud83d\ude80",
                "--b",
                "Content-Disposition: form-data; name=\"seconds\"",
                "",
                "2",
                "--b--",
                "");
        var headers = Map.of("Content-Type", "multipart/form-data; boundary=b", "Idempotency-Key", "form-1");
        JsonNode begun = person.send("POST", VIDEOS, form, headers).expect(200).json();
        assertThat(begun.path("prompt").asText()).isEqualTo("a boat \ud83d\ude80");
        assertThat(begun.path("seconds").asText()).isEqualTo("2");
        Api.Answer again = person.send("POST", VIDEOS, form, headers);
        assertThat(again.expect(200).json().path("id")).isEqualTo(begun.path("id"));
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        person.post("/v1/generations/" + begun.path("id").asText() + "/cancellation", Map.of())
                .expect(202);
        over(person, begun.path("id").asText());
        JsonNode canceled =
                person.get(VIDEOS + "/" + begun.path("id").asText()).expect(200).json();
        assertThat(canceled.path("status").asText()).isEqualTo("failed");
        assertThat(canceled.path("error").path("code").asText()).isEqualTo("canceled");
    }

    @Test
    void aBodyThatIsNeitherAFormNorJsonIsRefused() {
        error(house.person().send("POST", VIDEOS, "x", Map.of("Content-Type", "text/plain")), 415);
    }

    private static String form(String... lines) {
        return String.join("\r\n", lines);
    }

    private static List<SseReader.Event> events(Api.Answer answer) {
        var events = new ArrayList<SseReader.Event>();
        try (var reader =
                new SseReader(new ByteArrayInputStream(answer.expect(200).text().getBytes(StandardCharsets.UTF_8)))) {
            for (SseReader.Event event = reader.next(); event != null; event = reader.next()) {
                events.add(event);
            }
        }
        return events;
    }

    private static JsonNode json(String text) {
        try {
            return Api.JSON.readTree(text);
        } catch (java.io.IOException broken) {
            throw new AssertionError(text, broken);
        }
    }
}
