package dev.millrace.generation.provider.replicate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Callback;
import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.Flavour;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Lookouts;
import dev.millrace.generation.provider.job.Rhythm;
import dev.millrace.platform.Secret;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeReplicate;
import dev.millrace.testing.vendor.ReplicateWebhook;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Replicate knocks at the door of one server, and another one waits, which would look again in ten minutes: that a prediction's end is
 * seen at all within a test is what the knock does.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplicateWebhookIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Rhythm SELDOM = new Rhythm(Duration.ofMinutes(10), 25, 12);

    private final FakeReplicate fake = new FakeReplicate();
    private final Outbound outbound = new Outbound(List.of());
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private TestHouse house;
    private Lookout lookout;
    private ReplicateProvider provider;
    private URI door;

    @TempDir
    Path folder;

    @BeforeAll
    void open() {
        house = TestHouse.open(Map.of(
                "MILLRACE_REPLICATE_API_KEY",
                "r8_test",
                "MILLRACE_REPLICATE_BASE_URL",
                fake.base().toString(),
                "MILLRACE_PUBLIC_URL",
                "https://mill.example.com",
                "MILLRACE_REPLICATE_WEBHOOK_SECRET",
                ReplicateWebhook.SECRET));
        door = house.address().resolve(Callback.REPLICATE);
        lookout = new Lookout(house.db());
        provider = new ReplicateProvider(
                new ProviderConfig(
                        "replicate",
                        Protocol.REPLICATE,
                        fake.base(),
                        new Secret("r8_test"),
                        new ProviderConfig.Terms(Flavour.OTHER, null, List.of()),
                        new Callback(door, List.of(new Secret(ReplicateWebhook.SECRET)))),
                outbound,
                lookout,
                InstantSource.system(),
                new ReplicateProvider.Tempo(Lookouts.QUICK, SELDOM));
    }

    @AfterAll
    void close() {
        calls.close();
        lookout.close();
        outbound.close();
        house.close();
        fake.close();
    }

    @Test
    void theEndIsSeenLongBeforeTheNextLook() throws Exception {
        var heard = new Heard();
        done(running("a boat @job_ms=1500", heard));

        assertThat(heard.all(Artifact.class)).hasSize(1);
        JsonNode create = fake.lastCreate();
        assertThat(create.path("webhook").asText()).isEqualTo(door.toString());
        assertThat(create.path("webhook_events_filter")).hasToString("[\"completed\"]");
    }

    @ParameterizedTest
    @CsvSource({"@fail=NSFW_content", "@gone", "@aborted"})
    void soIsABadEnd(String end) throws Exception {
        var heard = new Heard();
        Future<?> running = running("a boat @job_ms=1500 " + end, heard);

        Waiting.until("it is over", LIMIT, running::isDone);
        assertThat(running.state()).isEqualTo(Future.State.FAILED);
        assertThat(heard.finished()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"@hook_bad", "@hook_old"})
    void whatIsNotSignedAsItShouldBeChangesNothing(String fault) throws Exception {
        int before = fake.hooks().size();
        var heard = new Heard();
        Future<?> running = running("a boat @never " + fault, heard);
        String id = Waiting.forValue("it is there", LIMIT, () -> claimed(heard));
        Waiting.until("it was looked at", LIMIT, () -> untouched(id));
        fake.end(id);
        Waiting.until("it knocked", LIMIT, () -> fake.hooks().size() > before);

        assertThat(fake.hooks().getLast()).isEqualTo(400);
        assertThat(untouched(id)).isTrue();
        assertThat(running.isDone()).isFalse();

        assertThat(ReplicateWebhook.deliver(door, fake.told(id))).isEqualTo(200);
        done(running);
    }

    @Test
    void aKnockThatComesTwiceOrLateDoesNoHarm() throws Exception {
        int before = fake.hooks().size();
        var heard = new Heard();
        String prompt = "a boat @job_ms=1500 @hook_twice";
        done(running(prompt, heard));
        Waiting.until("it knocked twice", LIMIT, () -> fake.hooks().size() == before + 2);

        assertThat(fake.hooks().subList(before, before + 2)).containsExactly(200, 200);
        String id = heard.claimed().getFirst();
        Waiting.until("nobody waits for it", LIMIT, () -> rows(id) == 0);
        assertThat(ReplicateWebhook.deliver(door, fake.told(id))).isEqualTo(200);
        assertThat(rows(id)).isZero();
        assertThat(heard.all(Artifact.class)).hasSize(1);
        assertThat(fake.created()).containsEntry(prompt, 1);
    }

    @Test
    void whatIsToldTooEarlyIsNotBelieved() throws Exception {
        var heard = new Heard();
        Future<?> running = running("a boat @never @no_hook", heard);
        String id = Waiting.forValue("it is there", LIMIT, () -> claimed(heard));
        Waiting.until("it was looked at", LIMIT, () -> untouched(id));
        String lie = "{\"id\":\"" + id + "\",\"status\":\"succeeded\",\"output\":[\"http://127.0.0.1:1/x.png\"]}";
        assertThat(ReplicateWebhook.deliver(door, lie)).isEqualTo(200);
        Waiting.until("it was looked at again", LIMIT, () -> untouched(id));

        assertThat(running.isDone()).isFalse();
        fake.end(id);
        assertThat(ReplicateWebhook.deliver(door, fake.told(id))).isEqualTo(200);
        done(running);
        assertThat(heard.all(Artifact.class)).hasSize(1);
    }

    @Test
    void whatIsNoPredictionIsRefusedAndAStrangersIsLetBy() {
        assertThat(ReplicateWebhook.deliver(door, "{\"id\":\"nobody's\"}")).isEqualTo(200);
        assertThat(rows("nobody's")).isZero();
        for (String body : List.of("", "{}", "[]", "null", "{\"id\":7}", "{\"id\":\"\"}", "hello", "{\"id\":")) {
            assertThat(ReplicateWebhook.deliver(door, body)).as(body).isEqualTo(400);
        }
        String now = String.valueOf(Instant.now().getEpochSecond());
        for (String signature : List.of("v1,", "v1,AAAA", "v1", "x ".repeat(100))) {
            assertThat(ReplicateWebhook.send(door, "{\"id\":\"p1\"}", "msg_1", now, signature))
                    .as(signature)
                    .isEqualTo(400);
        }
        assertThat(ReplicateWebhook.send(
                        door,
                        "{\"id\":\"p1\"}",
                        ReplicateWebhook.SECRET,
                        Instant.now().plusSeconds(360)))
                .isEqualTo(400);
    }

    @Test
    void whatIsTooLongIsRefusedBeforeItIsRead() throws Exception {
        try (var socket = new Socket(door.getHost(), door.getPort());
                var answer =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            String head =
                    "POST " + door.getPath() + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 4194305\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));

            assertThat(answer.readLine()).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void whereNoSecretIsSetNobodyListens() {
        try (var without = TestHouse.open()) {
            assertThat(ReplicateWebhook.deliver(without.address().resolve(Callback.REPLICATE), "{\"id\":\"p1\"}"))
                    .isEqualTo(404);
        }
    }

    private Future<?> running(String prompt, Heard heard) {
        var call = Calls.call(Calls.request(GenerationKind.IMAGE, "replicate/acme/picture", prompt, Map.of()), folder);
        return calls.submit(() -> {
            provider.run(call, heard);
            return null;
        });
    }

    private static void done(Future<?> running) throws Exception {
        running.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static @Nullable String claimed(Heard heard) {
        return heard.claimed().isEmpty() ? null : heard.claimed().getFirst();
    }

    /** Whether the next look is as far away as the last one left it. */
    private boolean untouched(String id) {
        return house.db()
                        .read(tx ->
                                tx.query("""
                                SELECT count(*) FROM external_job
                                WHERE external_id = :id AND next_look_at > now() + interval '5 minutes'""").bind("id", id).mapTo(Long.class).one())
                == 1;
    }

    private long rows(String id) {
        return house.db()
                .read(tx -> tx.query("SELECT count(*) FROM external_job WHERE external_id = :id")
                        .bind("id", id)
                        .mapTo(Long.class)
                        .one());
    }
}
