package dev.millrace.generation.provider.comfyui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.json.Json;
import org.junit.jupiter.api.Test;

/** Percent from nodes of which some take long, some none at all. */
class StepsTest {
    private final Steps steps = new Steps(
            json(
                    "{\"1\": {\"class_type\": \"CheckpointLoader\"}, \"2\": {\"class_type\": \"KSampler\"}, \"3\": {\"class_type\": \"KSampler\"}, \"4\": {\"class_type\": \"SaveImage\"}}"));

    @Test
    void samplersCountMostAndTheSecondDoesNotBeginFromNothing() {
        steps.step("2", 5, 10);
        assertThat(steps.fraction()).isEqualTo(10 / 42.0, within(1e-9));

        steps.running("2");
        steps.running("3");
        steps.step("3", 0, 10);
        assertThat(steps.fraction()).isEqualTo(20 / 42.0, within(1e-9));
    }

    @Test
    void whatIsCachedIsNoWork() {
        steps.cached(json("[\"1\", \"2\"]"));
        steps.step("3", 10, 10);

        assertThat(steps.fraction()).isEqualTo(20 / 21.0, within(1e-9));
        steps.cached(json("[\"3\", \"4\"]"));
        assertThat(steps.fraction()).isZero();
    }

    @Test
    void nonsenseTellsNothing() {
        steps.step("2", 3, 0);
        steps.step("2", -1, 10);
        steps.step("9", 3, 10);
        assertThat(steps.fraction()).isZero();

        steps.step("2", 30, 10);
        assertThat(steps.fraction()).isEqualTo(20 / 42.0, within(1e-9));
    }

    @Test
    void statesOfAllNodesAreTakenTogether() {
        steps.states(
                json(
                        "{\"1\": {\"state\": \"finished\"}, \"2\": {\"state\": \"running\", \"value\": 1.0, \"max\": 2.0}, \"4\": {\"state\": \"pending\"}}"));

        assertThat(steps.fraction()).isEqualTo(11 / 42.0, within(1e-9));
    }

    private static JsonNode json(String text) {
        return Json.read(text, JsonNode.class);
    }
}
