package dev.millrace.generation.provider.comfyui;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.json.Json;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Places in a workflow take what a generation asks for. */
class WorkflowTest {
    @Test
    void aPlaceTakesTheValueAndATextHoldsIt() {
        JsonNode filled = filled(
                "{\"1\": {\"inputs\": {\"steps\": \"{{steps}}\", \"text\": \"photo of {{prompt}}, {{prompt}}\", \"clip\": [\"4\", 1], \"x\": 1.5}}}",
                Map.of("steps", new BigDecimal("20"), "prompt", "a \"$1\" \\boat {{steps}}"));

        assertThat(filled.at("/1/inputs/steps").isNumber()).isTrue();
        assertThat(filled.at("/1/inputs/steps").asInt()).isEqualTo(20);
        // what a person writes is text and never a place
        assertThat(filled.at("/1/inputs/text").asText())
                .isEqualTo("photo of a \"$1\" \\boat {{steps}}, a \"$1\" \\boat {{steps}}");
        assertThat(filled.at("/1/inputs/clip/0").asText()).isEqualTo("4");
        assertThat(filled.at("/1/inputs/x").asDouble()).isEqualTo(1.5);
    }

    @Test
    void aSeedThatNobodyGaveIsDrawnAndAnythingElseIsEmpty() {
        JsonNode filled = filled("{\"a\": \"{{seed}}\", \"b\": \"{{negative_prompt}}\"}", Map.of());

        assertThat(filled.path("a").isIntegralNumber()).isTrue();
        assertThat(filled.path("a").asLong()).isBetween(0L, 4294967295L);
        assertThat(filled.path("b").asText()).isEmpty();
        assertThat(filled("{\"a\": \"{{seed}}\"}", Map.of("seed", 7)).path("a").asInt())
                .isEqualTo(7);
    }

    private static JsonNode filled(String graph, Map<String, Object> values) {
        return new Workflow(Json.read(graph, JsonNode.class)).filled(values);
    }
}
