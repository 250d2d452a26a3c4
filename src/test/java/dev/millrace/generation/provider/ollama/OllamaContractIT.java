package dev.millrace.generation.provider.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.TextContract;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.platform.Secret;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.vendor.FakeOllama;
import dev.millrace.testing.vendor.FakeOpenAi;
import dev.millrace.testing.vendor.Loopback;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OllamaContractIT extends TextContract {
    private final FakeOllama vendor = new FakeOllama();
    private final Outbound outbound = new Outbound(List.of());
    private final OllamaProvider provider = new OllamaProvider(
            ProviderConfig.of(Protocol.OLLAMA, new Secret("key-of-a-guard"), vendor.base()),
            outbound,
            InstantSource.system(),
            new Patience(Patience.USUAL.connect(), SILENCE, SILENCE));

    @AfterEach
    void close() {
        outbound.close();
        vendor.close();
    }

    @Override
    protected Provider provider() {
        return provider;
    }

    @Override
    protected Loopback vendor() {
        return vendor.loopback();
    }

    @Override
    protected String model() {
        return "ollama/qwen3:8b";
    }

    @Override
    protected boolean hasLastWord() {
        return true;
    }

    @Test
    void itIsAskedInItsOwnWords() throws Exception {
        var request = Calls.request(
                GenerationKind.TEXT,
                model(),
                "a boat",
                Map.of("max_tokens", 9, "temperature", new BigDecimal("0.5"), "stop", List.of("END")));
        provider.run(Calls.call(request, folder), new Heard());

        JsonNode body = vendor().lastBody("/api/chat");
        assertThat(body.path("model").asText()).isEqualTo("qwen3:8b");
        assertThat(body.path("stream").asBoolean()).isTrue();
        assertThat(body.path("messages").path(0).path("content").asText()).isEqualTo("a boat");
        assertThat(body.path("options").path("num_predict").asInt()).isEqualTo(9);
        assertThat(body.path("options").path("temperature").asDouble()).isEqualTo(0.5);
        assertThat(body.path("options").path("stop").path(0).asText()).isEqualTo("END");
        assertThat(vendor().lastHeader("/api/chat", "authorization")).isEqualTo("Bearer key-of-a-guard");
    }

    @Test
    void whatItThinksIsNotSaidAndOlderVersionsEndToo() throws Exception {
        for (String way : List.of("@thinking", "@no_reason", "@no_count")) {
            var heard = new Heard();
            provider.run(call("a boat " + way), heard);

            assertThat(heard.text()).as(way).isEqualTo(FakeOpenAi.text("a boat"));
            assertThat(heard.usage()).as(way).containsEntry("output_tokens", BigDecimal.valueOf(12));
            assertThat(heard.usage().get("input_tokens")).as(way).isPositive();
        }
    }

    @Test
    void aModelThatIsUnloadedHasNotAnsweredToTheEnd() {
        var heard = new Heard();
        assertThat(failing(call("a boat @stop=unload"), heard).kind()).isEqualTo(Kind.TRUNCATED);
        assertThat(failing(call("a boat @words=0 @stop=load"), new Heard()).kind())
                .isEqualTo(Kind.TRANSIENT);
    }
}
