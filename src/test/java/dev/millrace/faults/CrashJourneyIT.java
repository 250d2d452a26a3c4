package dev.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.vendor.FakeOpenAi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code kill -9} of the server at every named place and at random moments. Whatever the moment, each reader ends with one
 * terminal event and the row's text, nothing is told twice, the books balance, no hold stays open, and no process is left.
 */
@Tag("film")
class CrashJourneyIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int RANDOM_KILLS = Integer.getInteger("crash.kills", 30);
    private static final long SEED = Long.getLong("crash.seed", 20260329L);

    private static final Map<String, Object> TEXT = Map.of("options", Map.of("words", 120, "speed", 40));
    private static final Map<String, Object> IMAGE = Map.of("options", Map.of("width", 256, "height", 256, "seed", 3));
    private static final Map<String, Object> VIDEO =
            Map.of("options", Map.of("width", 320, "height", 180, "seconds", 2, "seed", 3));

    private static final Map<String, Object> CHAT =
            Map.of("model", "openai/gpt-4.1", "options", Map.of("max_tokens", 400));
    private static final Map<String, Object> JOB =
            Map.of("model", "openai/sora-2", "options", Map.of("width", 1280, "height", 720, "seconds", 4));

    private static FakeOpenAi vendor;
    private static CrashStage stage;

    @BeforeAll
    static void open() {
        vendor = FakeOpenAi.start();
        stage = new CrashStage(Map.of(
                "MILLRACE_OPENAI_API_KEY",
                "sk-crash",
                "MILLRACE_OPENAI_BASE_URL",
                vendor.base().toString()));
    }

    @AfterAll
    static void close() {
        stage.close();
        vendor.close();
    }

    /** What is asked for when the server is to die at a place. */
    private record Scene(String killPoint, String kind, Map<String, Object> request) {}

    @Test
    void aServerKilledAtAnyNamedPlaceLosesNothing() {
        var hits = new LinkedHashMap<String, Integer>();
        for (Scene scene : List.of(
                new Scene("before-provider-call:1", "text", TEXT),
                new Scene("inside-delta-batch:3", "text", TEXT),
                new Scene("provider-end-before-settle:1", "text", TEXT),
                new Scene("settled-before-published:1", "text", TEXT),
                new Scene("before-provider-call:1", "image", IMAGE),
                new Scene("renamed-before-commit:1", "image", IMAGE),
                new Scene("settled-before-published:1", "image", IMAGE),
                new Scene("provider-end-before-settle:1", "video", VIDEO),
                new Scene("renamed-before-commit:1", "video", VIDEO),
                new Scene("inside-delta-batch:2", "text", CHAT),
                new Scene("before-provider-call:1", "video", JOB),
                new Scene("created-before-id-stored:1", "video", JOB),
                new Scene("provider-end-before-settle:1", "video", JOB),
                new Scene("mid-transcode:1", "video", JOB))) {
            play(scene);
            hits.merge(scene.killPoint.split(":", -1)[0], 1, Integer::sum);
        }
        System.out.println("kills at named places: " + hits);
        assertThat(hits)
                .hasSize(7)
                .allSatisfy((place, count) -> assertThat(count).isPositive());
        assertThat(vendor.videos().entrySet())
                .as("creates at the vendor for each generation")
                .filteredOn(made -> made.getKey().startsWith("killed at"))
                .hasSize(4)
                .allMatch(made -> made.getValue() == 1);
    }

    private void play(Scene scene) {
        Api api = stage.start(scene.killPoint);
        String prompt = "killed at " + scene.killPoint + " @job_ms=1500 @old_film @delay_ms=20";
        String id = api.generate(scene.kind, prompt, scene.request).path("id").asText();
        Reader reader = Reader.follow(api, id);
        stage.awaitArrival(scene.killPoint);
        String seen = reader.lastId();
        stage.kill();

        reader.movedTo(stage.start(null));
        assertThat(stage.verdicts(List.of(reader)))
                .as("%s, %s", scene.killPoint, scene.kind)
                .isEmpty();
        assertThat(stage.replay(id, null)).as("%s from the start", scene).isEmpty();
        assertThat(stage.replay(id, seen)).as("%s from %s", scene, seen).isEmpty();
        stage.assertSettled();
        stage.stop();
    }

    @Test
    void aServerKilledBeforeItsCommitHasDoneNothing() {
        Api api = stage.start("hold-before-commit:1");
        long before = stage.count("SELECT count(*) AS n FROM generation");
        CompletableFuture<JsonNode> never = asking(api);
        stage.awaitArrival("hold-before-commit:1");
        stage.kill();
        assertThat(never).failsWithin(PATIENCE);

        stage.start(null);
        assertThat(stage.count("SELECT count(*) AS n FROM generation")).isEqualTo(before);
        stage.assertSettled();
        stage.stop();
    }

    @Test
    void aServerKilledBetweenCommitAndAnswerHasDoneAll() {
        Api api = stage.start("commit-before-answer:1");
        long before = stage.count("SELECT count(*) AS n FROM generation");
        CompletableFuture<JsonNode> never = asking(api);
        stage.awaitArrival("commit-before-answer:1");
        stage.kill();
        assertThat(never).failsWithin(PATIENCE);

        Api after = stage.start(null);
        assertThat(stage.count("SELECT count(*) AS n FROM generation")).isEqualTo(before + 1);
        String id = stage.latest().path(0).path("id").asText();
        assertThat(stage.verdicts(List.of(Reader.follow(after, id)))).isEmpty();
        stage.assertSettled();
        stage.stop();
    }

    @Test
    void aSecondSignalEndsAServerAtOnceAndLosesNothing() {
        Api api = stage.start(null);
        String id = api.generate(
                        "text", "nobody waits for all of this", Map.of("options", Map.of("words", 1_000, "speed", 20)))
                .path("id")
                .asText();
        Reader reader = Reader.follow(api, id);
        reader.await(10, PATIENCE);

        // one that had waited for what runs would have ended with 0
        assertThat(stage.running().stopAtOnce()).isEqualTo(128 + 15);

        Api after = stage.start(null);
        reader.movedTo(after);
        after.post("/v1/generations/" + id + "/cancellation", Map.of()).expect(202);
        assertThat(stage.verdicts(List.of(reader))).isEmpty();
        stage.assertSettled();
        stage.stop();
    }

    @Test
    void aServerKilledAtRandomMomentsLosesNothing() {
        var random = new Random(SEED);
        System.out.println("random kills: " + RANDOM_KILLS + ", seed " + SEED);
        var readers = new ArrayList<Reader>();
        var ids = new ArrayList<String>();
        Api api = stage.start(null);
        for (int kill = 0; kill < RANDOM_KILLS; kill++) {
            var young = new ArrayList<Reader>();
            for (Scene scene : List.of(
                    new Scene("", "text", TEXT),
                    new Scene("", "image", IMAGE),
                    new Scene("", "video", VIDEO),
                    new Scene("", "video", JOB))) {
                String id = api.generate(scene.kind, "random " + kill + " @job_ms=1500", scene.request)
                        .path("id")
                        .asText();
                ids.add(id);
                young.add(Reader.follow(api, id));
            }
            readers.addAll(young);
            young.get(random.nextInt(young.size())).await(1 + random.nextInt(60), PATIENCE);
            stage.kill();
            api = stage.start(null);
            for (Reader reader : readers) {
                reader.movedTo(api);
            }
        }
        assertThat(stage.verdicts(readers)).isEmpty();
        for (String id : ids) {
            assertThat(stage.replay(id, null)).as(id).isEmpty();
        }
        stage.assertSettled();
        assertThat(vendor.videos())
                .as("creates at the vendor for each prompt")
                .allSatisfy((prompt, count) -> assertThat(count).isOne());
        System.out.println("generations: " + ids.size() + ", connections: "
                + readers.stream().mapToInt(Reader::connections).sum());
        stage.stop();
    }

    private static CompletableFuture<JsonNode> asking(Api api) {
        var answer = new CompletableFuture<JsonNode>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(api.generate("text", "nobody will be told", TEXT));
            } catch (Throwable failure) {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }
}
