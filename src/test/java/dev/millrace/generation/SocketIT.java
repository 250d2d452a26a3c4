package dev.millrace.generation;

import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.finish;
import static dev.millrace.generation.ScriptedProvider.hang;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.testing.Api;
import dev.millrace.testing.Node;
import dev.millrace.testing.SocketClient;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.StreamCheck;
import dev.millrace.testing.Waiting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The socket, on two nodes over one database. */
class SocketIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** More than a connection holds in all; each flood alone is less than a reader may have waiting. */
    private static final int FLOODS = 36;

    private static final int FLOOD = 50;

    private ScriptedHouse here;
    private ScriptedHouse there;
    private ScriptedProvider provider;

    @BeforeEach
    void open() {
        var shared = ScriptedHouse.Shared.fresh();
        provider = shared.provider();
        here = new ScriptedHouse(shared);
        there = new ScriptedHouse(shared);
        here.db()
                .run(tx -> tx.update("UPDATE plan SET running = 20, per_minute = NULL, per_day = NULL")
                        .execute());
    }

    @AfterEach
    void close() {
        assertThat(here.ledgerFaults()).isEmpty();
        here.close();
        there.close();
    }

    @Test
    void whoDoesNotReadIsLetGoAndNobodyElseNotices() throws Exception {
        var turn = new Semaphore(0);
        provider.script("a flood", (call, sink) -> {
            for (int i = 0; i < FLOODS; i++) {
                turn.acquire();
                for (int k = 0; k < FLOOD; k++) {
                    ScriptedProvider.speak(sink, "w".repeat(1_000));
                }
                ScriptedProvider.speak(sink, "flood-" + i);
            }
            finish(sink, FLOODS * (FLOOD + 1));
        });
        Api person = here.person();
        String id = person.generate("text", "a flood", Map.of()).path("id").asText();
        try (Socket deaf = deaf(person, id);
                var other = SocketClient.open(person)) {
            other.subscribe(id);
            other.awaitEvent(id, "started", LIMIT);
            assertThat(holds(deaf)).isTrue();
            for (int i = 0; i < FLOODS; i++) {
                turn.release();
                String last = "flood-" + i + " ";
                other.await(
                        last,
                        LIMIT,
                        message -> message.at("/data/text").asText().contains(last));
            }

            other.awaitEvent(id, "completed", LIMIT);
            assertThat(other.check(id).compare(row(person, id))).isEmpty();
            Waiting.until("he is let go", Duration.ofSeconds(60), () -> !holds(deaf));
        }
    }

    /** Subscribes, and never reads again. */
    private static Socket deaf(Api person, String id) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(
                new InetSocketAddress(person.base().getHost(), person.base().getPort()));
        String handshake = "GET /v1/socket HTTP/1.1\r\nHost: " + person.base().getAuthority()
                + "\r\nAuthorization: Bearer "
                + person.token() + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        socket.getOutputStream().write(handshake.getBytes(StandardCharsets.US_ASCII));
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 101");
        byte[] subscribe = ("{\"subscribe\":\"" + id + "\"}").getBytes(StandardCharsets.US_ASCII);
        var frame = new ByteArrayOutputStream();
        frame.write(0x81);
        frame.write(0x80 | subscribe.length);
        frame.writeBytes(new byte[4]); // a mask that changes nothing
        frame.writeBytes(subscribe);
        socket.getOutputStream().write(frame.toByteArray());
        return socket;
    }

    /** Whether the server still has this connection, as the kernel's tables say (proc(5), /proc/net/tcp). */
    private static boolean holds(Socket client) {
        String server = "%04X".formatted(client.getPort());
        String ours = "%04X".formatted(client.getLocalPort());
        try {
            for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
                for (String line : Files.readAllLines(Path.of(table))) {
                    String[] field = line.strip().split("\\s+", -1);
                    if (field[1].endsWith(":" + server) && field[2].endsWith(":" + ours) && field[3].equals("01")) {
                        return true;
                    }
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return false;
    }

    @Test
    void manyGenerationsAndTheAccountComeOverOneConnection() {
        Api person = here.person();
        try (var socket = SocketClient.open(person);
                var other = SocketClient.open(person.at(there.address()))) {
            for (SocketClient each : List.of(socket, other)) {
                each.subscribe("account").awaitEvent("account", "limits", LIMIT);
            }
            List<String> ids = talkative(person, 5);
            for (SocketClient each : List.of(socket, other)) {
                ids.forEach(each::subscribe);
            }
            for (String id : ids) {
                for (SocketClient each : List.of(socket, other)) {
                    each.awaitEvent(id, "completed", LIMIT);
                    assertThat(each.check(id).compare(row(person, id))).isEmpty();
                    each.await(
                            "the account's word of " + id,
                            LIMIT,
                            message -> message.path("stream").asText().equals("account")
                                    && message.path("data").path("id").asText().equals(id)
                                    && message.path("data")
                                            .path("status")
                                            .asText()
                                            .equals("completed"));
                }
            }
            assertThat(socket.awaitEvent(ids.getFirst(), "limits", LIMIT).has("id"))
                    .isFalse();
        }
    }

    @Test
    void aStreamThatWasLeftIsSilentAndResumesBehindTheLastEvent() {
        Api person = here.person();
        String id = talkative(person, 1).getFirst();
        var seen = new StreamCheck();
        boolean over = false;
        for (int turn = 0; !over; turn++) {
            try (var socket = SocketClient.open(turn % 2 == 0 ? person : person.at(there.address()))) {
                String last = seen.lastId();
                if (last == null) {
                    socket.subscribe(id);
                } else {
                    socket.subscribe(id, last);
                }
                int enough = 3;
                socket.await(
                        "some events",
                        LIMIT,
                        message -> socket.check(id).events() >= enough
                                || socket.check(id).ended());
                socket.unsubscribe(id).subscribe("nobody");
                socket.awaitEvent("", "error", LIMIT);
                int then = socket.check(id).events();
                socket.subscribe("nobody either");
                socket.await(
                        "a second refusal",
                        LIMIT,
                        message -> socket.messages().stream()
                                        .filter(each ->
                                                each.path("event").asText().equals("error"))
                                        .count()
                                == 2);
                assertThat(socket.check(id).events()).as("silent once left").isEqualTo(then);
                for (JsonNode message : socket.messages()) {
                    if (message.has("id")) {
                        seen.saw(new SseReader.Event(
                                message.path("id").asText(),
                                message.path("event").asText(),
                                message.path("data").toString()));
                    }
                }
                over = seen.ended();
            }
        }
        assertThat(seen.compare(row(person, id))).isEmpty();
        try (var socket = SocketClient.open(person)) {
            socket.subscribe(id, String.valueOf(seen.lastId()));
            assertThat(socket.awaitEvent(id, "error", LIMIT)
                            .path("data")
                            .path("code")
                            .asText())
                    .isEqualTo("gone");
        }
    }

    @Test
    void commandsThatAreNoneAreRefusedAndTheSocketStaysOpen() {
        provider.script("mine", (call, sink) -> hang(call));
        Api person = here.person();
        Api other = here.person();
        String mine = text(person, "mine");
        try (var socket = SocketClient.open(other)) {
            Map<String, String> refusals = new HashMap<>();
            refusals.put("nonsense", "invalid_request");
            refusals.put("{}", "invalid_request");
            refusals.put("{\"subscribe\":\"a\",\"unsubscribe\":\"b\"}", "invalid_request");
            refusals.put("{\"after\":\"1.1.1\"}", "invalid_request");
            refusals.put("{\"subscribe\":7}", "invalid_request");
            refusals.put("{\"subscribe\":\"account\",\"more\":1}", "invalid_request");
            refusals.put("{\"subscribe\":\"nobody\"}", "not_found");
            refusals.put("{\"subscribe\":\"" + mine + "\"}", "not_found");
            int count = 0;
            for (var each : refusals.entrySet()) {
                socket.say(each.getKey());
                int so = ++count;
                socket.await(
                        "refusal " + so, LIMIT, message -> socket.messages().size() >= so);
                assertThat(socket.messages().getLast().path("data").path("code").asText())
                        .as(each.getKey())
                        .isEqualTo(each.getValue());
            }
            socket.subscribe("account").subscribe("account");
            socket.await(
                    "a second subscription is refused",
                    LIMIT,
                    message -> message.path("data").path("code").asText().equals("conflict"));
        }
    }

    @Test
    void whoMayNotComeInIsRefusedBeforeAnythingIsSaid() {
        Api person = here.person();
        assertThat(SocketClient.refusal(here.address(), "", Map.of())).isEqualTo(401);
        assertThat(SocketClient.refusal(here.address(), "?ticket=none", Map.of()))
                .isEqualTo(401);
        assertThat(SocketClient.refusal(
                        here.address(),
                        "",
                        Map.of("Authorization", "Bearer " + person.token(), "Origin", "https://evil.example")))
                .isEqualTo(403);
        String ticket = ticket(person);
        try (var socket = SocketClient.open(there.address(), "?ticket=" + ticket, Map.of())) {
            socket.subscribe("account").awaitEvent("account", "limits", LIMIT);
        }
        assertThat(SocketClient.refusal(here.address(), "?ticket=" + ticket, Map.of()))
                .isEqualTo(401);
        person.get("/v1/socket").expect(400);
    }

    @Test
    void whoSignsOutElsewhereIsToldAndTheSocketCloses() {
        Api person = here.person();
        try (var socket = SocketClient.open(person)) {
            person.at(there.address()).delete("/v1/sessions/current").expect(204);
            assertThat(socket.awaitClose(Duration.ofSeconds(5))).isEqualTo(1008);
            assertThat(socket.messages().getLast().path("event").asText()).isEqualTo("session_revoked");
        }
    }

    @Test
    void aNodeThatStopsSaysSoAndClosesItsSockets() throws InterruptedException {
        provider.script("hangs", (call, sink) -> hang(call));
        Api person = here.person();
        String id = text(person, "hangs");
        try (var silent = SocketClient.open(person);
                var busy = SocketClient.open(person).subscribe(id).subscribe("account")) {
            busy.awaitEvent(id, "started", LIMIT);
            here.server().drain(Duration.ofSeconds(8));
            for (SocketClient each : List.of(silent, busy)) {
                assertThat(each.awaitClose(LIMIT)).isEqualTo(1001);
                JsonNode last = each.messages().getLast();
                assertThat(last.path("event").asText()).isEqualTo("reconnect");
                assertThat(last.path("data").path("reason").asText()).isEqualTo("drain");
            }
        }
    }

    @Test
    void anIdleSocketIsPingedAndStaysOpen() {
        Api person = here.person();
        try (var socket = SocketClient.open(person)) {
            dev.millrace.testing.Waiting.until("three pings", Duration.ofSeconds(45), () -> socket.pings() >= 3);
            socket.subscribe("account").awaitEvent("account", "limits", LIMIT);
        }
    }

    @Test
    void whoShoutsIsShownOut() {
        Api person = here.person();
        try (var socket = SocketClient.open(person)) {
            assertThatThrownBy(() -> {
                        while (true) {
                            socket.unsubscribe("account");
                        }
                    })
                    .as("nobody says anything more once he is shown out")
                    .isInstanceOf(CompletionException.class);
            assertThat(socket.awaitClose(LIMIT)).isEqualTo(1008);
        }
    }

    @Test
    void theNpmClientLeavesResumesAndHearsEverythingOnce() {
        Api person = here.person();
        List<String> prompts = talkative(3);
        List<String> lines = Node.run(
                "socket.mjs",
                Map.of(
                        "BASE",
                        here.address().toString(),
                        "TOKEN",
                        person.token(),
                        "PROMPTS",
                        String.join(",", prompts)),
                Duration.ofSeconds(90));
        var checks = new HashMap<String, StreamCheck>();
        for (String line : lines) {
            JsonNode message = json(line);
            checks.computeIfAbsent(message.path("stream").asText(), id -> new StreamCheck())
                    .saw(new SseReader.Event(
                            message.path("id").asText(),
                            message.path("event").asText(),
                            message.path("data").toString()));
        }
        assertThat(checks).hasSize(prompts.size());
        checks.forEach((id, check) -> assertThat(check.compare(row(person, id))).isEmpty());
    }

    /** Generations that say sixty words in about a second. */
    private List<String> talkative(Api person, int count) {
        return talkative(count).stream().map(prompt -> text(person, prompt)).toList();
    }

    /** Prompts of which each is answered with sixty words. */
    private List<String> talkative(int count) {
        var prompts = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            prompts.add("talkative " + i);
            provider.script(prompts.getLast(), (call, sink) -> {
                for (int word = 0; word < 60; word++) {
                    sink.emit(new ProviderEvent.Delta(word + " \u00fc\ud83d\ude00\"\\\n "));
                    call.cancellation().await(Duration.ofMillis(20));
                }
                finish(sink, 60);
            });
        }
        return prompts;
    }

    private static String ticket(Api person) {
        return person.post("/v1/stream-tickets", Map.of("path", "/v1/socket"))
                .expect(201)
                .json()
                .path("ticket")
                .asText();
    }

    private static JsonNode json(String line) {
        try {
            return Api.JSON.readTree(line);
        } catch (JsonProcessingException failure) {
            throw new AssertionError("not a message: " + line, failure);
        }
    }

    private static String text(Api person, String prompt) {
        return person.generate("text", prompt, Map.of()).path("id").asText();
    }
}
