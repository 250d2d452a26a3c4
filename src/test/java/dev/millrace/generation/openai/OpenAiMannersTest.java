package dev.millrace.generation.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Refusals in OpenAI's words. */
class OpenAiMannersTest {
    private final OpenAiManners manners = new OpenAiManners();

    @Test
    void everyRefusalHasAllFourMembers() {
        for (ProblemType type : ProblemType.values()) {
            JsonNode error = error(Problem.of(type, "Something is wrong."));
            assertThat(error.path("message").asText()).isEqualTo("Something is wrong.");
            assertThat(error.path("type").asText()).isNotEmpty();
            assertThat(error.path("code").asText()).isNotEmpty();
            assertThat(error.has("param")).isTrue();
            assertThat(error.path("type").asText().equals("server_error")).isEqualTo(type.status() >= 500);
        }
    }

    @Test
    void pointersAreWrittenAsOpenAiWritesThem() {
        JsonNode error = error(Problem.of(ProblemType.INVALID_REQUEST, "/messages/0/content is required.")
                .at("/messages/0/content", "required", "is required"));
        assertThat(error.path("param").asText()).isEqualTo("messages[0].content");
        assertThat(error.path("message").asText()).isEqualTo("messages[0].content is required.");
        assertThat(error.path("code").asText()).isEqualTo("missing_required_parameter");
        JsonNode query = error(Problem.of(ProblemType.INVALID_REQUEST, "x").at("?variant", "out_of_range", "is odd"));
        assertThat(query.path("param").asText()).isEqualTo("variant");
        assertThat(query.path("message").asText()).isEqualTo("x variant is odd.");
    }

    @Test
    void librariesAreToldToTryAgainOnlyWhereNothingWasBegunAndWaitingHelps() {
        assertThat(advice(Problem.of(ProblemType.RATE_LIMITED, "x").retryAfter(Duration.ofSeconds(59))))
                .isEqualTo(Map.of("x-should-retry", "true", "retry-after-ms", "59000"));
        assertThat(advice(Problem.of(ProblemType.RATE_LIMITED, "x").retryAfter(Duration.ofHours(3))))
                .as("a library does not wait for more than a minute, it comes at once")
                .containsEntry("x-should-retry", "false");
        assertThat(advice(Problem.of(ProblemType.UNAVAILABLE, "x"))).containsEntry("x-should-retry", "true");
        assertThat(advice(Problem.of(ProblemType.CONFLICT, "x").retryAfter(Duration.ofSeconds(1))))
                .containsEntry("x-should-retry", "true");
        for (ProblemType type : new ProblemType[] {
            ProblemType.CONFLICT, ProblemType.PROVIDER_FAILED, ProblemType.INTERNAL, ProblemType.INSUFFICIENT_CREDITS
        }) {
            assertThat(advice(Problem.of(type, "x"))).isEqualTo(Map.of("x-should-retry", "false"));
        }
    }

    @Test
    void onlyIdsOfModelsMayHaveAnEncodedSlash() {
        assertThat(manners.address("/openai/v1/models/a%2Fb%2fc")).isEqualTo("/openai/v1/models/a/b/c");
        assertThat(manners.address("/openai/v1/videos/a%2Fb")).isEqualTo("/openai/v1/videos/a%2Fb");
        assertThat(manners.covers("/openai")).isTrue();
        assertThat(manners.covers("/openaix")).isFalse();
    }

    private Map<String, String> advice(Problem problem) {
        return manners.words(problem).headers();
    }

    private JsonNode error(Problem problem) {
        return Json.tree(Json.bytes(manners.words(problem).body())).path("error");
    }
}
