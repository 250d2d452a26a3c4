package dev.millrace.webhooks;

import static dev.millrace.webhooks.HookHouse.SOON;
import static dev.millrace.webhooks.HookHouse.address;
import static dev.millrace.webhooks.HookHouse.delivery;
import static dev.millrace.webhooks.HookHouse.ended;
import static dev.millrace.webhooks.HookHouse.tested;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.platform.Ids;
import dev.millrace.testing.Api;
import dev.millrace.testing.HookReceiver;
import dev.millrace.testing.HookReceiver.Got;
import dev.millrace.testing.Waiting;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is told, to whom, signed how, and again when somebody asks. */
class WebhooksIT {
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
    void eachEndIsToldAsTheApiShowsItAndTheirLibraryVerifiesIt() throws Exception {
        Api person = stage.house.person();
        String path = stage.path("all");
        JsonNode endpoint = stage.endpoint(person, path, HookHouse.ALL);
        String secret = endpoint.path("secret").asText();
        assertThat(secret).matches("whsec_[A-Za-z0-9+/]{43}=");

        String text = id(person.generate("text", "the sea", Map.of("options", Map.of("words", 5))));
        String image = id(person.generate("image", "the sea", Map.of("options", Map.of("width", 128, "height", 128))));
        String failed = id(person.generate(
                "text", "the sea", Map.of("model", "studio/chaos-text", "options", Map.of("status", 400))));
        List<Got> first = stage.receiver.await(path, 4, SOON);
        String hanging = id(person.generate(
                "text", "the sea", Map.of("model", "studio/chaos-text", "options", Map.of("hang", true))));
        person.post("/v1/generations/" + hanging + "/cancellation", Map.of()).expect(202);
        List<Got> all = stage.receiver.await(path, 5, SOON);

        assertThat(all).extracting(Got::id).doesNotHaveDuplicates().hasSize(5);
        assertThat(first)
                .extracting(got -> got.json().path("type").asText())
                .containsExactlyInAnyOrder(
                        "generation.completed", "generation.completed", "generation.failed", "asset.ready");
        for (Got got : all) {
            JsonNode data = got.json().path("data");
            String asked = got.json().path("type").asText().startsWith("asset") ? "/v1/assets/" : "/v1/generations/";
            assertThat(unsigned(data))
                    .isEqualTo(unsigned(person.get(asked + id(data)).expect(200).json()));
            assertThat(got.json().fieldNames()).toIterable().containsExactly("type", "timestamp", "data");
            assertThat(got.headers())
                    .containsEntry("content-type", "application/json")
                    .containsEntry("user-agent", "Millrace-Webhooks/1")
                    .containsEntry("connection", "close");
            assertThat(Instant.ofEpochSecond(Long.parseLong(got.headers().get("webhook-timestamp"))))
                    .isBetween(Instant.now().minusSeconds(90), Instant.now().plusSeconds(1));
        }
        assertThat(told(all, "generation.completed")).contains(text, image);
        assertThat(told(all, "generation.failed")).containsExactly(failed);
        assertThat(told(all, "generation.canceled")).containsExactly(hanging);
        String other = stage.endpoint(stage.house.person(), path, HookHouse.ALL)
                .path("secret")
                .asText();
        HookHouse.verified(all.stream()
                .map(got -> new HookHouse.Judged(got.id(), List.of(secret), List.of(other), got))
                .toList());

        JsonNode log = person.get(address(endpoint) + "/deliveries").expect(200).json();
        assertThat(log.path("data")).hasSize(5).allSatisfy(one -> {
            assertThat(one.path("status").asText()).isEqualTo("delivered");
            assertThat(one.path("attempts")).hasSize(1);
            assertThat(one.at("/attempts/0/status").asInt()).isEqualTo(204);
            assertThat(one.at("/attempts/0/error").isNull()).isTrue();
            assertThat(one.at("/attempts/0/duration_ms").asInt()).isBetween(0, 20_000);
        });
    }

    @Test
    void anAssetThatIsRejectedIsTold() {
        Api person = stage.house.person();
        String path = stage.path("rejected");
        stage.endpoint(person, path, List.of("asset.rejected"));
        UUID asset = Ids.next();
        UUID job = Ids.next();
        stage.house.db().run(tx -> {
            tx.update("""
                    INSERT INTO asset (id, account, origin, kind, filename, content_type, path, bytes)
                    VALUES (:asset, :account, 'upload', 'image', 'lost.png', 'image/png', 'lost.png', 1)""").bind("asset", asset).bind("account", account(person)).execute();
            tx.update("INSERT INTO media_job (id, asset, account, preset) VALUES (:job, :asset, :account, 'intake')")
                    .bind("job", job)
                    .bind("asset", asset)
                    .bind("account", account(person))
                    .execute();
            tx.update("""
                    INSERT INTO job (id, account, kind, lane, max_attempts, payload, state)
                    VALUES (:job, :account, 'process_asset', 'short', 4, :payload, 'ready')""")
                    .bind("job", job)
                    .bind("account", account(person))
                    .bind("payload", "{\"asset\":\"" + asset + "\"}")
                    .execute();
        });

        JsonNode told = stage.receiver.await(path, 1, SOON).getFirst().json();
        assertThat(told.path("type").asText()).isEqualTo("asset.rejected");
        assertThat(told.at("/data/id").asText()).isEqualTo(asset.toString());
        assertThat(told.at("/data/status").asText()).isEqualTo("rejected");
        assertThat(told.at("/data/error/code").asText()).isEqualTo("gone");
    }

    @Test
    void whatNobodyWantsToHearLeavesNothingBehind() {
        Api person = stage.house.person();
        String path = stage.path("other");
        JsonNode endpoint = stage.endpoint(person, path, List.of("generation.failed"));
        String text = id(person.generate("text", "the sea", Map.of("options", Map.of("words", 3))));
        Waiting.until("its end", SOON, () -> over(person, text));

        assertThat(stage.count("webhook_delivery", "subject = '" + text + "'")).isZero();
        assertThat(stage.count("job", "key = 'webhooks:" + id(endpoint) + "'")).isZero();
        assertThat(stage.receiver.at(path)).isEmpty();
    }

    @Test
    void twoEndpointsAreToldOfOneThingUnderOneId() {
        Api person = stage.house.person();
        String one = stage.path("one");
        String two = stage.path("two");
        stage.endpoint(person, one, List.of("generation.completed"));
        stage.endpoint(person, two, List.of("generation.completed", "generation.failed"));
        person.generate("text", "the sea", Map.of("options", Map.of("words", 3)));

        assertThat(stage.receiver.await(one, 1, SOON).getFirst().id())
                .isEqualTo(stage.receiver.await(two, 1, SOON).getFirst().id());
    }

    @Test
    void whatWasDeletedMeanwhileIsToldToNobody() {
        Api person = stage.house.person();
        String path = stage.path("deleted");
        JsonNode endpoint = stage.endpoint(person, path, List.of("generation.completed"));
        stage.receiver.tell(path, HookReceiver.status(500, "", ""));
        String text = id(person.generate("text", "the sea", Map.of("options", Map.of("words", 3))));
        stage.receiver.await(path, 1, SOON);
        person.delete("/v1/generations/" + text).expect(204);
        stage.receiver.tell(path, HookReceiver.status(200, "", ""));

        JsonNode log = Waiting.forValue("the delivery to be given up", SOON, () -> {
            stage.hurry(endpoint);
            JsonNode seen = person.get(address(endpoint) + "/deliveries").json().at("/data/0");
            return seen.path("status").asText().equals("failed") ? seen : null;
        });
        assertThat(log.path("error").asText()).isEqualTo("deleted");
        assertThat(stage.receiver.at(path)).hasSize(1);
    }

    @Test
    void bothSecretsSignForADayAfterAChange() throws Exception {
        Api person = stage.house.person();
        String path = stage.path("rotated");
        JsonNode endpoint = stage.endpoint(person, path, List.of("generation.completed"));
        String old = endpoint.path("secret").asText();
        JsonNode changed = person.send("POST", address(endpoint) + "/secret", null, Map.of())
                .expect(201)
                .json();
        String fresh = changed.path("secret").asText();
        assertThat(fresh).isNotEqualTo(old);
        assertThat(Duration.between(
                        Instant.now(),
                        Instant.parse(changed.path("previous_secret_until").asText())))
                .isBetween(Duration.ofHours(23), Duration.ofHours(24));

        tested(person, endpoint);
        Got both = stage.receiver.await(path, 1, SOON).getFirst();
        stage.sql("UPDATE webhook_endpoint SET old_secret_until = now() WHERE id = '" + id(endpoint) + "'");
        tested(person, endpoint);
        Got later = stage.receiver.await(path, 2, SOON).getLast();
        String third = person.send("POST", address(endpoint) + "/secret", null, Map.of())
                .json()
                .path("secret")
                .asText();
        String fourth = person.send("POST", address(endpoint) + "/secret", null, Map.of())
                .json()
                .path("secret")
                .asText();
        tested(person, endpoint);
        Got last = stage.receiver.await(path, 3, SOON).getLast();

        assertThat(both.headers().get("webhook-signature").split(" ", -1)).hasSize(2);
        HookHouse.verified(List.of(
                new HookHouse.Judged("during", List.of(fresh, old), List.of(third), both),
                new HookHouse.Judged("after", List.of(fresh), List.of(old, third), later),
                new HookHouse.Judged("changed twice", List.of(fourth, third), List.of(old, fresh), last)));
        assertThat(person.get(address(endpoint)).expect(200).text()).doesNotContain("whsec_");
        assertThat(person.get("/v1/webhooks/endpoints").expect(200).text()).doesNotContain("whsec_");
        assertThat(stage.count(
                        "webhook_endpoint",
                        "id = '" + id(endpoint) + "' AND position(decode('" + fourth.substring("whsec_".length())
                                + "', 'base64') IN secret) > 0"))
                .isZero();
    }

    @Test
    void whatFailedIsToldAgainUnderTheSameIdOneOrMany() {
        Api person = stage.house.person();
        String path = stage.path("again");
        JsonNode endpoint = stage.endpoint(person, path, List.of("generation.completed"));
        stage.receiver.tell(path, HookReceiver.status(500, "", "not now"));
        Instant before = Instant.now().minusSeconds(5);
        List<String> all =
                IntStream.range(0, 3).mapToObj(i -> tested(person, endpoint)).toList();
        stage.receiver.await(path, 3, SOON);
        stage.sql("UPDATE webhook_delivery SET step = 9 WHERE endpoint = '" + id(endpoint) + "'");
        Waiting.until("the last attempts", SOON, () -> {
            stage.hurry(endpoint);
            return all.stream()
                    .allMatch(
                            one -> delivery(person, one).path("status").asText().equals("failed"));
        });
        int tries = stage.receiver.at(path).size();
        stage.receiver.tell(path, HookReceiver.status(200, "", "thanks"));

        person.send("POST", all.getFirst() + "/retries", null, Map.of()).expect(202);
        JsonNode one = ended(person, all.getFirst(), "delivered");
        assertThat(one.at("/attempts/0/answer").asText()).isEqualTo("thanks");
        assertThat(one.at("/attempts/1/answer").asText()).isEqualTo("not now");
        assertThat(stage.receiver.await(path, tries + 1, SOON).getLast().id())
                .isEqualTo(one.path("message").asText());

        JsonNode many = person.post(address(endpoint) + "/retries", Map.of("since", before.toString()))
                .expect(202)
                .json();
        assertThat(many.path("retried").asInt()).isEqualTo(2);
        assertThat(many.path("more").asBoolean()).isFalse();
        all.forEach(delivery -> ended(person, delivery, "delivered"));
        assertThat(stage.receiver.at(path))
                .extracting(Got::id)
                .containsAll(all.stream()
                        .map(delivery ->
                                delivery(person, delivery).path("message").asText())
                        .toList());
        assertThat(stage.receiver.at(path).stream().map(Got::id).distinct()).hasSize(3);
        assertThat(person.post(address(endpoint) + "/retries", Map.of("since", before.toString()))
                        .expect(202)
                        .json()
                        .path("retried")
                        .asInt())
                .isZero();

        // what went well can be told again as well
        person.send("POST", all.getLast() + "/retries", null, Map.of()).expect(202);
        stage.receiver.await(path, tries + 4, SOON);
    }

    @Test
    void creditsThatRunLowAreToldOncePerFall() {
        Api person = stage.house.person();
        String path = stage.path("low");
        JsonNode endpoint = person.post(
                        "/v1/webhooks/endpoints",
                        Map.of(
                                "url",
                                stage.receiver.url(path),
                                "events",
                                List.of("credits.low"),
                                "credits_low_below",
                                199.5))
                .expect(201)
                .json();
        var image = Map.<String, Object>of("options", Map.of("width", 128, "height", 128));

        // 200 of welcome; each image holds and costs 1
        finish(person, id(person.generate("image", "the sea", image)));
        finish(person, id(person.generate("image", "the sea", image)));
        Got first = stage.receiver.await(path, 1, SOON).getFirst();
        assertThat(first.json().path("type").asText()).isEqualTo("credits.low");
        assertThat(first.json().at("/data/credits_low_below").decimalValue()).isEqualByComparingTo("199.5");
        assertThat(first.json().at("/data/available").decimalValue()).isEqualByComparingTo("199");
        assertThat(first.json().at("/data/balance").decimalValue()).isEqualByComparingTo("200");
        assertThat(first.json().at("/data/held").decimalValue()).isEqualByComparingTo("1");
        assertThat(stage.count("webhook_delivery", "endpoint = '" + id(endpoint) + "'"))
                .isEqualTo(1);

        // 198 and 2 are above it again, and the next image falls below once more
        grant(person, 2);
        finish(person, id(person.generate("image", "the sea", image)));
        finish(person, id(person.generate("image", "the sea", image)));
        assertThat(stage.receiver.await(path, 2, SOON)).hasSize(2);
        assertThat(stage.count("webhook_delivery", "endpoint = '" + id(endpoint) + "'"))
                .isEqualTo(2);

        // a threshold that is above what there is already is no fall
        person.send("PATCH", address(endpoint), "{\"credits_low_below\":500}", Map.of())
                .expect(200);
        finish(person, id(person.generate("image", "the sea", image)));
        assertThat(stage.count("webhook_delivery", "endpoint = '" + id(endpoint) + "'"))
                .isEqualTo(2);
        assertThat(stage.house.ledgerFaults()).isEmpty();
    }

    @Test
    void whatWasToldAMonthAgoIsForgotten() {
        Api person = stage.house.person();
        String path = stage.path("old");
        JsonNode endpoint = stage.endpoint(person, path, List.of("generation.completed"));
        String old = tested(person, endpoint);
        String young = tested(person, endpoint);
        ended(person, old, "delivered");
        ended(person, young, "delivered");
        stage.sql("UPDATE webhook_delivery SET created_at = now() - interval '31 days' WHERE id = '"
                + old.substring(old.lastIndexOf('/') + 1) + "'");

        assertThat(stage.house.db().<Boolean>transact(new Deliveries()::forget)).isFalse();
        person.get(old).expect(404);
        person.get(young).expect(200);
    }

    private static String id(JsonNode thing) {
        return thing.path("id").asText();
    }

    private static List<String> told(List<Got> all, String type) {
        return all.stream()
                .map(Got::json)
                .filter(message -> message.path("type").asText().equals(type))
                .map(message -> message.at("/data/id").asText())
                .toList();
    }

    /** Signed addresses are new each time. */
    private static JsonNode unsigned(JsonNode thing) {
        ObjectNode copy = thing.deepCopy();
        copy.findParents("url").forEach(parent -> ((ObjectNode) parent).remove("url"));
        return copy;
    }

    private static boolean over(Api person, String generation) {
        return !person.get("/v1/generations/" + generation)
                .json()
                .path("finished_at")
                .isNull();
    }

    private static void finish(Api person, String generation) {
        Waiting.until("the end of " + generation, SOON, () -> over(person, generation));
    }

    private static UUID account(Api person) {
        return UUID.fromString(
                person.get("/v1/me").expect(200).json().path("id").asText());
    }

    private static void grant(Api person, int credits) {
        String email = person.get("/v1/me").json().path("email").asText();
        stage.house
                .db()
                .run(tx -> tx.query("SELECT admin.grant('" + email + "', " + credits + ", 'a test')")
                        .mapTo(BigDecimal.class)
                        .one());
    }
}
