package dev.millrace.webhooks;

import static dev.millrace.webhooks.HookHouse.SOON;
import static dev.millrace.webhooks.HookHouse.address;
import static dev.millrace.webhooks.HookHouse.attempted;
import static dev.millrace.webhooks.HookHouse.delivery;
import static dev.millrace.webhooks.HookHouse.ended;
import static dev.millrace.webhooks.HookHouse.tested;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.HookReceiver;
import dev.millrace.testing.HookReceiver.Got;
import dev.millrace.testing.Waiting;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Servers that are slow, wrong, gone or hostile: what comes of it for them, and that nothing comes of it for others. */
class MannersIT {
    private static final List<String> EVENTS = List.of("generation.completed");

    private static HookHouse stage;

    @BeforeAll
    static void open() {
        stage = new HookHouse();
    }

    @AfterAll
    static void close() {
        stage.close();
    }

    /** How a server answers, and what the log says of it. */
    private record Row(
            String name,
            HookReceiver.Manner manner,
            @Nullable Integer status,
            @Nullable String error,
            String answer) {}

    @Test
    void eachWayToAnswerIsWhatTheRulesSayItIs() {
        String trap = stage.path("trap");
        HookReceiver receiver = stage.receiver;
        var rows = List.of(
                new Row("ok", HookReceiver.status(200, "", "thanks"), 200, null, "thanks"),
                new Row("accepted", HookReceiver.status(202, "Retry-After: 60\r\n", ""), 202, null, ""),
                new Row("binary", HookReceiver.status(200, "", "a\0b\u0007c\u009fd"), 200, null, "a b c d"),
                new Row("long", HookReceiver.status(200, "", "é".repeat(5_000)), 200, null, "é".repeat(1_024)),
                new Row("cut-in-body", HookReceiver.cutInBody(200), 200, null, "only so much"),
                new Row(
                        "endless",
                        receiver.endless(),
                        200,
                        null,
                        "and on ".repeat(147).substring(0, 1_024)),
                new Row("bomb", receiver.bomb(), 200, null, " ".repeat(1_024)),
                new Row("error", HookReceiver.status(500, "", "broken"), 500, "refused", "broken"),
                new Row("not-found", HookReceiver.status(404, "", ""), 404, "refused", ""),
                new Row("moved", moved(301, trap), 301, "redirected", ""),
                new Row("found", moved(302, trap), 302, "redirected", ""),
                new Row("kept", moved(307, trap), 307, "redirected", ""),
                new Row("not-modified", HookReceiver.status(304, "", ""), 304, "redirected", ""),
                new Row("cut", HookReceiver.cut(), null, "cut_off", ""),
                new Row(
                        "nonsense",
                        out -> out.write("hello\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                        null,
                        "cut_off",
                        ""),
                new Row("headers", receiver.headers(), null, "cut_off", ""));
        Api person = stage.house.person();
        Api other = stage.house.person();
        record Sent(Row row, Api owner, String delivery) {}
        var sent = new ArrayList<Sent>();
        var paths = new ArrayList<String>();
        for (Row row : rows) {
            Api owner = sent.size() < 9 ? person : other;
            String path = stage.path(row.name());
            receiver.tell(path, row.manner());
            paths.add(path);
            sent.add(new Sent(row, owner, tested(owner, stage.endpoint(owner, path, EVENTS))));
        }
        for (Sent one : sent) {
            Row row = one.row();
            JsonNode seen = attempted(one.owner(), one.delivery(), 1);
            JsonNode attempt = seen.path("attempts").get(seen.path("attempts").size() - 1);
            assertThat(
                            attempt.path("status").isNull()
                                    ? null
                                    : attempt.path("status").asInt())
                    .as(row.name())
                    .isEqualTo(row.status());
            assertThat(
                            attempt.path("error").isNull()
                                    ? null
                                    : attempt.path("error").asText())
                    .as(row.name())
                    .isEqualTo(row.error());
            assertThat(attempt.path("answer").asText()).as(row.name()).isEqualTo(row.answer());
            assertThat(seen.path("status").asText())
                    .as(row.name())
                    .isEqualTo(row.error() == null ? "delivered" : "pending");
        }
        assertThat(receiver.at(trap)).as("redirects are not followed").isEmpty();
        Waiting.until(
                "answers without an end to be cut",
                SOON,
                () -> paths.stream().allMatch(path -> receiver.openAt(path) == 0));
    }

    @Test
    void whoSaysNothingIsGivenUpAfterTwentySeconds() {
        Api person = stage.house.person();
        String path = stage.path("silent");
        stage.receiver.tell(path, stage.receiver.hang());
        JsonNode seen = attempted(person, tested(person, stage.endpoint(person, path, EVENTS)), 1);

        assertThat(seen.at("/attempts/0/error").asText()).isEqualTo("timed_out");
        assertThat(seen.at("/attempts/0/duration_ms").asInt()).isBetween(19_500, 24_000);
        assertThat(seen.path("status").asText()).isEqualTo("pending");
    }

    @Test
    void whereNobodyListensOrNobodyMayCallItFails() {
        Api person = stage.house.person();
        JsonNode nobody = stage.endpoint(person, stage.path("nobody"), EVENTS);
        stage.sql("UPDATE webhook_endpoint SET url = 'http://127.0.0.1:1/' WHERE id = '" + id(nobody) + "'");
        JsonNode inside = stage.endpoint(person, stage.path("inside"), EVENTS);
        stage.sql("UPDATE webhook_endpoint SET url = 'http://10.255.0.1/' WHERE id = '" + id(inside) + "'");
        JsonNode unknown = stage.endpoint(person, stage.path("unknown"), EVENTS);
        stage.sql("UPDATE webhook_endpoint SET url = 'https://nobody.invalid/' WHERE id = '" + id(unknown) + "'");
        JsonNode plain = stage.endpoint(person, stage.path("plain"), EVENTS);
        stage.sql("UPDATE webhook_endpoint SET url = replace(url, 'http:', 'https:') WHERE id = '" + id(plain) + "'");

        String toNobody = tested(person, nobody);
        String toInside = tested(person, inside);
        String toUnknown = tested(person, unknown);
        String toPlain = tested(person, plain);
        assertThat(attempted(person, toNobody, 1).path("error").asText()).isEqualTo("no_connection");
        assertThat(attempted(person, toInside, 1).path("error").asText()).isEqualTo("blocked_address");
        assertThat(attempted(person, toUnknown, 1).path("error").asText()).isEqualTo("unknown_host");
        assertThat(attempted(person, toPlain, 1).path("error").asText()).isIn("tls_failed", "no_connection");
    }

    @Test
    void aFailureIsTriedAgainAfterFiveSecondsUnderTheSameId() {
        Api person = stage.house.person();
        String path = stage.path("twice");
        var asked = new AtomicInteger();
        stage.receiver.tell(
                path,
                out -> HookReceiver.status(asked.incrementAndGet() == 1 ? 503 : 200, "", "")
                        .answer(out));
        String delivery = tested(person, stage.endpoint(person, path, EVENTS));
        ended(person, delivery, "delivered");

        List<Got> all = stage.receiver.at(path);
        assertThat(all).hasSize(2);
        assertThat(all.get(0).id()).isEqualTo(all.get(1).id());
        assertThat(all.get(0).body()).isEqualTo(all.get(1).body());
        assertThat(Duration.between(all.get(0).at(), all.get(1).at()))
                .isBetween(Duration.ofMillis(4_400), Duration.ofSeconds(20));
        assertThat(timestamp(all.get(1))).isGreaterThanOrEqualTo(timestamp(all.get(0)) + 4);
        assertThat(all.get(0).headers().get("webhook-signature"))
                .isNotEqualTo(all.get(1).headers().get("webhook-signature"));
    }

    @Test
    void theWholeScheduleIsTenAttempts() {
        Api person = stage.house.person();
        String path = stage.path("never");
        stage.receiver.tell(path, HookReceiver.status(500, "", ""));
        JsonNode endpoint = stage.endpoint(person, path, EVENTS);
        String delivery = tested(person, endpoint);
        var planned = List.of(5L, 300L, 1_800L, 7_200L, 18_000L, 36_000L, 50_400L, 72_000L, 86_400L);
        for (int attempt = 1; attempt <= planned.size(); attempt++) {
            JsonNode seen = stage.attempted(person, delivery, attempt, endpoint);
            assertThat(seen.path("status").asText()).isEqualTo("pending");
            Instant next = Instant.parse(seen.path("next_attempt_at").asText());
            Instant at = Instant.parse(seen.at("/attempts/0/at").asText());
            long seconds = planned.get(attempt - 1);
            assertThat(Duration.between(at, next))
                    .as("after attempt %s", attempt)
                    .isBetween(Duration.ofMillis(seconds * 900), Duration.ofMillis(seconds * 1_100 + 5_000));
            stage.hurry(endpoint);
        }
        JsonNode seen = stage.attempted(person, delivery, 10, endpoint);
        assertThat(seen.path("status").asText()).isEqualTo("failed");
        assertThat(seen.path("attempts")).hasSize(10);
        assertThat(seen.path("next_attempt_at").isNull()).isTrue();
        assertThat(seen.path("error").asText()).isEqualTo("refused");
        assertThat(stage.receiver.at(path))
                .hasSize(10)
                .extracting(Got::id)
                .containsOnly(seen.path("message").asText());
        assertThat(person.get(address(endpoint)).json().path("failing_since").isNull())
                .isFalse();

        stage.receiver.tell(path, HookReceiver.status(200, "", ""));
        ended(person, tested(person, endpoint), "delivered");
        assertThat(person.get(address(endpoint)).json().path("failing_since").isNull())
                .isTrue();
    }

    @Test
    void retryAfterIsKeptToAndTheRestWaitsToo() {
        Api person = stage.house.person();
        String path = stage.path("busy");
        stage.receiver.tell(path, HookReceiver.status(429, "Retry-After: 120\r\n", ""));
        JsonNode endpoint = stage.endpoint(person, path, EVENTS);
        JsonNode seen = attempted(person, tested(person, endpoint), 1);
        assertThat(wait(seen)).isBetween(Duration.ofSeconds(119), Duration.ofSeconds(125));

        String second = tested(person, endpoint);
        String elsewhere = stage.path("elsewhere");
        ended(person, tested(person, stage.endpoint(person, elsewhere, EVENTS)), "delivered");
        assertThat(delivery(person, second).path("attempts")).isEmpty();
        assertThat(stage.receiver.at(path)).hasSize(1);

        stage.receiver.tell(path, HookReceiver.status(503, "Retry-After: 99999999\r\n", ""));
        stage.hurry(endpoint);
        assertThat(wait(stage.attempted(person, second, 1, endpoint)))
                .isBetween(Duration.ofHours(23), Duration.ofMinutes(24 * 60 + 1));
        stage.receiver.tell(path, HookReceiver.status(200, "", ""));
        Waiting.until("all to be delivered", SOON, () -> {
            stage.hurry(endpoint);
            return delivery(person, second).path("status").asText().equals("delivered");
        });
    }

    @Test
    void whoIsGoneIsNotCalledAgainUntilHisOwnerSaysSo() {
        Api person = stage.house.person();
        String path = stage.path("gone");
        JsonNode endpoint = stage.endpoint(person, path, EVENTS);
        stage.receiver.tell(path, HookReceiver.status(500, "", ""));
        String waiting = tested(person, endpoint);
        attempted(person, waiting, 1);
        stage.receiver.tell(path, HookReceiver.status(410, "", "no more"));
        String last = tested(person, endpoint);
        JsonNode seen = ended(person, last, "failed");
        assertThat(seen.path("error").asText()).isEqualTo("gone");
        assertThat(ended(person, waiting, "failed").path("error").asText()).isIn("endpoint_disabled", "gone");

        JsonNode disabled = person.get(address(endpoint)).expect(200).json();
        assertThat(disabled.path("status").asText()).isEqualTo("disabled");
        assertThat(disabled.at("/disabled/reason").asText()).isEqualTo("gone");
        assertThat(person.send("POST", address(endpoint) + "/test", null, Map.of())
                        .expect(409)
                        .code())
                .isEqualTo("conflict");
        person.send("POST", last + "/retries", null, Map.of()).expect(409);
        int calls = stage.receiver.at(path).size();
        JsonNode text = person.generate("text", "the sea", Map.of("options", Map.of("words", 3)));
        Waiting.until(
                "its end",
                SOON,
                () -> !person.get("/v1/generations/" + id(text))
                        .json()
                        .path("finished_at")
                        .isNull());
        assertThat(stage.count("webhook_delivery", "subject = '" + id(text) + "'"))
                .isZero();
        assertThat(stage.receiver.at(path)).hasSize(calls);

        stage.receiver.tell(path, HookReceiver.status(200, "", ""));
        JsonNode enabled = person.send("PATCH", address(endpoint), "{\"enabled\":true}", Map.of())
                .expect(200)
                .json();
        assertThat(enabled.path("disabled").isNull()).isTrue();
        person.post(address(endpoint) + "/retries", Map.of("since", "2020-01-01T00:00:00Z"))
                .expect(202);
        ended(person, waiting, "delivered");
        ended(person, last, "delivered");
    }

    @Test
    void nothingButFailuresForFiveDaysDisablesAnEndpoint() {
        Api person = stage.house.person();
        String path = stage.path("failing");
        stage.receiver.tell(path, HookReceiver.status(500, "", ""));
        JsonNode endpoint = stage.endpoint(person, path, EVENTS);
        String first = tested(person, endpoint);
        attempted(person, first, 1);
        assertThat(person.get(address(endpoint)).json().path("status").asText()).isEqualTo("enabled");
        stage.sql("UPDATE webhook_endpoint SET failing_since = now() - interval '5 days 1 minute' WHERE id = '"
                + id(endpoint) + "'");
        stage.hurry(endpoint);

        ended(person, first, "failed");
        JsonNode seen = person.get(address(endpoint)).json();
        assertThat(seen.at("/disabled/reason").asText()).isEqualTo("failing");
        assertThat(stage.house
                        .db()
                        .<List<Map<String, Object>>>read(
                                tx -> tx.query("SELECT * FROM admin.webhooks WHERE id = '" + id(endpoint) + "'")
                                        .mapToMap()
                                        .list()))
                .singleElement()
                .satisfies(row ->
                        assertThat(row).containsEntry("status", "disabled").containsEntry("failed", 1L));
    }

    @Test
    void aSlowEndpointDelaysOnlyItself() {
        Api slow = stage.house.person();
        Api quick = stage.house.person();
        String dead = stage.path("dead");
        String mine = stage.path("mine");
        String fine = stage.path("fine");
        stage.receiver.tell(dead, stage.receiver.hang());
        JsonNode deadEndpoint = stage.endpoint(slow, dead, EVENTS);
        JsonNode mineEndpoint = stage.endpoint(slow, mine, EVENTS);
        JsonNode fineEndpoint = stage.endpoint(quick, fine, EVENTS);
        IntStream.range(0, 40).forEach(i -> tested(slow, deadEndpoint));
        stage.receiver.await(dead, DeliveryWorker.LANES, SOON);
        Instant began = Instant.now();
        IntStream.range(0, 40).forEach(i -> {
            tested(slow, mineEndpoint);
            tested(quick, fineEndpoint);
        });

        stage.receiver.await(mine, 40, SOON);
        stage.receiver.await(fine, 40, SOON);
        System.out.println("80 deliveries beside a dead endpoint: "
                + Duration.between(began, Instant.now()).toMillis() + " ms");
        assertThat(stage.receiver.mostAtOnce(dead)).isEqualTo(DeliveryWorker.LANES);
        assertThat(stage.receiver.mostAtOnce(fine)).isLessThanOrEqualTo(DeliveryWorker.LANES);
        assertThat(stage.receiver.at(fine)).extracting(Got::id).doesNotHaveDuplicates();
        slow.delete(address(deadEndpoint)).expect(204);
    }

    @Test
    void aCallThatHangsHoldsUpOnlyItself() {
        Api person = stage.house.person();
        String path = stage.path("once-slow");
        var asked = new AtomicInteger();
        stage.receiver.tell(path, out -> {
            if (asked.incrementAndGet() == 1) {
                stage.receiver.hang().answer(out);
            }
            HookReceiver.status(200, "", "").answer(out);
        });
        JsonNode endpoint = stage.endpoint(person, path, EVENTS);
        String hanging = tested(person, endpoint);
        stage.receiver.await(path, 1, SOON);
        List<String> others =
                IntStream.range(0, 10).mapToObj(i -> tested(person, endpoint)).toList();

        others.forEach(one -> ended(person, one, "delivered"));
        assertThat(delivery(person, hanging).path("attempts")).isEmpty();
    }

    private static HookReceiver.Manner moved(int status, String to) {
        return HookReceiver.status(status, "Location: " + stage.receiver.url(to) + "\r\n", "");
    }

    private static String id(JsonNode thing) {
        return thing.path("id").asText();
    }

    private static long timestamp(Got got) {
        return Long.parseLong(got.headers().get("webhook-timestamp"));
    }

    private static Duration wait(JsonNode delivery) {
        return Duration.between(
                Instant.parse(delivery.at("/attempts/0/at").asText()),
                Instant.parse(delivery.path("next_attempt_at").asText()));
    }
}
