package dev.millrace.webhooks;

import static dev.millrace.webhooks.HookHouse.address;
import static dev.millrace.webhooks.HookHouse.tested;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The calls that manage endpoints: what they take, what they refuse, and whose they are. */
class EndpointRoutesIT {
    private static final String ALL = "/v1/webhooks/endpoints";
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

    @Test
    void anEndpointIsMadeReadChangedListedAndDeleted() {
        Api person = stage.house.person();
        Api.Answer made = person.post(
                        ALL,
                        Map.of(
                                "url",
                                "https://hooks.example.com/x?y=1",
                                "events",
                                List.of("credits.low", "asset.ready", "asset.ready"),
                                "description",
                                "Our shop",
                                "credits_low_below",
                                10.5))
                .expect(201);
        JsonNode endpoint = made.json();
        assertThat(made.header("Location")).isEqualTo(address(endpoint));
        assertThat(endpoint.path("events")).extracting(JsonNode::asText).containsExactly("asset.ready", "credits.low");
        assertThat(endpoint.path("credits_low_below").decimalValue()).isEqualByComparingTo("10.5");
        assertThat(endpoint.path("status").asText()).isEqualTo("enabled");

        JsonNode read = person.get(address(endpoint)).expect(200).json();
        assertThat(read.has("secret")).isFalse();
        assertThat(read.path("description").asText()).isEqualTo("Our shop");

        JsonNode changed = person.send(
                        "PATCH",
                        address(endpoint),
                        "{\"url\":\"https://other.example.com\",\"events\":[\"generation.failed\"],\"credits_low_below\":null,"
                                + "\"description\":\"\",\"enabled\":false}",
                        Map.of())
                .expect(200)
                .json();
        assertThat(changed.path("url").asText()).isEqualTo("https://other.example.com");
        assertThat(changed.path("credits_low_below").isNull()).isTrue();
        assertThat(changed.at("/disabled/reason").asText()).isEqualTo("owner");
        assertThat(person.send("PATCH", address(endpoint), "{}", Map.of())
                        .expect(200)
                        .json())
                .isEqualTo(changed);
        assertThat(person.send("PATCH", address(endpoint), "{\"enabled\":true}", Map.of())
                        .expect(200)
                        .json()
                        .path("status")
                        .asText())
                .isEqualTo("enabled");

        JsonNode second = stage.endpoint(person, stage.path("second"), EVENTS);
        JsonNode page = person.get(ALL + "?limit=1").expect(200).json();
        assertThat(page.at("/data/0/id")).isEqualTo(second.path("id"));
        JsonNode rest = person.get(
                        ALL + "?limit=1&cursor=" + page.path("next_cursor").asText())
                .expect(200)
                .json();
        assertThat(rest.at("/data/0/id")).isEqualTo(endpoint.path("id"));
        assertThat(rest.path("next_cursor").isNull()).isTrue();

        person.delete(address(endpoint)).expect(204);
        person.delete(address(endpoint)).expect(404);
        person.get(address(endpoint)).expect(404);
    }

    @Test
    void anAccountHasAtMostTen() {
        Api person = stage.house.person();
        for (int i = 0; i < Endpoints.MOST; i++) {
            stage.endpoint(person, stage.path("many"), EVENTS);
        }
        assertThat(person.post(ALL, Map.of("url", "https://example.com", "events", EVENTS))
                        .expect(409)
                        .code())
                .isEqualTo("conflict");
        JsonNode list = person.get(ALL).expect(200).json();
        assertThat(list.path("data")).hasSize(10);
        person.delete(address(list.at("/data/0"))).expect(204);
        stage.endpoint(person, stage.path("many"), EVENTS);
    }

    @Test
    void oneKeyIsOneEffectAndTellsTheSameSecretAgain() {
        Api person = stage.house.person();
        var key = Map.of("Idempotency-Key", "make-" + UUID.randomUUID());
        String body = "{\"url\":\"" + stage.receiver.url(stage.path("once")) + "\",\"events\":[\"asset.ready\"]}";
        JsonNode first = person.send("POST", ALL, body, key).expect(201).json();
        var again = person.send("POST", ALL, body, key).expect(201);
        assertThat(again.json()).isEqualTo(first);
        assertThat(again.header("Idempotent-Replayed")).isEqualTo("true");
        assertThat(person.send("POST", ALL, body.replace("ready", "rejected"), key)
                        .expect(422)
                        .code())
                .isEqualTo("idempotency_mismatch");
        assertThat(person.get(ALL).json().path("data")).hasSize(1);
        assertThat(stage.count(
                        "idempotency", "body LIKE '%" + first.path("secret").asText() + "%'"))
                .isZero();

        var rotation = Map.of("Idempotency-Key", "rotate-" + UUID.randomUUID());
        JsonNode fresh = person.send("POST", address(first) + "/secret", null, rotation)
                .expect(201)
                .json();
        assertThat(person.send("POST", address(first) + "/secret", null, rotation)
                        .expect(201)
                        .json())
                .isEqualTo(fresh);
        var test = Map.of("Idempotency-Key", "test-" + UUID.randomUUID());
        JsonNode sent = person.send("POST", address(first) + "/test", null, test)
                .expect(202)
                .json();
        assertThat(person.send("POST", address(first) + "/test", null, test)
                        .expect(202)
                        .json())
                .isEqualTo(sent);
        assertThat(person.get(address(first) + "/deliveries").json().path("data"))
                .hasSize(1);
    }

    @Test
    void badInputIsRefusedAtItsPlaceAndChangesNothing() {
        Api person = stage.house.person();
        JsonNode endpoint = stage.endpoint(person, stage.path("good"), EVENTS);
        JsonNode before = person.get(ALL).json();
        String good = "\"url\":\"https://example.com\"";
        String events = "\"events\":[\"asset.ready\"]";
        record Bad(String body, String pointer) {}
        var table = List.of(
                new Bad("", ""),
                new Bad("[]", ""),
                new Bad("{}", "/url"),
                new Bad("{" + events + "}", "/url"),
                new Bad("{" + good + "}", "/events"),
                new Bad("{\"url\":7," + events + "}", "/url"),
                new Bad("{\"url\":\"http://example.com\"," + events + "}", "/url"),
                new Bad("{\"url\":\"https://me:secret@example.com\"," + events + "}", "/url"),
                new Bad("{\"url\":\"https://10.0.0.1\"," + events + "}", "/url"),
                new Bad("{\"url\":\"https://example.com/" + "x".repeat(2_048) + "\"," + events + "}", "/url"),
                new Bad("{" + good + ",\"events\":[]}", "/events"),
                new Bad("{" + good + ",\"events\":\"asset.ready\"}", "/events"),
                new Bad("{" + good + ",\"events\":[null]}", "/events"),
                new Bad("{" + good + ",\"events\":[\"asset.lost\"]}", "/events/0"),
                new Bad("{" + good + ",\"events\":[\"webhook.test\"]}", "/events/0"),
                new Bad("{" + good + ",\"events\":[\"ASSET_READY\"]}", "/events/0"),
                new Bad("{" + good + ",\"events\":[1]}", "/events/0"),
                new Bad("{" + good + ",\"events\":[\"credits.low\"]}", "/credits_low_below"),
                new Bad("{" + good + "," + events + ",\"credits_low_below\":0}", "/credits_low_below"),
                new Bad("{" + good + "," + events + ",\"credits_low_below\":-1}", "/credits_low_below"),
                new Bad("{" + good + "," + events + ",\"credits_low_below\":1e10}", "/credits_low_below"),
                new Bad("{" + good + "," + events + ",\"credits_low_below\":0.0000015}", "/credits_low_below"),
                new Bad("{" + good + "," + events + ",\"credits_low_below\":\"5\"}", "/credits_low_below"),
                new Bad("{" + good + "," + events + ",\"description\":\"" + "x".repeat(501) + "\"}", "/description"),
                new Bad("{" + good + "," + events + ",\"secret\":\"whsec_mine\"}", "/secret"));
        for (Bad bad : table) {
            Api.Answer answer = person.send("POST", ALL, bad.body(), Map.of()).expect(400);
            if (!bad.pointer().isEmpty()) {
                assertThat(answer.json().path("errors"))
                        .as(bad.body())
                        .extracting(error -> error.path("pointer").asText())
                        .contains(bad.pointer());
            }
        }
        for (String bad : List.of(
                "{\"url\":\"http://example.com\"}",
                "{\"events\":[]}",
                "{\"events\":[\"credits.low\"]}",
                "{\"credits_low_below\":0}",
                "{\"enabled\":\"yes\"}",
                "{\"status\":\"enabled\"}",
                "{\"enabled\":1}")) {
            person.send("PATCH", address(endpoint), bad, Map.of()).expect(400);
        }
        for (String bad : List.of("{}", "{\"since\":\"yesterday\"}", "{\"since\":5}", "{\"since\":null}", "")) {
            person.send("POST", address(endpoint) + "/retries", bad, Map.of()).expect(400);
        }
        for (String call : List.of("/secret", "/test")) {
            person.send("POST", address(endpoint) + call, "{\"a\":1}", Map.of()).expect(400);
        }
        for (String query : List.of("?limit=0", "?limit=101", "?cursor=x", "?status=lost")) {
            person.get(address(endpoint) + "/deliveries" + query).expect(400);
        }
        person.send("POST", ALL, "{" + good + "," + events + "}", Map.of("Content-Type", "text/plain"))
                .expect(415);
        assertThat(person.get(ALL).json()).isEqualTo(before);
        assertThat(person.get(address(endpoint) + "/deliveries").json().path("data"))
                .isEmpty();
    }

    @Test
    void nobodyElseSeesOrChangesAnything() {
        Api owner = stage.house.person();
        JsonNode endpoint = stage.endpoint(owner, stage.path("mine"), EVENTS);
        String delivery = tested(owner, endpoint);
        HookHouse.ended(owner, delivery, "delivered");
        JsonNode before = owner.get(address(endpoint)).json();
        String nothing = ALL + "/" + UUID.randomUUID();
        record Call(String method, String path, String body) {}
        var calls = new ArrayList<Call>();
        for (String where : List.of(address(endpoint), nothing)) {
            calls.add(new Call("GET", where, null));
            calls.add(new Call("PATCH", where, "{\"description\":\"mine now\"}"));
            calls.add(new Call("DELETE", where, null));
            calls.add(new Call("POST", where + "/secret", null));
            calls.add(new Call("POST", where + "/test", null));
            calls.add(new Call("GET", where + "/deliveries", null));
            calls.add(new Call("POST", where + "/retries", "{\"since\":\"2020-01-01T00:00:00Z\"}"));
        }
        for (String where : List.of(delivery, "/v1/webhooks/deliveries/" + UUID.randomUUID())) {
            calls.add(new Call("GET", where, null));
            calls.add(new Call("POST", where + "/retries", null));
        }
        Api stranger = stage.house.person();
        Api nobody = Api.anonymous(stage.house.address());
        for (Call call : calls) {
            Api.Answer answer = stranger.send(call.method(), call.path(), call.body(), Map.of());
            assertThat(answer.status()).as(call.method() + " " + call.path()).isEqualTo(404);
            assertThat(answer.code()).isEqualTo("not_found");
            nobody.send(call.method(), call.path(), call.body(), Map.of()).expect(401);
        }
        assertThat(stranger.get(ALL).json().path("data")).isEmpty();
        assertThat(owner.get(address(endpoint)).json()).isEqualTo(before);
        assertThat(owner.get(delivery).json().path("attempts")).hasSize(1);
    }

    @Test
    void aKeyNeedsTheScopeOfTheAccount() {
        Api owner = stage.house.person();
        JsonNode endpoint = stage.endpoint(owner, stage.path("keys"), EVENTS);
        String narrow = owner.post("/v1/api-keys", Map.of("name", "n", "scopes", List.of("read", "generate", "media")))
                .json()
                .path("key")
                .asText();
        String wide = owner.post("/v1/api-keys", Map.of("name", "w", "scopes", List.of("account")))
                .json()
                .path("key")
                .asText();
        owner.with(narrow).get(ALL).expect(403);
        owner.with(narrow).get(address(endpoint) + "/deliveries").expect(403);
        owner.with(narrow)
                .send("POST", address(endpoint) + "/test", null, Map.of())
                .expect(403);
        owner.with(narrow).delete(address(endpoint)).expect(403);
        owner.with(wide).get(ALL).expect(200);
        owner.with(wide)
                .send("POST", address(endpoint) + "/test", null, Map.of())
                .expect(202);
    }
}
