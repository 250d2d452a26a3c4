package dev.millrace.generation.openai;

import static dev.millrace.generation.openai.FaceHouse.error;
import static dev.millrace.generation.openai.FaceHouse.over;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.Looks;
import dev.millrace.testing.TestServices;
import dev.millrace.testing.Waiting;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Videos that begin with a picture, by OpenAI's protocol. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("film")
class ReferencesIT {
    private static final String VIDEOS = "/openai/v1/videos";

    @TempDir
    Path folder;

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
    void aPictureInAFormIsTheBeginningOfTheFilm() throws Exception {
        Api person = house.person();
        byte[] picture = png(320, 180, 1);

        JsonNode begun = form(person, picture, Map.of()).expect(200).json();
        JsonNode row = over(person, begun.path("id").asText());

        assertThat(row.path("status").asText()).as(row.toString()).isEqualTo("completed");
        JsonNode asset = person.get("/v1/assets/" + row.at("/inputs/0").asText())
                .expect(200)
                .json();
        assertThat(asset.path("status").asText()).isEqualTo("ready");
        assertThat(asset.path("generation").isNull()).isTrue();
        assertThat(asset.path("filename").asText()).isEqualTo("a boat.png");
        Path film = Files.write(
                folder.resolve("film.mp4"),
                person.get(VIDEOS + "/" + begun.path("id").asText() + "/content")
                        .expect(200)
                        .response()
                        .body());
        var looks = new Looks(TestServices.tools());
        Path first = looks.still(film, 0, folder.resolve("first.png"));
        assertThat(looks.ssim(first, Files.write(folder.resolve("sent.png"), picture)))
                .isGreaterThan(0.85);
        assertThat(looks.ssim(first, Files.write(folder.resolve("other.png"), png(320, 180, 2))))
                .isLessThan(0.7);
    }

    @Test
    void thePictureBelongsToWhatAKeyStandsForAndIsKeptOnce() throws Exception {
        Api person = house.person();
        byte[] picture = png(64, 64, 3);
        Map<String, String> key = Map.of("Idempotency-Key", "film-1");

        JsonNode begun = form(person, picture, key).expect(200).json();
        Api.Answer again = form(person, picture, key).expect(200);
        assertThat(again.json().path("id")).isEqualTo(begun.path("id"));
        assertThat(again.header("Idempotent-Replayed"))
                .as("whatever its boundary")
                .isEqualTo("true");
        assertThat(error(form(person, png(64, 64, 4), key), 422).path("code").asText())
                .isEqualTo("idempotency_mismatch");
        JsonNode other = form(person, picture, Map.of()).expect(200).json();

        assertThat(other.path("id")).isNotEqualTo(begun.path("id"));
        assertThat(uploads(person)).isEqualTo(1);
        over(person, begun.path("id").asText());
        over(person, other.path("id").asText());
    }

    @Test
    void aPictureMayAlsoBeADataUrlOrAnAsset() throws Exception {
        Api person = house.person();
        byte[] picture = noise(400, 300);
        assertThat(picture.length).as("longer than any text").isGreaterThan(100_000);
        String url = "data:image/png;base64," + Base64.getEncoder().encodeToString(picture);

        String first = json(person, "{\"image_url\":\"" + url + "\"}")
                .expect(200)
                .json()
                .path("id")
                .asText();
        String asset = over(person, first).at("/inputs/0").asText();
        String second = json(person, "{\"file_id\":\"" + asset + "\"}")
                .expect(200)
                .json()
                .path("id")
                .asText();
        byte[] form = (field("prompt", "a boat") + field("model", "studio/video") + field("seconds", "1")
                        + field("size", "256x144") + field("input_reference[file_id]", asset) + "--b--\r\n")
                .getBytes(StandardCharsets.UTF_8);
        String third = person.post(VIDEOS, "multipart/form-data; boundary=b", form, Map.of())
                .expect(200)
                .json()
                .path("id")
                .asText();

        for (String id : new String[] {first, second, third}) {
            assertThat(over(person, id).at("/inputs/0").asText()).isEqualTo(asset);
            assertThat(over(person, id).path("status").asText()).isEqualTo("completed");
        }
        assertThat(uploads(person)).isEqualTo(1);
    }

    @Test
    void aVendorIsHandedACopyInTheSizeOfTheFilm() throws Exception {
        Api person = house.person();
        byte[] form = parts("openai/sora-2", "a boat to a vendor", "4", "1280x720", png(640, 480, 5));

        String id = person.post(VIDEOS, "multipart/form-data; boundary=b", form, Map.of())
                .expect(200)
                .json()
                .path("id")
                .asText();

        assertThat(over(person, id).path("status").asText()).isEqualTo("completed");
        BufferedImage handed =
                ImageIO.read(new ByteArrayInputStream(house.vendor().reference("a boat to a vendor")));
        assertThat(handed.getWidth() + "x" + handed.getHeight()).isEqualTo("1280x720");
    }

    @Test
    void whatCannotBeUsedIsRefusedAndLeavesNothing() throws Exception {
        Api person = house.person();
        String refused = "multipart/form-data; boundary=b";
        byte[] hostile = "#EXTM3U\n#EXT-X-TARGETDURATION:1\nfile:///etc/passwd\n".getBytes(StandardCharsets.US_ASCII);
        byte[] torn = Arrays.copyOf(png(200, 200, 6), 80);
        for (byte[] bytes : new byte[][] {hostile, torn, {}}) {
            JsonNode error = error(form(person, bytes, Map.of()), 422);
            assertThat(error.path("param").asText()).isEqualTo("input_reference");
            assertThat(error.path("code").asText()).isEqualTo("unprocessable_media");
        }
        byte[] good = png(64, 64, 7);
        assertThat(error(
                                person.post(
                                        VIDEOS, refused, parts("nobody/nothing", "x", "1", "256x144", good), Map.of()),
                                404)
                        .path("code")
                        .asText())
                .isEqualTo("model_not_found");
        assertThat(error(person.post(VIDEOS, refused, parts("studio/video", "x", "99", "256x144", good), Map.of()), 400)
                        .path("param")
                        .asText())
                .isEqualTo("seconds");
        house.house().db().run(tx -> tx.update("""
                                INSERT INTO model (id, kind, provider, options, price, cancel_policy, expected_seconds, deadline_seconds)
                                SELECT 'studio/words-alone', kind, provider, options, price, cancel_policy, 5, 100
                                FROM model WHERE id = 'studio/video'""").execute());
        JsonNode taken = Waiting.forValue("the model is known", Duration.ofSeconds(10), () -> {
            Api.Answer answer =
                    person.post(VIDEOS, refused, parts("studio/words-alone", "x", "1", "256x144", good), Map.of());
            return answer.status() == 404 ? null : error(answer, 400);
        });
        assertThat(taken.path("param").asText()).isEqualTo("input_reference");
        assertThat(taken.path("code").asText()).isEqualTo("unsupported_parameter");
        Api poor = house.narrow();
        error(poor.post(VIDEOS, refused, parts("studio/video", "x", "4", "256x144", good), Map.of()), 402);

        assertThat(uploads(person)).isZero();
        assertThat(uploads(poor)).isZero();
        assertThat(person.get("/v1/generations").json().path("data")).isEmpty();
    }

    @Test
    void aReferenceThatIsNoneIsRefusedWithItsName() throws Exception {
        Api person = house.person();
        for (String reference : new String[] {
            "\"a.png\"",
            "7",
            "[]",
            "{}",
            "{\"url\":\"x\"}",
            "{\"image_url\":7}",
            "{\"image_url\":\"https://example.com/a.png\"}",
            "{\"image_url\":\"file:///etc/passwd\"}",
            "{\"image_url\":\"data:image/png;base64,!!\"}",
            "{\"image_url\":\"data:image/png;base64,AA==\",\"file_id\":\"x\"}",
            "{\"file_id\":\"x\"}"
        }) {
            assertThat(error(json(person, reference), 400).path("param").asText())
                    .as(reference)
                    .isEqualTo("input_reference");
        }
        JsonNode unknown = error(json(person, "{\"file_id\":\"" + UUID.randomUUID() + "\"}"), 422);
        assertThat(unknown.path("param").asText()).isEqualTo("input_reference");
        assertThat(unknown.path("message").asText()).isEqualTo("input_reference names no asset of this account.");
        byte[] picture = png(16, 16, 8);
        byte[] two = bytes(
                field("prompt", "x").getBytes(StandardCharsets.UTF_8),
                file("input_reference", picture),
                file("input_reference", picture),
                "--b--\r\n".getBytes(StandardCharsets.UTF_8));
        byte[] elsewhere = bytes(
                field("prompt", "x").getBytes(StandardCharsets.UTF_8),
                file("mask", picture),
                "--b--\r\n".getBytes(StandardCharsets.UTF_8));
        assertThat(error(person.post(VIDEOS, "multipart/form-data; boundary=b", two, Map.of()), 400)
                        .path("param")
                        .asText())
                .isEqualTo("input_reference");
        assertThat(error(person.post(VIDEOS, "multipart/form-data; boundary=b", elsewhere, Map.of()), 400)
                        .path("param")
                        .asText())
                .isEqualTo("mask");
        assertThat(uploads(person)).isZero();
    }

    /** A film of a second, each time with another boundary. */
    private static Api.Answer form(Api person, byte[] picture, Map<String, String> headers) {
        String boundary = "b" + UUID.randomUUID();
        String body = new String(parts("studio/video", "a boat", "1", "320x180", picture), StandardCharsets.ISO_8859_1)
                .replace("--b\r\n", "--" + boundary + "\r\n")
                .replace("--b--\r\n", "--" + boundary + "--\r\n");
        return person.post(
                VIDEOS,
                "multipart/form-data; boundary=" + boundary,
                body.getBytes(StandardCharsets.ISO_8859_1),
                headers);
    }

    private static Api.Answer json(Api person, String reference) {
        return person.post(
                VIDEOS,
                "{\"model\":\"studio/video\",\"prompt\":\"a boat\",\"seconds\":\"1\",\"size\":\"256x144\",\"input_reference\":"
                        + reference + "}");
    }

    private static byte[] parts(String model, String prompt, String seconds, String size, byte[] picture) {
        return bytes(
                (field("model", model) + field("prompt", prompt) + field("seconds", seconds) + field("size", size))
                        .getBytes(StandardCharsets.UTF_8),
                file("input_reference", picture),
                "--b--\r\n".getBytes(StandardCharsets.UTF_8));
    }

    private static String field(String name, String value) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    private static byte[] file(String name, byte[] content) {
        String head = "--b\r\nContent-Disposition: form-data; name=\"" + name
                + "\"; filename=\"a boat.png\"\r\nContent-Type: image/png\r\n\r\n";
        return bytes(head.getBytes(StandardCharsets.UTF_8), content, "\r\n".getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Soft colours that are others for each number. */
    private static byte[] png(int width, int height, int number) throws Exception {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        var pen = image.createGraphics();
        var random = new Random(number);
        for (int i = 0; i < 12; i++) {
            var from = new Color(random.nextInt(0x1000000));
            var to = new Color(random.nextInt(0x1000000));
            int x = random.nextInt(width);
            int y = random.nextInt(height);
            pen.setPaint(new GradientPaint(x, y, from, x + width / 3f, y + height / 3f, to));
            pen.fillOval(x - width / 4, y - height / 4, width / 2, height / 2);
        }
        pen.dispose();
        return coded(image);
    }

    private static byte[] noise(int width, int height) throws Exception {
        var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        var random = new Random(9);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, random.nextInt(0x1000000));
        }
        return coded(image);
    }

    private static byte[] coded(BufferedImage image) throws Exception {
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    /** How many files of its own the account has. */
    private static int uploads(Api person) {
        int count = 0;
        for (JsonNode asset : person.get("/v1/assets").expect(200).json().path("data")) {
            count += asset.path("generation").isNull() ? 1 : 0;
        }
        return count;
    }
}
