package dev.millrace.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.media.Asset;
import dev.millrace.media.Fit;
import dev.millrace.media.MediaKind;
import dev.millrace.media.Origin;
import dev.millrace.media.Provenance;
import dev.millrace.platform.process.Box;
import dev.millrace.platform.process.Command;
import dev.millrace.platform.process.Limits;
import dev.millrace.platform.process.Program;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Generations that begin with pictures: which may, what comes of it, and how long a picture stays. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InputsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NOBODY = "01a20e58-9da9-7000-b3b2-a0b3401369fa";

    @TempDir
    static Path folder;

    private ScriptedHouse house;
    private Path png;
    private Path mp4;

    @BeforeAll
    void open() throws Exception {
        house = new ScriptedHouse(ScriptedHouse.Shared.fresh());
        png = make("picture.png", "testsrc2=s=320x200", "1");
        mp4 = make("film.mp4", "testsrc2=s=320x200:r=10", "5");
        takes("scripted/video", 0, 2, "start_picture");
        house.db().run(tx -> tx.update("""
                        INSERT INTO model (id, kind, provider, options, price, cancel_policy, fallbacks, expected_seconds, deadline_seconds,
                                           inputs_minimum, inputs_maximum)
                        SELECT 'scripted/' || name, kind, 'scripted', options, price, cancel_policy, more.fallbacks, 2, 120, least, most
                        FROM model, (VALUES ('needy', CAST('{}' AS text[]), 1, 1), ('blind', '{}', 0, 0), ('ready', '{}', 0, 1),
                                            ('failing', '{scripted/blind,scripted/ready}', 0, 1)) AS more (name, fallbacks, least, most)
                        WHERE id = 'scripted/video'""").execute());
    }

    @AfterAll
    void close() {
        assertThat(house.ledgerFaults()).isEmpty();
        house.close();
    }

    @Test
    void theCatalogueSaysWhatAModelTakesAndAnOperatorChangesIt() {
        takes("scripted/image", 0, 3, null);
        assertThat(taken("scripted/video").toString()).isEqualTo("{\"minimum\":0,\"maximum\":2,\"kinds\":[\"image\"]}");
        assertThat(taken("scripted/needy").path("minimum").asInt()).isEqualTo(1);
        assertThat(taken("scripted/image").toString())
                .as("its provider has no place for any")
                .isEqualTo("{\"minimum\":0,\"maximum\":0,\"kinds\":[]}");

        takes("scripted/ready", 0, 4, null);
        Waiting.until(
                "the change is seen",
                Duration.ofSeconds(5),
                () -> taken("scripted/ready").path("maximum").asInt() == 4);
    }

    @Test
    void aGenerationKeepsItsPicturesInTheirOrderAndItsProviderGetsCopies() {
        var seen = new ArrayList<Path>();
        var name = new AtomicReference<String>();
        house.provider().script("two pictures", (call, sink) -> {
            seen.addAll(call.copies(Fit.filling(64, 64)));
            name.set(call.inputs().name());
            deliver(sink, mp4);
        });
        Api person = house.person();
        List<String> inputs = List.of(picture(person), picture(person));

        JsonNode born = person.generate("video", "two pictures", Map.of("inputs", inputs));
        String id = born.path("id").asText();

        assertThat(texts(born.path("inputs"))).isEqualTo(inputs);
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        assertThat(texts(row(person, id).path("inputs"))).isEqualTo(inputs);
        assertThat(row(person, id).path("status").asText()).isEqualTo("completed");
        assertThat(seen).hasSize(2).doesNotHaveDuplicates();
        assertThat(name).hasValue("start_picture");
        assertThat(texts(person.get("/v1/generations").json().at("/data/0/inputs")))
                .isEqualTo(inputs);
    }

    @Test
    void whatCannotBeUsedIsRefusedWithItsPlaceAndNothingBegins() {
        Api person = house.person();
        Api other = house.person();
        String mine = picture(person);
        String film = asset(person, mp4, MediaKind.VIDEO);
        String rejected = rejected(person);
        String waiting = waiting(person);
        String gone = picture(person);
        person.delete("/v1/assets/" + gone).expect(204);
        String theirs = picture(other);
        for (String path : List.of("/v1/generations", "/v1/estimates")) {
            refused(person, path, 422, "/inputs/0", "unknown_asset", NOBODY);
            refused(person, path, 422, "/inputs/0", "unknown_asset", theirs);
            refused(person, path, 422, "/inputs/0", "unknown_asset", gone);
            refused(person, path, 422, "/inputs/1", "wrong_kind", mine, film);
            refused(person, path, 422, "/inputs/0", "not_ready", rejected);
            refused(person, path, 422, "/inputs/0", "not_ready", waiting);
            refused(person, path, 422, "/inputs/1", "duplicate", mine, mine);
            refused(person, path, 422, "/inputs/2", "out_of_range", mine, waiting, NOBODY);
        }
        Api.Answer theirsAnswer = ask(person, "/v1/generations", "scripted/video", theirs);
        Api.Answer nobodysAnswer = ask(person, "/v1/generations", "scripted/video", NOBODY);
        assertThat(theirsAnswer.json().path("errors"))
                .isEqualTo(nobodysAnswer.json().path("errors"));
        assertThat(theirsAnswer.json().path("detail"))
                .isEqualTo(nobodysAnswer.json().path("detail"));

        assertThat(ask(person, "/v1/generations", "scripted/blind", mine)
                        .expect(400)
                        .json()
                        .at("/errors/0/pointer")
                        .asText())
                .isEqualTo("/inputs");
        assertThat(ask(person, "/v1/generations", "scripted/needy")
                        .expect(400)
                        .json()
                        .at("/errors/0/code")
                        .asText())
                .isEqualTo("required");
        assertThat(person.post("/v1/generations", "{\"kind\":\"video\",\"prompt\":\"x\",\"inputs\":[\"x\"]}")
                        .expect(400)
                        .json()
                        .at("/errors/0/pointer")
                        .asText())
                .isEqualTo("/inputs/0");

        assertThat(person.get("/v1/generations").json().path("data")).isEmpty();
        JsonNode usage = person.get("/v1/usage").json();
        assertThat(usage.at("/minute/remaining").asInt()).isEqualTo(60);
        assertThat(usage.at("/credits/held").decimalValue()).isEqualByComparingTo("0");
    }

    @Test
    void aPictureStaysAsLongAsAGenerationNeedsIt() {
        var gate = new CountDownLatch(1);
        house.provider().script("needs it", (call, sink) -> {
            gate.await();
            assertThat(call.copies(Fit.within(100))).hasSize(1);
            deliver(sink, mp4);
        });
        house.provider().script("made it", (call, sink) -> deliver(sink, png));
        Api person = house.person();
        String maker = person.generate("image", "made it", Map.of()).path("id").asText();
        assertThat(Reader.follow(person, maker).verdict(LIMIT)).isEmpty();
        String made = row(person, maker).at("/assets/0/id").asText();
        String id = person.generate("video", "needs it", Map.of("inputs", List.of(made)))
                .path("id")
                .asText();

        Api.Answer refused = person.delete("/v1/assets/" + made).expect(409);
        assertThat(refused.code()).isEqualTo("conflict");
        person.delete("/v1/generations/" + maker).expect(409);
        assertThat(person.get("/v1/assets/" + made)
                        .expect(200)
                        .json()
                        .path("status")
                        .asText())
                .isEqualTo("ready");

        gate.countDown();
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        assertThat(row(person, id).path("status").asText()).isEqualTo("completed");
        person.delete("/v1/generations/" + maker).expect(204);
        person.get("/v1/assets/" + made).expect(404);
        assertThat(texts(row(person, id).path("inputs"))).containsExactly(made);
    }

    @Test
    void aRetryBeginsWithTheSamePicturesAsLongAsTheyAreThere() {
        house.provider()
                .script(
                        "again",
                        (call, sink) -> {
                            throw failure(Kind.REFUSED);
                        },
                        (call, sink) -> {
                            assertThat(call.copies(Fit.within(100))).hasSize(1);
                            deliver(sink, mp4);
                        });
        Api person = house.person();
        String input = picture(person);
        String id = person.generate("video", "again", Map.of("inputs", List.of(input)))
                .path("id")
                .asText();
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();

        JsonNode retry = person.post("/v1/generations/" + id + "/retries", "{}")
                .expect(202)
                .json();

        assertThat(texts(retry.path("inputs"))).containsExactly(input);
        String again = retry.path("id").asText();
        assertThat(Reader.follow(person, again).verdict(LIMIT)).isEmpty();
        assertThat(row(person, again).path("status").asText()).isEqualTo("completed");

        house.provider().script("once more", (call, sink) -> {
            throw failure(Kind.REFUSED);
        });
        String other = person.generate("video", "once more", Map.of("inputs", List.of(input)))
                .path("id")
                .asText();
        assertThat(Reader.follow(person, other).verdict(LIMIT)).isEmpty();
        person.delete("/v1/assets/" + input).expect(204);
        Api.Answer refused =
                person.post("/v1/generations/" + other + "/retries", "{}").expect(422);
        assertThat(refused.json().at("/errors/0/pointer").asText()).isEqualTo("/inputs/0");
    }

    @Test
    void fallbacksThatTakeNoPicturesArePassedOver() {
        house.provider()
                .script(
                        "falls",
                        (call, sink) -> {
                            throw failure(Kind.QUOTA);
                        },
                        (call, sink) -> {
                            assertThat(call.copies(Fit.within(100))).hasSize(1);
                            deliver(sink, mp4);
                        });
        Api person = house.person();
        String id = person.generate(
                        "video", "falls", Map.of("model", "scripted/failing", "inputs", List.of(picture(person))))
                .path("id")
                .asText();

        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        assertThat(house.provider().calls("falls"))
                .extracting(call -> call.request().model())
                .containsExactly("scripted/failing", "scripted/ready");
        assertThat(row(person, id).path("status").asText()).isEqualTo("completed");
    }

    @Test
    void picturesBelongToWhatAKeyAndAQuoteStandFor() {
        house.provider().script("promised", (call, sink) -> deliver(sink, mp4));
        Api person = house.person();
        String one = picture(person);
        String other = picture(person);
        Map<String, String> key = Map.of("Idempotency-Key", "the-key");

        String first = person.send("POST", "/v1/generations", body("promised", null, one), key)
                .expect(202)
                .json()
                .path("id")
                .asText();
        assertThat(person.send("POST", "/v1/generations", body("promised", null, other), key)
                        .expect(422)
                        .code())
                .isEqualTo("idempotency_mismatch");
        assertThat(Reader.follow(person, first).verdict(LIMIT)).isEmpty();
        person.delete("/v1/assets/" + one).expect(204);
        assertThat(person.send("POST", "/v1/generations", body("promised", null, one), key)
                        .expect(202)
                        .json()
                        .path("id")
                        .asText())
                .as("what was begun under a key is answered, whatever became of its picture")
                .isEqualTo(first);

        String quote = person.post("/v1/estimates", body("promised", null, other))
                .expect(200)
                .json()
                .path("quote")
                .asText();
        assertThat(person.post("/v1/generations", body("promised", quote))
                        .expect(422)
                        .code())
                .isEqualTo("quote_mismatch");
        JsonNode begun = person.post("/v1/generations", body("promised", quote, other))
                .expect(202)
                .json();
        assertThat(Reader.follow(person, begun.path("id").asText()).verdict(LIMIT))
                .isEmpty();
    }

    @Test
    void aPictureWhoseFileIsLostFailsTheGenerationInWords() throws Exception {
        house.provider().script("lost file", (call, sink) -> {
            call.copies(Fit.within(100));
            deliver(sink, mp4);
        });
        Api person = house.person();
        String input = picture(person);
        String id;
        try (var files = Files.walk(house.storage().resolve("assets"))) {
            Path original = files.filter(file -> file.toString().contains(input) && file.endsWith("0/original.png"))
                    .findFirst()
                    .orElseThrow();
            Files.delete(original);
            id = person.generate("video", "lost file", Map.of("inputs", List.of(input)))
                    .path("id")
                    .asText();
        }

        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("failed");
        assertThat(row.at("/error/detail").asText())
                .isEqualTo("The picture it begins with is gone. You were not charged.");
        assertThat(row.at("/receipt/charged").decimalValue()).isEqualByComparingTo("0");
    }

    private void refused(Api person, String path, int status, String pointer, String code, String... inputs) {
        Api.Answer answer = ask(person, path, "scripted/video", inputs).expect(status);
        assertThat(answer.code()).isEqualTo("unprocessable_media");
        JsonNode last =
                answer.json().path("errors").path(answer.json().path("errors").size() - 1);
        assertThat(last.path("pointer").asText()).as(answer.text()).isEqualTo(pointer);
        assertThat(last.path("code").asText()).as(answer.text()).isEqualTo(code);
    }

    private static Api.Answer ask(Api person, String path, String model, String... inputs) {
        return person.post(
                path, Map.of("kind", "video", "prompt", "nothing begins", "model", model, "inputs", List.of(inputs)));
    }

    private static String body(String prompt, String quote, String... inputs) {
        var node = Api.JSON.createObjectNode().put("kind", "video").put("prompt", prompt);
        if (quote != null) {
            node.put("quote", quote);
        }
        List.of(inputs).forEach(node.putArray("inputs")::add);
        return node.toString();
    }

    private JsonNode taken(String model) {
        for (JsonNode each :
                Api.anonymous(house.address()).get("/v1/models").json().path("data")) {
            if (each.path("id").asText().equals(model)) {
                return each.path("inputs");
            }
        }
        throw new AssertionError(model);
    }

    private void takes(String model, int least, int most, String name) {
        house.db()
                .run(tx -> tx.update("""
                        UPDATE model SET inputs_minimum = :least, inputs_maximum = :most, input_name = :name WHERE id = :id""")
                        .bind("least", least)
                        .bind("most", most)
                        .bind("name", name)
                        .bind("id", model)
                        .execute());
    }

    private String picture(Api person) {
        return asset(person, png, MediaKind.IMAGE);
    }

    private String asset(Api person, Path file, MediaKind kind) {
        Asset asset = bring(person, file, kind);
        return settled(asset.id());
    }

    private Asset bring(Api person, Path file, MediaKind kind) {
        var media = house.media();
        var stored = media.stage(file);
        UUID account = UUID.fromString(person.get("/v1/me").json().path("id").asText());
        return house.db()
                .transact(tx ->
                        media.adopt(tx, stored, new Provenance(account, null, 0, Origin.UPLOAD, kind, "a picture")));
    }

    private String settled(UUID asset) {
        try (var watch = house.media().watch(asset)) {
            assertThat(watch.await(LIMIT)).isNotNull();
            return asset.toString();
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }

    private String rejected(Api person) {
        try {
            return settled(bring(person, Files.writeString(folder.resolve("note.txt"), "no picture"), MediaKind.IMAGE)
                    .id());
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    /** One that was ready and is looked at again: nobody does. */
    private String waiting(Api person) {
        String id = picture(person);
        house.db()
                .run(tx -> tx.update(
                                "UPDATE asset SET status = 'processing', finished_at = NULL WHERE id = CAST(:id AS uuid)")
                        .bind("id", id)
                        .execute());
        return id;
    }

    private static void deliver(ProviderSink sink, Path file) {
        String type = file.toString().endsWith(".png") ? "image/png" : "video/mp4";
        sink.emit(new ProviderEvent.Usage(Map.of("seconds", BigDecimal.ONE, "images", BigDecimal.ONE)));
        sink.emit(new ProviderEvent.Artifact(file, type));
        sink.emit(new ProviderEvent.Finished("stop"));
    }

    private static ProviderFailure failure(Kind kind) {
        return new ProviderFailure(kind, "The vendor had enough.");
    }

    private static JsonNode row(Api person, String id) {
        return person.get("/v1/generations/" + id).expect(200).json();
    }

    private static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    private Path make(String name, String source, String frames) throws Exception {
        var exit = house.processes()
                .run(new Command(
                        Program.FFMPEG,
                        Box.ours(null, folder),
                        Limits.of(LIMIT),
                        place -> List.of(
                                "-v",
                                "error",
                                "-y",
                                "-f",
                                "lavfi",
                                "-i",
                                source,
                                "-frames:v",
                                frames,
                                "-pix_fmt",
                                name.endsWith(".mp4") ? "yuv420p" : "rgb24",
                                "-movflags",
                                "+faststart",
                                place.out(name))));
        assertThat(exit.ok()).as(exit.errors()).isTrue();
        return folder.resolve(name);
    }
}
