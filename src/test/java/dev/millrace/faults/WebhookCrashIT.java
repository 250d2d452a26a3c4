package dev.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.testing.Api;
import dev.millrace.testing.HookReceiver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code kill -9} between the commit of what happened and the telling of it, and between the telling and the note of it. */
@Tag("alone")
class WebhookCrashIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static HookReceiver receiver;
    private static CrashStage stage;

    @BeforeAll
    static void open() {
        receiver = HookReceiver.start();
        stage = new CrashStage(Map.of("MILLRACE_ALLOW_PRIVATE_CIDRS", "127.0.0.0/8"));
    }

    @AfterAll
    static void close() {
        stage.close();
        receiver.close();
    }

    @Test
    void whatWasNotToldBeforeTheEndIsToldAfterIt() {
        Scene scene = killedAt("webhook-before-sending:1", "/before");
        assertThat(receiver.at("/before")).isEmpty();

        Api api = stage.start(null);
        JsonNode told = receiver.await("/before", 1, PATIENCE).getFirst().json();
        assertThat(told.at("/data/id").asText()).isEqualTo(scene.generation());
        assertThat(told.at("/data/status").asText()).isEqualTo("completed");
        stage.assertSettled();
        assertThat(receiver.at("/before")).hasSize(1);
        api.delete(scene.endpoint()).expect(204);
        stage.stop();
    }

    @Test
    void whatWasToldAndNotNotedIsToldAgainUnderTheSameId() {
        Scene scene = killedAt("webhook-sent-before-noted:1", "/noted");
        assertThat(receiver.at("/noted")).hasSize(1);

        Api api = stage.start(null);
        List<HookReceiver.Got> told = receiver.await("/noted", 2, PATIENCE);
        stage.assertSettled();
        assertThat(told)
                .hasSize(2)
                .allSatisfy(
                        one -> assertThat(one.json().at("/data/id").asText()).isEqualTo(scene.generation()));
        assertThat(told.get(0).id()).isEqualTo(told.get(1).id());
        api.delete(scene.endpoint()).expect(204);
        stage.stop();
    }

    /** What was to be told, and to whom. */
    private record Scene(String generation, String endpoint) {}

    private static Scene killedAt(String killPoint, String path) {
        Api api = stage.start(killPoint);
        JsonNode endpoint = api.post(
                        "/v1/webhooks/endpoints",
                        Map.of("url", receiver.url(path), "events", List.of("generation.completed")))
                .expect(201)
                .json();
        String id = api.generate("text", "the sea", Map.of("options", Map.of("words", 5)))
                .path("id")
                .asText();
        stage.awaitArrival(killPoint);
        stage.kill();
        return new Scene(id, "/v1/webhooks/endpoints/" + endpoint.path("id").asText());
    }
}
