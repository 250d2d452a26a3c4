package dev.millrace.generation;

import static dev.millrace.generation.AccountWatch.json;
import static dev.millrace.generation.AccountWatch.statuses;
import static dev.millrace.generation.GenerationsIT.row;
import static dev.millrace.generation.ScriptedProvider.finish;
import static dev.millrace.generation.ScriptedProvider.hang;
import static dev.millrace.generation.ScriptedProvider.says;
import static dev.millrace.generation.ScriptedProvider.speak;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.testing.Api;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.StreamCheck;
import dev.millrace.testing.Waiting;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One stream for a whole account, on two nodes over one database. */
class AccountStreamIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private ScriptedHouse here;
    private ScriptedHouse there;
    private ScriptedProvider provider;

    @BeforeEach
    void open() {
        var shared = ScriptedHouse.Shared.fresh();
        provider = shared.provider();
        here = new ScriptedHouse(shared);
        there = new ScriptedHouse(shared);
    }

    @AfterEach
    void close() {
        assertThat(here.ledgerFaults()).isEmpty();
        here.close();
        there.close();
    }

    @Test
    void aConnectionBeginsWithWhatIsNotOverAndIsToldEveryChange() {
        provider.script("over", says("quick"));
        provider.script("hangs", (call, sink) -> hang(call));
        Api person = here.person();
        String over = text(person, "over");
        Waiting.until(
                "it is over",
                LIMIT,
                () -> row(person, over).path("status").asText().equals("completed"));
        String one = text(person, "hangs");
        String two = text(person, "hangs");
        String waiting = text(person, "hangs");
        for (Api place : List.of(person, person.at(there.address()))) {
            try (var watch = AccountWatch.open(place, "")) {
                watch.awaitStatus(waiting, "queued", LIMIT);
                assertThat(watch.events()).noneMatch(event -> event.data().contains(over));
                assertThat(watch.events()).allMatch(event -> event.id() == null);
                assertThat(watch.events().getFirst().event()).isEqualTo("limits");
            }
        }
        Waiting.until(
                "two run",
                LIMIT,
                () -> List.of(one, two).stream()
                        .allMatch(id -> row(person, id).path("status").asText().equals("running")));
        try (var watch = AccountWatch.open(person, "");
                var other = AccountWatch.open(person.at(there.address()), "")) {
            other.awaitStatus(waiting, "queued", LIMIT);
            watch.awaitStatus(waiting, "queued", LIMIT);
            person.post("/v1/generations/" + one + "/cancellation", "{}").expect(202);
            for (AccountWatch each : List.of(watch, other)) {
                each.awaitStatus(one, "canceled", LIMIT);
                List<SseReader.Event> told = each.awaitStatus(waiting, "running", LIMIT);
                assertThat(statuses(told, one)).containsExactly("running", "canceled");
                assertThat(statuses(told, waiting)).containsExactly("queued", "running");
                assertThat(statuses(told, two)).containsExactly("running");
            }
            person.post("/v1/generations/" + two + "/cancellation", "{}").expect(202);
            person.post("/v1/generations/" + waiting + "/cancellation", "{}").expect(202);
            other.awaitStatus(waiting, "canceled", LIMIT);
        }
    }

    @Test
    void noChangeOfStateIsLeftOutHoweverFastItIs() {
        provider.script("fast", says("a", "few", "words"));
        Api person = here.person();
        here.db()
                .run(tx -> tx.update("UPDATE plan SET running = 10, per_minute = NULL, per_day = NULL")
                        .execute());
        try (var watch = AccountWatch.open(person, "");
                var other = AccountWatch.open(person.at(there.address()), "")) {
            for (int i = 0; i < 40; i++) {
                Api place = i % 2 == 0 ? person : person.at(there.address());
                String id = text(place, "fast");
                for (AccountWatch each : List.of(watch, other)) {
                    assertThat(statuses(each.awaitStatus(id, "completed", LIMIT), id))
                            .containsExactly("queued", "running", "completed");
                }
            }
        }
    }

    @Test
    void limitsAreToldWhenTheyChange() {
        var gate = new CountDownLatch(1);
        provider.script("paid", (call, sink) -> {
            gate.await();
            speak(sink, "one", "two");
            finish(sink, 2);
        });
        Api person = here.person();
        try (var watch = AccountWatch.open(person, "")) {
            String id = text(person, "paid");
            watch.await("credits are held", LIMIT, told -> credits(told, "held").signum() > 0);
            gate.countDown();
            watch.awaitStatus(id, "completed", LIMIT);
            watch.await(
                    "credits are given back",
                    LIMIT,
                    told -> credits(told, "held").signum() == 0);
            assertThat(credits(watch.events(), "balance")).isEqualByComparingTo("199.9998");
        }
    }

    @Test
    void aFileIsToldOnceItCanBeFetched() {
        provider.script("picture", TakeoversIT::deliver);
        Api person = here.person();
        try (var watch = AccountWatch.open(person.at(there.address()), "")) {
            String id = person.generate("video", "picture", Map.of("options", Map.of("seconds", 1)))
                    .path("id")
                    .asText();
            List<SseReader.Event> told = watch.awaitStatus(id, "completed", LIMIT);
            assertThat(statuses(told, id)).containsExactly("queued", "running", "processing", "completed");
            JsonNode asset = told.stream()
                    .filter(event -> event.event().equals("asset"))
                    .map(AccountWatch::json)
                    .findFirst()
                    .orElseThrow();
            assertThat(asset.path("status").asText()).isEqualTo("ready");
            assertThat(asset.path("url").asText()).isNotEmpty();
        }
    }

    @Test
    void generationsThatAreFollowedTellEverythingAndResume() {
        String page = "words ".repeat(20);
        for (int i = 0; i < 3; i++) {
            String prompt = "long " + i;
            provider.script(prompt, (call, sink) -> {
                for (int word = 0; word < 60; word++) {
                    sink.emit(new ProviderEvent.Delta(word + " " + page));
                    call.cancellation().await(Duration.ofMillis(15));
                }
                finish(sink, 60);
            });
        }
        Api person = here.person();
        here.db().run(tx -> tx.update("UPDATE plan SET running = 10").execute());
        List<String> ids = List.of(text(person, "long 0"), text(person, "long 1"), text(person, "long 2"));
        var checks = ids.stream().map(id -> new StreamCheck()).toList();
        var random = new Random(7);
        int connections = 0;
        while (!checks.stream().allMatch(StreamCheck::ended)) {
            connections++;
            Api place = random.nextBoolean() ? person : person.at(there.address());
            readSome(place, ids, checks, 1 + random.nextInt(10));
        }
        assertThat(connections).isGreaterThan(3);
        for (int i = 0; i < ids.size(); i++) {
            assertThat(checks.get(i).compare(row(person, ids.get(i)))).isEmpty();
        }
        try (Api.Stream all = person.stream(followed(ids, checks), null)) {
            assertThat(all.events().next().event())
                    .as("what is over has nothing to say")
                    .isEqualTo("limits");
        }
    }

    @Test
    void whatCannotBeFollowedIsRefused() {
        provider.script("mine", says("x"));
        Api person = here.person();
        String mine = text(person, "mine");
        Api other = here.person();
        String many = String.join(
                ",",
                java.util.stream.Stream.generate(
                                () -> java.util.UUID.randomUUID().toString())
                        .limit(21)
                        .toList());
        person.get("/v1/events?follow=" + many).expect(400);
        person.get("/v1/events?follow=nonsense").expect(400);
        person.get("/v1/events?follow=" + mine + ",").expect(400);
        person.get("/v1/events?after=" + mine + ":1.1.0").expect(400);
        person.get("/v1/events?follow=" + mine + "&after=" + mine).expect(400);
        other.get("/v1/events?follow=" + mine).expect(404);
        Api.anonymous(here.address()).get("/v1/events").expect(401);
    }

    @Test
    void whoSignsOutElsewhereIsToldAndReadsNoMore() throws InterruptedException {
        provider.script("hangs", (call, sink) -> hang(call));
        Api person = here.person();
        String id = text(person, "hangs");
        try (var watch = AccountWatch.open(person, "?follow=" + id)) {
            watch.awaitStatus(id, "running", LIMIT);
            person.at(there.address()).delete("/v1/sessions/current").expect(204);
            List<SseReader.Event> told = watch.awaitEnd(LIMIT);
            assertThat(told.getLast()).isEqualTo(new SseReader.Event(null, "session_revoked", "{}"));
        }
    }

    @Test
    void aNodeThatStopsSendsItsReadersAwayWithoutAnError() throws InterruptedException {
        provider.script("hangs", (call, sink) -> hang(call));
        Api person = here.person();
        String id = text(person, "hangs");
        try (var watch = AccountWatch.open(person, "?follow=" + id);
                var alone = AccountWatch.open(person, "")) {
            watch.awaitStatus(id, "running", LIMIT);
            alone.awaitStatus(id, "running", LIMIT);
            here.server().drain(Duration.ofSeconds(8));
            for (AccountWatch each : List.of(watch, alone)) {
                List<SseReader.Event> told = each.awaitEnd(LIMIT);
                assertThat(told.getLast()).isEqualTo(new SseReader.Event(null, "reconnect", "{\"reason\":\"drain\"}"));
            }
        }
    }

    private static void readSome(Api place, List<String> ids, List<StreamCheck> checks, int most) {
        try (Api.Stream stream = place.stream(followed(ids, checks), null)) {
            assertThat(stream.status()).isEqualTo(200);
            for (int i = 0; i < most && !checks.stream().allMatch(StreamCheck::ended); ) {
                SseReader.Event event = stream.events().next();
                if (event == null) {
                    return;
                }
                if (event.event().equals("message")) {
                    JsonNode data = json(event);
                    checks.get(ids.indexOf(data.path("generation").asText()))
                            .saw(new SseReader.Event(
                                    data.path("id").asText(),
                                    data.path("event").asText(),
                                    data.path("data").toString()));
                    i++;
                }
            }
        }
    }

    private static String followed(List<String> ids, List<StreamCheck> checks) {
        var after = new StringBuilder();
        for (int i = 0; i < ids.size(); i++) {
            String last = checks.get(i).lastId();
            if (last != null) {
                after.append(after.isEmpty() ? "&after=" : ",")
                        .append(ids.get(i))
                        .append(':')
                        .append(last);
            }
        }
        return "/v1/events?follow=" + String.join(",", ids) + after;
    }

    private static BigDecimal credits(List<SseReader.Event> told, String name) {
        return told.stream()
                .filter(event -> event.event().equals("limits"))
                .reduce((earlier, later) -> later)
                .map(event -> json(event).path("credits").path(name).decimalValue())
                .orElse(BigDecimal.ZERO);
    }

    private static String text(Api person, String prompt) {
        return person.generate("text", prompt, Map.of()).path("id").asText();
    }
}
