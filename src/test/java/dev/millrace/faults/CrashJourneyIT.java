package dev.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.vendor.FakeOpenAi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
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
        var hits = new TreeMap<String, Integer>();
        for (Scene scene : List.of(
                new Scene("hold-before-commit:1", "text", TEXT),
                new Scene("hold-before-commit:1", "image", IMAGE),
                new Scene("hold-before-commit:1", "video", JOB),
                new Scene("commit-before-answer:1", "text", CHAT),
                new Scene("commit-before-answer:1", "image", IMAGE),
                new Scene("commit-before-answer:1", "video", JOB),
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
                new Scene("provider-end-before-settle:1", "text", CHAT),
                new Scene("before-provider-call:1", "video", JOB),
                new Scene("created-before-id-stored:1", "video", JOB),
                new Scene("provider-end-before-settle:1", "video", JOB),
                new Scene("mid-transcode:1", "video", JOB))) {
            if (scene.killPoint.startsWith("hold")) {
                killBeforeTheCommit(scene);
            } else if (scene.killPoint.startsWith("commit")) {
                killBeforeTheAnswer(scene);
            } else {
                play(scene);
            }
            if (stage.arrived(scene.killPoint)) {
                hits.merge(scene.killPoint.split(":", -1)[0], 1, Integer::sum);
            }
        }
        System.out.println("kills at named places: " + hits);
        assertThat(hits.keySet())
                .containsExactlyInAnyOrder(
                        "hold-before-commit",
                        "commit-before-answer",
                        "before-provider-call",
                        "created-before-id-stored",
                        "inside-delta-batch",
                        "provider-end-before-settle",
                        "renamed-before-commit",
                        "mid-transcode",
                        "settled-before-published");
        assertThat(vendor.videos().entrySet())
                .as("creates at the vendor for each generation")
                .filteredOn(made -> made.getKey().startsWith("killed at"))
                .hasSize(5)
                .allMatch(made -> made.getValue() == 1);
    }

    private void play(Scene scene) {
        Api api = stage.start(scene.killPoint);
        String prompt = prompt(scene);
        String id = api.generate(scene.kind, prompt, scene.request).path("id").asText();
        Reader reader = Reader.follow(api, id);
        stage.awaitArrival(scene.killPoint);
        stage.kill();
        List<SseReader.Event> seen = reader.heard();

        reader.movedTo(stage.start(null));
        assertThat(stage.verdicts(List.of(reader)))
                .as("%s, %s", scene.killPoint, scene.kind)
                .isEmpty();
        assertThat(stage.replay(id, List.of())).as("%s from the start", scene).isEmpty();
        assertThat(stage.replay(id, seen)).as("%s from the kill", scene).isEmpty();
        assertThat(stage.replay(id, seen.subList(0, seen.size() / 2)))
                .as("%s from an older event", scene)
                .isEmpty();
        assertThat(vendor.chats(prompt))
                .as("calls of a chat that was killed once")
                .isLessThanOrEqualTo(2);
        stage.assertSettled();
        stage.stop();
    }

    private static String prompt(Scene scene) {
        return "killed at " + scene.killPoint + " " + scene.kind + " @job_ms=1500 @old_film @delay_ms=20";
    }

    /** Nothing has happened. */
    private void killBeforeTheCommit(Scene scene) {
        Api api = stage.start(scene.killPoint);
        long before = stage.count("SELECT count(*) AS n FROM generation");
        killWhileAsking(api, scene);

        stage.start(null);
        assertThat(stage.count("SELECT count(*) AS n FROM generation")).isEqualTo(before);
        assertThat(vendor.videos()).doesNotContainKey(prompt(scene));
        stage.assertSettled();
        stage.stop();
    }

    /** All has happened, and nobody was told. */
    private void killBeforeTheAnswer(Scene scene) {
        Api api = stage.start(scene.killPoint);
        long before = stage.count("SELECT count(*) AS n FROM generation");
        killWhileAsking(api, scene);

        Api after = stage.start(null);
        assertThat(stage.count("SELECT count(*) AS n FROM generation")).isEqualTo(before + 1);
        String id = stage.latest().path(0).path("id").asText();
        assertThat(stage.verdicts(List.of(Reader.follow(after, id)))).isEmpty();
        assertThat(vendor.chats(prompt(scene))).isLessThanOrEqualTo(2);
        stage.assertSettled();
        stage.stop();
    }

    private static void killWhileAsking(Api api, Scene scene) {
        var answer = new CompletableFuture<JsonNode>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(api.generate(scene.kind, prompt(scene), scene.request));
            } catch (Throwable failure) {
                answer.completeExceptionally(failure);
            }
        });
        stage.awaitArrival(scene.killPoint);
        stage.kill();
        assertThat(answer).failsWithin(PATIENCE);
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
        var asked = new ArrayList<Asked>();
        Api api = stage.start(null);
        for (int kill = 0; kill < RANDOM_KILLS; kill++) {
            var young = new ArrayList<Asked>();
            for (Scene scene : List.of(
                    new Scene("", "text", TEXT),
                    new Scene("", "text", CHAT),
                    new Scene("", "image", IMAGE),
                    new Scene("", "video", VIDEO),
                    new Scene("", "video", JOB))) {
                String prompt =
                        "random " + kill + " " + scene.request.get("model") + " @job_ms=1500 @words=40 @delay_ms=20";
                String id = api.generate(scene.kind, prompt, scene.request)
                        .path("id")
                        .asText();
                young.add(new Asked(scene, prompt, Reader.follow(api, id), new AtomicInteger()));
            }
            asked.addAll(young);
            young.get(random.nextInt(young.size())).reader.await(1 + random.nextInt(60), PATIENCE);
            stage.kill();
            asked.stream().filter(one -> !one.reader.ended()).forEach(one -> one.kills.incrementAndGet());
            api = stage.start(null);
            for (Asked one : asked) {
                one.reader.movedTo(api);
            }
        }
        assertThat(stage.verdicts(asked.stream().map(Asked::reader).toList())).isEmpty();
        for (Asked one : asked) {
            String id = one.reader.generation();
            List<SseReader.Event> heard = one.reader.heard();
            List<SseReader.Event> older = heard.subList(0, random.nextInt(heard.size()) + 1);
            assertThat(stage.replay(id, List.of())).as("%s from the start", id).isEmpty();
            assertThat(stage.replay(id, older))
                    .as("%s from event %s of %s", id, older.size(), heard.size())
                    .isEmpty();
        }
        stage.assertSettled();
        calledNoOftenerThanKilled(asked);
        System.out.println("generations: " + asked.size() + ", connections: "
                + asked.stream().mapToInt(one -> one.reader.connections()).sum());
        stage.stop();
    }

    /** A job is created once, whatever happens; a chat is called once more for each kill it was alive at. */
    private static void calledNoOftenerThanKilled(List<Asked> asked) {
        assertThat(asked).allSatisfy(one -> {
            String status = stage.status(one.reader.generation());
            if (one.scene.request.equals(JOB)) {
                Integer created = vendor.videos().get(one.prompt);
                assertThat(created)
                        .as("creates, %s", status)
                        .isIn(status.equals("completed") ? List.of(1) : oneOrNone());
            }
            if (one.scene.request.equals(CHAT)) {
                assertThat(vendor.chats(one.prompt))
                        .as("calls, %s", status)
                        .isBetween(status.equals("completed") ? 1 : 0, 1 + one.kills.get());
            }
        });
    }

    private static List<@Nullable Integer> oneOrNone() {
        return Arrays.asList(null, 1);
    }

    /** Somebody's generation, and how many servers were killed before its end was heard. */
    private record Asked(Scene scene, String prompt, Reader reader, AtomicInteger kills) {}
}
