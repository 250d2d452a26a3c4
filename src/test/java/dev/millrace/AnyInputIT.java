package dev.millrace;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.TestHouse;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every call of the house with every field of its body, every query and every name in its path replaced by what people and attackers
 * send: each is answered, and none with a fault of the server's own.
 */
class AnyInputIT {
    private static final String ID = "0193f3a4-7c1e-7a52-9d57-3b1f2a6c4e10";

    /** A body that is taken, for every call that takes one. A call that is missing here fails the test. */
    private static final Map<String, String> BODIES = Map.ofEntries(
            entry("POST /v1/accounts", """
                    {"email": "any-input@example.com", "password": "kettle-orchid-ninety", "name": "Any", "cookie": true}"""),
            entry("POST /v1/sessions", """
                    {"email": "any-input@example.com", "password": "kettle-orchid-ninety", "cookie": false}"""),
            entry("POST /v1/tokens", """
                    {"refresh_token": "somebody's"}"""),
            entry("POST /v1/stream-tickets", """
                    {"path": "/v1/events"}"""),
            entry("PATCH /v1/me", """
                    {"name": "Any"}"""),
            entry("POST /v1/api-keys", """
                    {"name": "any", "scopes": ["read"], "expires_at": "2099-01-01T00:00:00Z", "cap_day": 20, "per_minute": 5, "per_day": 9}"""),
            entry("POST /v1/estimates", """
                    {"kind": "video", "model": "studio/video", "prompt": "a boat",
                     "options": {"width": 320, "height": 180, "seconds": 2, "seed": 7}}"""),
            entry("POST /v1/generations", """
                    {"kind": "text", "model": "studio/text", "messages": [{"role": "user", "content": "a boat"}],
                     "options": {"words": 5, "speed": 200, "max_tokens": 9, "stop": ["x"]}, "metadata": {"a": "b"}}"""),
            entry("POST /v1/generations/{}/retries", "{}"),
            entry("POST /v1/generations/{}/cancellation", "{}"),
            entry("PUT /v1/caps", """
                    {"day": 20}"""),
            entry("POST /v1/checkouts", """
                    {"pack": "small"}"""),
            entry("POST /v1/portal-sessions", "{}"),
            entry("POST /v1/webhooks/stripe", """
                    {"id": "evt_1", "type": "invoice.paid", "data": {"object": {"id": "in_1"}}}"""),
            entry("POST /v1/webhooks/replicate", """
                    {"id": "p1", "status": "succeeded", "output": ["https://replicate.delivery/x.png"], "error": null}"""),
            entry("POST /v1/webhooks/endpoints", """
                    {"url": "https://example.com/hooks", "events": ["credits.low"], "description": "any", "credits_low_below": 10}"""),
            entry("PATCH /v1/webhooks/endpoints/{}", """
                    {"url": "https://example.com/hooks", "events": ["credits.low"], "description": "any", "credits_low_below": 10,
                     "enabled": true}"""),
            entry("POST /v1/webhooks/endpoints/{}/secret", "{}"),
            entry("POST /v1/webhooks/endpoints/{}/retries", """
                    {"since": "2026-01-01T00:00:00Z"}"""),
            entry("POST /v1/webhooks/endpoints/{}/test", "{}"),
            entry("POST /v1/webhooks/deliveries/{}/retries", "{}"),
            entry("POST /openai/v1/chat/completions", """
                    {"model": "studio/text", "messages": [{"role": "user", "content": "a boat"}], "max_tokens": 9, "n": 1,
                     "stream": false, "stop": ["x"], "metadata": {"a": "b"}}"""),
            entry("POST /openai/v1/images/generations", """
                    {"model": "studio/image", "prompt": "a boat", "n": 1, "size": "256x256", "response_format": "b64_json"}"""),
            entry("POST /openai/v1/videos", """
                    {"model": "studio/video", "prompt": "a boat", "size": "320x180", "seconds": "2"}"""));

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "0",
            "-1",
            "1.5",
            "1e400",
            "99999999999999999999999",
            "-0.0000001",
            "[]",
            "[null]",
            "{}",
            "{\"a\": {\"b\": []}}",
            "\"\"",
            "\" \"",
            "\"x\"",
            "\"@\"",
            "\"a@\"",
            "\"x\\r\\nSet-Cookie: a=b\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\u202e\\u0301\\ufeff\"",
            "\"\ud83d\udea3\u200d\ud83d\udea3\"",
            "\"I\u0130\u0131\"",
            "\"%s%n${jndi:x}{{7*7}}\"",
            "\"' OR 1=1; --\"",
            "\"../../etc/passwd\"",
            "\"http://[::1\"",
            "\"https://exa mple.com/\"",
            "\"0000-00-00T00:00:00Z\"",
            "\"+999999999-12-31T23:59:59Z\"",
            "\"" + "a".repeat(70_000) + "\"");

    private static final List<String> WORDS = List.of(
            "x",
            "-1",
            "0",
            "99999999999999999999",
            "",
            " ",
            "\u0000",
            "..",
            "a/b",
            "\u0130",
            "\ud83d\udea3",
            "'",
            "%",
            ID,
            ID.toUpperCase(java.util.Locale.ROOT),
            "{}",
            "a".repeat(3_000));

    private static final List<String> QUERIES =
            List.of("limit", "cursor", "after", "kind", "status", "model", "since", "ticket", "filename", "pack");

    private static TestHouse house;
    private static Api person;
    private static final TreeSet<String> faults = new TreeSet<>();
    private static int asked;

    @BeforeAll
    static void open() {
        house = TestHouse.open();
        // nobody is stopped by a window before he is read, and nothing is made of what is right, because nobody can pay
        house.db()
                .run(tx -> tx.update("UPDATE plan SET per_minute = NULL, per_day = NULL, once_micros = 0")
                        .execute());
        person = Api.signedUp(house.address());
    }

    @AfterAll
    static void close() {
        house.close();
    }

    @Test
    void noBodyIsAnsweredWithAFaultOfTheServer() throws Exception {
        for (var route : house.app().table()) {
            String call = (route.method() + " " + route.path()).replaceAll("\\{[^}]*}", "{}");
            if (route.method().equals("GET") || route.method().equals("DELETE")) {
                continue;
            }
            assertThat(BODIES).as("a body for each call").containsKey(call);
            String path = route.path().replaceAll("\\{[^}]*}", ID);
            JsonNode body = Api.JSON.readTree(BODIES.get(call));
            assertThat(ask(route.method(), path, body.toString()))
                    .as("%s as it should be", call)
                    .isNotEqualTo(call.endsWith("stripe") ? 200 : 400);
            for (String value : VALUES) {
                ask(route.method(), path, value);
                each(body, value, changed -> ask(route.method(), path, changed));
            }
        }
        System.out.println(asked + " bodies were sent");
        assertThat(faults).isEmpty();
    }

    @Test
    void noAddressIsAnsweredWithAFaultOfTheServer() {
        for (var route : house.app().table()) {
            if (!route.path().startsWith("/v1/") && !route.path().startsWith("/openai/")
                    || route.path().endsWith("/socket")) {
                continue;
            }
            for (String word : WORDS) {
                String encoded = URLEncoder.encode(word, StandardCharsets.UTF_8).replace("+", "%20");
                ask(route.method(), route.path().replaceAll("\\{[^}]*}", encoded), null);
                if (route.method().equals("GET") && !route.path().endsWith("/events")) {
                    for (String query : QUERIES) {
                        ask("GET", route.path().replaceAll("\\{[^}]*}", ID) + "?" + query + "=" + encoded, null);
                    }
                }
            }
        }
        System.out.println(asked + " addresses were asked for");
        assertThat(faults).isEmpty();
    }

    private static int ask(String method, String path, String body) {
        asked++;
        try {
            int status = person.send(method, path, body, Map.of()).status();
            // no payment service is set up here
            boolean off = status == 503 && (path.equals("/v1/checkouts") || path.equals("/v1/portal-sessions"));
            if (status >= 500 && !off) {
                faults.add(status + " " + method + " " + brief(path) + " " + brief(String.valueOf(body)));
            }
            return status;
        } catch (UncheckedIOException cut) {
            faults.add(cut.getCause() + " " + method + " " + brief(path) + " " + brief(String.valueOf(body)));
            return 0;
        }
    }

    /** The body with one of its parts, at any depth, replaced by that value. */
    private static void each(JsonNode body, String value, Consumer<String> handed) {
        for (JsonNode changed : marked(body)) {
            handed.accept(changed.toString().replace("\"\\u0001\"", value));
        }
    }

    /** Copies of it, each with a mark in the place of one of its parts. */
    private static List<JsonNode> marked(JsonNode node) {
        var all = new ArrayList<JsonNode>();
        if (node instanceof ObjectNode object) {
            object.fieldNames().forEachRemaining(name -> {
                all.add(object.deepCopy().put(name, "\u0001"));
                for (JsonNode inside : marked(object.get(name))) {
                    all.add(object.deepCopy().set(name, inside));
                }
            });
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                ArrayNode copy = array.deepCopy();
                copy.set(i, Api.JSON.getNodeFactory().textNode("\u0001"));
                all.add(copy);
                for (JsonNode inside : marked(array.get(i))) {
                    ArrayNode deeper = array.deepCopy();
                    deeper.set(i, inside);
                    all.add(deeper);
                }
            }
        }
        return all;
    }

    private static String brief(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "\u2026" : text;
    }
}
