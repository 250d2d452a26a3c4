package dev.millrace.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.HookReceiver;
import dev.millrace.testing.NodeTests;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A house that may call loopback, and somebody's server there. */
final class HookHouse implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(40);
    static final List<String> ALL = List.of(
            "generation.completed", "generation.failed", "generation.canceled", "asset.ready", "asset.rejected");

    private final AtomicInteger paths = new AtomicInteger();
    final HookReceiver receiver = HookReceiver.start();
    final TestHouse house = TestHouse.open(Map.of("MILLRACE_ALLOW_PRIVATE_CIDRS", "127.0.0.0/8"));

    /** A path that nobody else is told of. */
    String path(String name) {
        return "/" + name + "/" + paths.incrementAndGet();
    }

    /** Makes an endpoint for a path; answers it with its secret. */
    JsonNode endpoint(Api person, String path, List<String> events) {
        return person.post("/v1/webhooks/endpoints", Map.of("url", receiver.url(path), "events", events))
                .expect(201)
                .json();
    }

    static String address(JsonNode endpoint) {
        return "/v1/webhooks/endpoints/" + endpoint.path("id").asText();
    }

    /** Sends a test event; answers the address of its delivery. */
    static String tested(Api person, JsonNode endpoint) {
        JsonNode delivery = person.send("POST", address(endpoint) + "/test", null, Map.of())
                .expect(202)
                .json();
        return "/v1/webhooks/deliveries/" + delivery.path("id").asText();
    }

    static JsonNode delivery(Api person, String address) {
        return person.get(address).expect(200).json();
    }

    /** Waits until so many attempts of a delivery were made; answers it. */
    static JsonNode attempted(Api person, String address, int attempts) {
        return attempted(person, address, attempts, () -> {});
    }

    /** The same for one that was hurried. */
    JsonNode attempted(Api person, String address, int attempts, JsonNode hurried) {
        return attempted(person, address, attempts, () -> wake(hurried));
    }

    private static JsonNode attempted(Api person, String address, int attempts, Runnable before) {
        return Waiting.forValue(attempts + " attempts", SOON, () -> {
            before.run();
            JsonNode seen = delivery(person, address);
            return seen.path("attempts").path(0).path("number").asInt() >= attempts ? seen : null;
        });
    }

    static JsonNode ended(Api person, String address, String status) {
        return Waiting.forValue(address + " to be " + status, SOON, () -> {
            JsonNode seen = delivery(person, address);
            return seen.path("status").asText().equals(status) ? seen : null;
        });
    }

    /** What waits for later is due now. */
    void hurry(JsonNode endpoint) {
        String id = endpoint.path("id").asText();
        house.db().run(tx -> {
            tx.execute("UPDATE webhook_endpoint SET rest_until = NULL WHERE id = '" + id + "'");
            tx.execute(
                    "UPDATE webhook_delivery SET due_at = now() WHERE state = 'pending' AND endpoint = '" + id + "'");
        });
        wake(endpoint);
    }

    /** Its courier looks what is due: to be said again while one is waited for, who may have planned his next round just before. */
    void wake(JsonNode endpoint) {
        sql("UPDATE job SET run_at = now() WHERE kind = 'wake_courier' AND state = 'scheduled' AND payload LIKE '%"
                + endpoint.path("id").asText() + "%'");
    }

    int sql(String statement) {
        return house.db().transact(tx -> tx.update(statement).execute());
    }

    long count(String table, String where) {
        return house.db()
                .read(tx -> tx.query("SELECT count(*) FROM " + table + " WHERE " + where)
                        .mapTo(Long.class)
                        .one());
    }

    /** What the verifier of Standard Webhooks is to judge. */
    record Judged(String name, List<String> secrets, List<String> strangers, HookReceiver.Got got) {}

    static void verified(List<Judged> all) throws IOException, InterruptedException {
        var cases = new ArrayList<Map<String, Object>>();
        for (Judged one : all) {
            cases.add(Map.of(
                    "name", one.name(),
                    "secrets", one.secrets(),
                    "strangers", one.strangers(),
                    "headers", one.got().headers(),
                    "body", Base64.getEncoder().encodeToString(one.got().body())));
        }
        Path file = Files.createTempFile("deliveries", ".json");
        try {
            Files.write(file, Api.JSON.writeValueAsBytes(cases));
            assertThat(NodeTests.run("webhooks.test.mjs", Map.of("DELIVERIES", file.toString())))
                    .isEmpty();
        } finally {
            Files.delete(file);
        }
    }

    @Override
    public void close() {
        house.close();
        receiver.close();
    }
}
