package dev.millrace.generation.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.TestHouse;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.FakeOpenAi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

/** The production house with a vendor behind it that speaks OpenAI's protocol, and the calls that tests make. */
final class FaceHouse implements AutoCloseable {
    static final String CHAT = "/openai/v1/chat/completions";

    private final FakeOpenAi vendor = FakeOpenAi.start();
    private final TestHouse house;

    FaceHouse() {
        house = TestHouse.open(Map.of(
                "MILLRACE_OPENAI_BASE_URL", vendor.base().toString(), "MILLRACE_OPENAI_API_KEY", "sk-of-the-operator"));
        house.db().run(tx -> {
            tx.update("UPDATE plan SET per_minute = NULL, per_day = NULL, running = 20 WHERE id = 'free'")
                    .execute();
            tx.update(
                            "INSERT INTO plan (id, name, per_minute, per_day, running, once_micros, storage_bytes)"
                                    + " SELECT 'narrow', 'Narrow', 1, NULL, 1, 1000000, storage_bytes FROM plan WHERE id = 'free'")
                    .execute();
        });
    }

    FakeOpenAi vendor() {
        return vendor;
    }

    TestHouse house() {
        return house;
    }

    Api person() {
        return house.person();
    }

    /** Somebody who may begin one thing a minute, one at a time, and has one credit. */
    Api narrow() {
        Api person = house.person();
        house.db()
                .run(tx -> tx.update("UPDATE account SET plan = 'narrow' WHERE id = CAST(:id AS uuid)")
                        .bind("id", account(person))
                        .execute());
        return person;
    }

    /** A chat of one message, with more members. */
    static ObjectNode chat(String model, String prompt, Map<String, Object> more) {
        ObjectNode body = Api.JSON.createObjectNode().put("model", model);
        body.putArray("messages").addObject().put("role", "user").put("content", prompt);
        more.forEach((name, value) -> body.set(name, Api.JSON.valueToTree(value)));
        return body;
    }

    static JsonNode error(Api.Answer answer, int status) {
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        JsonNode body = answer.expect(status).json();
        assertThat(body.properties()).extracting(Map.Entry::getKey).containsExactly("error");
        assertThat(body.path("error").properties())
                .extracting(Map.Entry::getKey)
                .contains("message", "type", "param", "code");
        return body.path("error");
    }

    /** The generation, once it is over. */
    static JsonNode over(Api person, String generation) {
        return Waiting.forValue("generation " + generation + " is over", Duration.ofSeconds(60), () -> {
            JsonNode row =
                    person.get("/v1/generations/" + generation).expect(200).json();
            return row.path("finished_at").isNull() ? null : row;
        });
    }

    static BigDecimal charged(JsonNode generation) {
        return generation.path("cost").path("charged").decimalValue();
    }

    @Override
    public void close() {
        try {
            assertThat(house.ledgerFaults()).isEmpty();
        } finally {
            house.close();
            vendor.close();
        }
    }

    /** The subject of the access token. */
    private static String account(Api person) {
        try {
            byte[] claims = Base64.getUrlDecoder().decode(person.token().split("\\.", -1)[1]);
            return Api.JSON.readTree(claims).path("sub").asText();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
