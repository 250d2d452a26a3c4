package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.events;
import static dev.millrace.generation.GenerationsIT.json;
import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.finish;
import static dev.millrace.generation.ScriptedProvider.hang;
import static dev.millrace.generation.ScriptedProvider.speak;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.testing.Api;
import dev.millrace.testing.Reader;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a stream does when things do not go smoothly. */
@Tag("alone")
class StreamsIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private ScriptedHouse house;

    @BeforeEach
    void open() {
        house = new ScriptedHouse(ScriptedHouse.Shared.fresh());
    }

    @AfterEach
    void close() {
        assertThat(house.ledgerFaults()).isEmpty();
        house.close();
    }

    @Test
    void whoSignsOutElsewhereIsToldWithinFiveSecondsAndReadsNoMore() {
        house.provider().script("revoked", (call, sink) -> hang(call));
        Api person = house.person();
        String id = text(person, "revoked", Map.of());
        try (Api.Stream stream = person.events(id, null)) {
            assertThat(next(stream, "started")).isNotNull();
            Instant before = Instant.now();
            assertThat(person.delete("/v1/sessions/current").status()).isEqualTo(204);
            assertThat(next(stream, "session_revoked")).isNotNull();
            assertThat(stream.events().next()).isNull();
            assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void aNodeThatStopsSendsItsReadersAwayWithoutAnError() throws InterruptedException {
        house.provider().script("drained", (call, sink) -> hang(call));
        Api person = house.person();
        String id = text(person, "drained", Map.of());
        try (Api.Stream stream = person.events(id, null)) {
            assertThat(next(stream, "started")).isNotNull();
            house.server().drain(Duration.ofSeconds(5));
            SseReader.Event last = next(stream, "reconnect");
            assertThat(last).isNotNull();
            assertThat(last.data()).isEqualTo("{\"reason\":\"drain\"}");
            assertThat(stream.events().next()).isNull();
        }
    }

    @Test
    void theHundredAndFirstStreamOfAnAccountIsSentAway() {
        house.provider().script("crowded", (call, sink) -> hang(call));
        Api person = house.person();
        String id = text(person, "crowded", Map.of());
        List<Api.Stream> streams = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                Api.Stream stream = person.events(id, null);
                assertThat(next(stream, "started")).isNotNull();
                streams.add(stream);
            }
            try (Api.Stream stream = person.events(id, null)) {
                assertThat(stream.status()).isEqualTo(200);
                assertThat(next(stream, "reconnect").data()).isEqualTo("{\"reason\":\"limit\"}");
                assertThat(stream.events().next()).isNull();
            }
        } finally {
            streams.forEach(Api.Stream::close);
        }
        person.post("/v1/generations/" + id + "/cancellation", "{}");
    }

    @Test
    void aReaderWhoTakesNothingHoldsNobodyUp() throws IOException {
        String page = "x".repeat(60_000);
        house.provider().script("flood", (call, sink) -> {
            for (int i = 0; i < 30; i++) {
                sink.emit(new ProviderEvent.Delta(page));
                call.cancellation().await(Duration.ofMillis(20));
            }
            finish(sink, 30);
        });
        Api person = house.person();
        String id = text(person, "flood", Map.of());
        try (var socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), house.server().port()));
            socket.getOutputStream()
                    .write(("GET /v1/generations/" + id + "/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                                    + person.token() + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
            JsonNode row = row(person, id);
            assertThat(row.path("text").asText()).hasSize(30 * 60_000);
            Instant started = Instant.parse(row.path("started_at").asText());
            Instant finished = Instant.parse(row.path("finished_at").asText());
            assertThat(Duration.between(started, finished)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void whatIsBilledAnywayIsReadToItsEndAndKept() {
        var gate = new CountDownLatch(1);
        house.provider().script("billed anyway", (call, sink) -> {
            speak(sink, "one");
            gate.await();
            speak(sink, "two", "three");
            finish(sink, 3);
        });
        Api person = house.person();
        String id = text(person, "billed anyway", Map.of("model", "scripted/billed"));
        Reader reader = Reader.follow(person, id);
        reader.await(3, LIMIT);
        JsonNode bound = person.get("/v1/generations/" + id + "/cancellation").json();
        assertThat(bound.path("policy").asText()).isEqualTo("drain");
        person.post("/v1/generations/" + id + "/cancellation", "{}").expect(202);
        gate.countDown();

        assertThat(reader.verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("canceled");
        assertThat(row.path("text").asText()).isEqualTo("one two three ");
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0.0003");
        assertThat(bound.path("charged").decimalValue())
                .isGreaterThanOrEqualTo(row.path("receipt").path("charged").decimalValue());
    }

    /** Time goes on while a change of stage waits for Postgres; what the pulse then knows must not be told before the change is. */
    @Test
    void percentDoesNotFallWhenAChangeOfStageTakesLongToCommit() throws Exception {
        var gate = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        house.provider().script("slow to commit", (call, sink) -> {
            speak(sink, "one");
            gate.await();
            while (over.getCount() > 0) {
                speak(sink, "more");
                call.cancellation().await(Duration.ofMillis(50));
            }
            finish(sink, 2);
        });
        Api person = house.person();
        String id = text(person, "slow to commit", Map.of("model", "scripted/billed"));
        Reader reader = Reader.follow(person, id);
        reader.await(3, LIMIT);
        var locked = new CountDownLatch(1);
        Thread slow = Thread.ofVirtual()
                .start(() -> house.db().run(tx -> {
                    tx.execute("LOCK TABLE generation_event IN SHARE MODE"); // nothing can be written
                    locked.countDown();
                    // several beats of the pulse
                    new CompletableFuture<Void>()
                            .completeOnTimeout(null, 3, TimeUnit.SECONDS)
                            .join();
                }));
        locked.await();
        gate.countDown();
        person.post("/v1/generations/" + id + "/cancellation", "{}").expect(202);
        slow.join();
        over.countDown();

        assertThat(reader.verdict(LIMIT)).isEmpty();
        assertThat(row(person, id).path("status").asText()).isEqualTo("canceled");
    }

    @Test
    void whatIsFreeToStopCostsNothing() {
        house.provider().script("free to stop", (call, sink) -> {
            speak(sink, "one", "two");
            hang(call);
        });
        Api person = house.person();
        String id = text(person, "free to stop", Map.of("model", "scripted/free"));
        Reader reader = Reader.follow(person, id);
        reader.await(4, LIMIT);
        person.post("/v1/generations/" + id + "/cancellation", "{}").expect(202);
        assertThat(reader.verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("text").asText()).isEqualTo("one two ");
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0");
    }

    @ParameterizedTest
    @MethodSource("signs")
    void aVendorThatIsSilentIsAskedAgainAndNothingIsCreatedTwice(ProviderEvent sign, String stage) {
        String prompt = "lost contact until " + sign;
        var goOn = new CountDownLatch(1);
        house.provider()
                .script(
                        prompt,
                        (call, sink) -> {
                            sink.emit(new ProviderEvent.Intended());
                            throw new ProviderFailure(ProviderFailure.Kind.AMBIGUOUS, "No answer to the create.");
                        },
                        (call, sink) -> {
                            assertThat(sink.claim("job of " + sign)).isTrue();
                            sink.emit(sign);
                            goOn.await();
                            sink.emit(new ProviderEvent.Delta("late"));
                            finish(sink, 1);
                        });
        Api person = house.person();
        String id = text(person, prompt, Map.of());
        Reader reader = Reader.follow(person, id);
        Waiting.until("contact is back", LIMIT, () -> {
            List<String> stages = stages(reader.heard());
            return stages.contains("unresolved") && stages.getLast().equals(stage);
        });
        assertThat(row(person, id).path("stage").asText()).isEqualTo(stage);
        goOn.countDown();
        assertThat(reader.verdict(LIMIT)).isEmpty();
        List<SseReader.Event> told = reader.heard();
        JsonNode silent = told.stream()
                .map(event -> GenerationsIT.json(event.data()))
                .filter(data -> data.has("unresolved"))
                .findFirst()
                .orElseThrow();
        assertThat(silent.path("unresolved").path("next_check_seconds").asInt()).isEqualTo(5);
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("completed");
        assertThat(row.path("attempts").asInt()).isEqualTo(1);
        assertThat(house.provider().calls(prompt)).hasSize(2);
        assertThat(row.path("receipt").path("charged").decimalValue()).isEqualByComparingTo("0.0001");
        assertThat(house.hold(id)).isEqualTo("settled");
        List<JsonNode> charges = person.get("/v1/ledger")
                .expect(200)
                .json()
                .path("data")
                .valueStream()
                .filter(line -> line.path("generation").asText().equals(id))
                .filter(line -> line.path("kind").asText().equals("charge"))
                .toList();
        assertThat(charges).hasSize(1);
        assertThat(charges.getFirst().path("amount").decimalValue()).isEqualByComparingTo("-0.0001");
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
    }

    /** What a look may show: how far it is, that it is being made, that it waits there. */
    static List<Arguments> signs() {
        return List.of(
                Arguments.of(new ProviderEvent.Progress(0.5, 1.0, "provider"), "generating"),
                Arguments.of(new ProviderEvent.Working(), "generating"),
                Arguments.of(new ProviderEvent.Queued(null), "starting"));
    }

    private static List<String> stages(List<SseReader.Event> events) {
        return events.stream()
                .filter(event -> event.event().equals("progress"))
                .map(event -> json(event.data()).path("stage").asText())
                .toList();
    }

    @Test
    void percentComesFromWhatTheProviderSaysHoweverItLies() {
        house.provider().script("liar", (call, sink) -> {
            for (double share : new double[] {0.1, 0.5, 0.2, Double.NaN, -3, 7, 0.9}) {
                sink.emit(new ProviderEvent.Progress(share, null, "provider"));
                call.cancellation().await(Duration.ofMillis(1_100));
            }
            sink.emit(new ProviderEvent.Delta("done"));
            finish(sink, 1);
        });
        Api person = house.person();
        String id = text(person, "liar", Map.of());
        assertThat(Reader.follow(person, id).verdict(LIMIT)).isEmpty();
        List<JsonNode> told = events(person, id, null).stream()
                .filter(event -> event.event().equals("progress"))
                .map(event -> json(event.data()))
                .toList();
        assertThat(told)
                .extracting(progress -> progress.path("source").asText())
                .contains("provider");
        assertThat(told)
                .filteredOn(progress -> progress.path("source").asText().equals("provider"))
                .extracting(progress -> progress.path("percent").asDouble())
                .isSorted()
                .anyMatch(percent -> percent >= 45)
                .allMatch(percent -> percent < 100);
    }

    @Test
    void twoGenerationsNeverShareAJobAtTheVendor() {
        var answers = new ArrayList<Boolean>();
        ScriptedProvider.Act act = (call, sink) -> {
            sink.emit(new ProviderEvent.Intended());
            answers.add(sink.claim("the-only-job"));
            answers.add(sink.claim("the-only-job"));
            sink.emit(new ProviderEvent.Delta("x"));
            finish(sink, 1);
        };
        house.provider().script("claims", act);
        Api person = house.person();
        for (int i = 0; i < 2; i++) {
            assertThat(Reader.follow(person, text(person, "claims", Map.of())).verdict(LIMIT))
                    .isEmpty();
        }
        assertThat(answers).containsExactly(true, true, false, false);
    }

    @Test
    void aGenerationThatIsNeverFinishedIsBuriedAndPaidBack() {
        house.provider().script("poison", (call, sink) -> {
            speak(sink, "kept");
            throw new AssertionError("the adapter broke down");
        });
        Api person = house.person();
        String id = text(person, "poison", Map.of());
        Reader reader = Reader.follow(person, id);
        assertThat(reader.verdict(LIMIT)).isEmpty();
        JsonNode row = row(person, id);
        assertThat(row.path("status").asText()).isEqualTo("failed");
        assertThat(row.path("text").asText()).isEqualTo("kept ");
        Waiting.until("everything is given back", LIMIT, () -> held(person).signum() == 0);
    }

    private static BigDecimal held(Api person) {
        return person.get("/v1/usage").json().path("credits").path("held").decimalValue();
    }

    private static SseReader.Event next(Api.Stream stream, String name) {
        for (SseReader.Event event = stream.events().next();
                event != null;
                event = stream.events().next()) {
            if (event.event().equals(name)) {
                return event;
            }
        }
        throw new AssertionError("the stream ended without " + name);
    }

    private static String text(Api person, String prompt, Map<String, Object> more) {
        return person.generate("text", prompt, more).path("id").asText();
    }
}
