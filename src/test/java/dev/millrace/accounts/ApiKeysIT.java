package dev.millrace.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.Api.Answer;
import dev.millrace.testing.SseReader;
import dev.millrace.testing.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keys for programs: what they open and what they do not, on two nodes. */
class ApiKeysIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static TwoHouses houses;

    @BeforeAll
    static void open() {
        houses = new TwoHouses();
    }

    @AfterAll
    static void close() {
        houses.close();
    }

    @Test
    void aKeyOpensBothFacesOnEveryNodeAndItsSecretIsToldOnce() {
        Api person = houses.house.person();
        JsonNode made = made(person, "{\"name\":\" Shop \",\"cap_day\":60.5,\"per_minute\":7}");
        String key = made.path("key").asText();

        assertThat(key).matches("mr_[0-9A-Za-z]{43}");
        assertThat(TwoHouses.fields(made))
                .containsExactly(
                        "id",
                        "name",
                        "hint",
                        "scopes",
                        "cap_day",
                        "per_minute",
                        "per_day",
                        "created_at",
                        "expires_at",
                        "last_used_at",
                        "key");
        Api program = person.with(key);
        program.get("/v1/me").expect(200);
        program.at(houses.other.address()).get("/openai/v1/models").expect(200);
        program.post("/v1/generations", Map.of("kind", "text", "prompt", "a mill"))
                .expect(202);
        Waiting.until(
                "its use is noted",
                SOON,
                () -> !listed(person).path("last_used_at").isNull());
        JsonNode seen = listed(person);
        assertThat(seen.has("key")).isFalse();
        assertThat(seen.path("name").asText()).isEqualTo("Shop");
        assertThat(seen.path("hint").asText()).isEqualTo(key.substring(key.length() - 4));
        assertThat(seen.path("cap_day").decimalValue()).isEqualByComparingTo("60.5");
        assertThat(seen.path("scopes")).hasSize(4);
        assertThat(person.get("/v1/api-keys/" + made.path("id").asText())
                        .expect(200)
                        .json())
                .isEqualTo(seen);
        assertThat(houses.text("SELECT string_agg(k::text, ' ') FROM api_key k"))
                .doesNotContain(key.substring(3));
        assertThat(houses.text("SELECT coalesce(string_agg(i::text, ' '), '') FROM idempotency i"))
                .doesNotContain(key.substring(3));
    }

    @Test
    void scopesBoundWhatAKeyMayDoAndNoKeyChangesTheAccount() {
        Api person = houses.house.person();
        Api reader = person.with(made(person, "{\"name\":\"r\",\"scopes\":[\"read\",\"read\"]}")
                .path("key")
                .asText());
        Api maker = person.with(made(person, "{\"name\":\"g\",\"scopes\":[\"generate\"]}")
                .path("key")
                .asText());
        JsonNode all = made(person, "{\"name\":\"all\"}");
        Api any = person.with(all.path("key").asText());
        Map<String, String> wish = Map.of("kind", "text", "prompt", "a mill");

        reader.get("/v1/usage").expect(200);
        assertThat(reader.post("/v1/generations", wish).expect(403).code()).isEqualTo("forbidden");
        reader.get("/v1/api-keys").expect(403);
        assertThat(reader.post("/openai/v1/chat/completions", "{}")
                        .expect(403)
                        .json()
                        .path("error")
                        .path("type")
                        .asText())
                .isEqualTo("permission_error");
        maker.post("/v1/generations", wish).expect(202);
        maker.get("/v1/usage").expect(403);
        any.get("/v1/api-keys").expect(200);
        any.get("/v1/sessions").expect(200);
        any.post("/v1/api-keys", Map.of("name", "more")).expect(403);
        any.delete("/v1/api-keys/" + all.path("id").asText()).expect(403);
        any.send("PATCH", "/v1/me", "{\"name\":\"X\"}", Map.of()).expect(403);
        any.delete("/v1/sessions").expect(403);
        any.delete("/v1/sessions/current").expect(403);
        any.post("/v1/stream-tickets", Map.of("path", "/v1/events")).expect(403);
    }

    @Test
    void aRevokedKeyIsRefusedEverywhereWithinASecondAndItsStreamsEnd() {
        Api person = houses.house.person();
        JsonNode made = made(person, "{\"name\":\"k\"}");
        Api here = person.with(made.path("key").asText());
        Api there = here.at(houses.other.address());
        there.get("/v1/me").expect(200);
        try (Api.Stream stream = there.stream("/v1/events", null)) {
            assertThat(stream.status()).isEqualTo(200);

            person.delete("/v1/api-keys/" + made.path("id").asText()).expect(204);

            assertThat(here.get("/v1/me").expect(401).code()).isEqualTo("invalid_token");
            houses.refusedWithinASecond(there);
            assertThat(last(stream.events())).isEqualTo("session_revoked");
        }
        person.delete("/v1/api-keys/" + made.path("id").asText()).expect(404);
        assertThat(person.get("/v1/api-keys").json().path("data")).isEmpty();
    }

    @Test
    void suspensionAndExpiryStopAKeyThatIsRemembered() {
        Api person = houses.house.person();
        Api key = person.with(made(person, "{\"name\":\"k\"}").path("key").asText());
        Instant end = Instant.now().plusSeconds(15); // long enough to be remembered before it
        Api brief = person.with(made(person, "{\"name\":\"b\",\"expires_at\":\"" + end + "\"}")
                .path("key")
                .asText());
        key.get("/v1/me").expect(200);
        brief.get("/v1/me").expect(200);
        String id = person.get("/v1/me").json().path("id").asText();

        houses.sql("UPDATE account SET suspended_at = now() WHERE id = '" + id + "'");
        houses.becomes(key, 403);
        houses.sql("UPDATE account SET suspended_at = NULL WHERE id = '" + id + "'");
        houses.becomes(key, 200);
        Waiting.until("its time is over", SOON, () -> brief.get("/v1/me").status() == 401);
        assertThat(Instant.now()).isAfterOrEqualTo(end);
        assertThat(brief.at(houses.other.address()).get("/v1/me").expect(401).code())
                .isEqualTo("token_expired");
    }

    @Test
    void whoWasSuspendedLongAgoStaysSo() {
        Api person = houses.house.person();
        Api key = person.with(made(person, "{\"name\":\"k\"}").path("key").asText());
        String id = person.get("/v1/me").json().path("id").asText();
        houses.sql("DO $$ BEGIN UPDATE account SET suspended_at = now() - interval '1 day' WHERE id = '" + id + "'; "
                + "UPDATE account SET standing_changed_at = now() - interval '1 day' WHERE id = '" + id + "'; END $$");

        key.get("/v1/me").expect(403);
    }

    @Test
    void theSameCallMakesOneKeyAndIsToldTheSameSecret() throws Exception {
        Api person = houses.house.person();
        Api other = person.at(houses.other.address());
        String body = "{\"name\":\"once\"}";
        Map<String, String> header = Map.of("Idempotency-Key", "k-1");
        var calls = new ArrayList<Callable<Answer>>();
        for (int i = 0; i < 20; i++) {
            Api node = i % 2 == 0 ? person : other;
            calls.add(() -> untilOver(node, body, header));
        }
        var secrets = new HashSet<String>();
        int fresh = 0;
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var call : pool.invokeAll(calls)) {
                secrets.add(call.get().expect(201).json().path("key").asText());
                fresh += call.get().header("Idempotent-Replayed") == null ? 1 : 0;
            }
        }
        assertThat(secrets).hasSize(1);
        assertThat(fresh).isEqualTo(1);
        assertThat(person.get("/v1/api-keys").json().path("data")).hasSize(1);
        assertThat(person.send("POST", "/v1/api-keys", "{\"name\":\"other\"}", header)
                        .expect(422)
                        .code())
                .isEqualTo("idempotency_mismatch");
        Api stranger = houses.house.person();
        assertThat(stranger.send("POST", "/v1/api-keys", body, header)
                        .expect(201)
                        .json()
                        .path("key")
                        .asText())
                .isNotIn(secrets);
    }

    @Test
    void whatIsNoGoodKeyOrNoGoodWishIsRefused() {
        Api person = houses.house.person();
        for (String text : List.of(
                "mr_", "mr_short", "mr_" + "A".repeat(43), "mr_" + "A".repeat(42) + "!", "mr_" + "A".repeat(9000))) {
            Answer refused = person.with(text).get("/v1/me");
            assertThat(refused.expect(401).code()).as(text).isEqualTo("invalid_token");
            assertThat(refused.header("WWW-Authenticate")).isNotNull();
        }
        refused(person, "{}", "/name");
        refused(person, "{\"name\":\"  \"}", "/name");
        refused(person, "{\"name\":\"" + "x".repeat(101) + "\"}", "/name");
        refused(person, "{\"name\":\"x\",\"scopes\":[]}", "/scopes");
        refused(person, "{\"name\":\"x\",\"scopes\":[\"root\"]}", "/scopes/0");
        refused(person, "{\"name\":\"x\",\"scopes\":[null]}", "/scopes");
        refused(person, "{\"name\":\"x\",\"expires_at\":\"2020-01-01T00:00:00Z\"}", "/expires_at");
        refused(person, "{\"name\":\"x\",\"expires_at\":\"tomorrow\"}", "/expires_at");
        refused(person, "{\"name\":\"x\",\"cap_day\":-1}", "/cap_day");
        refused(person, "{\"name\":\"x\",\"cap_day\":1e99}", "/cap_day");
        refused(person, "{\"name\":\"x\",\"cap_day\":0.0000001}", "/cap_day");
        refused(person, "{\"name\":\"x\",\"per_minute\":0}", "/per_minute");
        refused(person, "{\"name\":\"x\",\"hash\":\"y\"}", "/hash");
        assertThat(person.get("/v1/api-keys").json().path("data")).isEmpty();

        String id = made(person, "{\"name\":\"mine\"}").path("id").asText();
        Api stranger = houses.house.person();
        stranger.get("/v1/api-keys/" + id).expect(404);
        stranger.delete("/v1/api-keys/" + id).expect(404);
        person.get("/v1/api-keys/" + id).expect(200);
        houses.sql("""
                INSERT INTO api_key (id, account, name, hash, hint, scopes)
                SELECT gen_random_uuid(), account, 'many', sha256(gen_random_uuid()::text::bytea), 'abcd', scopes
                FROM api_key, generate_series(1, 99) WHERE id = '%s'""".formatted(id));
        assertThat(person.post("/v1/api-keys", Map.of("name", "one too many"))
                        .expect(409)
                        .code())
                .isEqualTo("conflict");
    }

    private static Answer untilOver(Api node, String body, Map<String, String> header) {
        while (true) {
            Answer answer = node.send("POST", "/v1/api-keys", body, header);
            if (answer.status() != 409) {
                return answer;
            }
            assertThat(answer.header("Retry-After")).isEqualTo("1");
        }
    }

    private static void refused(Api person, String body, String pointer) {
        Answer answer = person.post("/v1/api-keys", body);
        assertThat(answer.expect(400)
                        .json()
                        .path("errors")
                        .path(0)
                        .path("pointer")
                        .asText())
                .isEqualTo(pointer);
    }

    private static JsonNode made(Api person, String body) {
        return person.post("/v1/api-keys", body).expect(201).json();
    }

    private static JsonNode listed(Api person) {
        return person.get("/v1/api-keys").expect(200).json().path("data").path(0);
    }

    private static String last(SseReader events) {
        String last = "";
        for (SseReader.Event event = events.next(); event != null; event = events.next()) {
            last = event.event();
        }
        return last;
    }
}
