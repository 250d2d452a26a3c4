package dev.millrace.generation.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.Flavour;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Lookouts;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.vendor.FakeOpenAi;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each of those who speak like OpenAI is asked as it wants to be. */
class FlavoursIT {
    private final FakeOpenAi vendor = FakeOpenAi.start();
    private final Outbound outbound = new Outbound(List.of());
    private final Lookout lookout = Lookouts.open();

    @AfterEach
    void close() {
        lookout.close();
        outbound.close();
        vendor.close();
    }

    @ParameterizedTest
    @EnumSource(Flavour.class)
    void theLimitOfTokensAndTheBegunAnswerAreSaidItsWay(Flavour flavour) throws Exception {
        OpenAiProvider provider = provider(flavour);
        Request begun = Calls.request(
                        GenerationKind.TEXT, provider.name() + "/qwen/qwen3", "a boat", Map.of("max_tokens", 9))
                .continuing("The sea");
        provider.run(Calls.call(begun, Path.of("/nonexistent")), new Heard());

        JsonNode body = vendor.lastBody("/v1/chat/completions");
        assertThat(body.path("model").asText()).isEqualTo("qwen/qwen3");
        assertThat(body.has("max_completion_tokens")).isEqualTo(flavour == Flavour.OPENAI);
        assertThat(body.has("max_tokens")).isNotEqualTo(flavour == Flavour.OPENAI);
        assertThat(body.path("continue_final_message").asBoolean()).isEqualTo(flavour == Flavour.VLLM);
        assertThat(body.path("add_generation_prompt").asBoolean(true)).isNotEqualTo(flavour == Flavour.VLLM);
        assertThat(provider.continues(begun)).isEqualTo(flavour == Flavour.VLLM || flavour == Flavour.LLAMACPP);
        assertThat(vendor.lastHeader("/v1/chat/completions", "authorization")).isEmpty();
    }

    private OpenAiProvider provider(Flavour flavour) {
        var terms = new ProviderConfig.Terms(flavour, null, List.of());
        return new OpenAiProvider(
                new ProviderConfig(Lookouts.name("here"), Protocol.OPENAI, vendor.base(), null, terms),
                outbound,
                lookout,
                InstantSource.system());
    }
}
