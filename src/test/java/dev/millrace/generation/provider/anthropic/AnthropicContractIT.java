package dev.millrace.generation.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.TextContract;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.platform.Secret;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.testing.vendor.FakeAnthropic;
import dev.millrace.testing.vendor.FakeOpenAi;
import dev.millrace.testing.vendor.Loopback;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicContractIT extends TextContract {
    private final FakeAnthropic vendor = new FakeAnthropic();
    private final Outbound outbound = new Outbound(List.of());
    private final Provider provider = new AnthropicProvider(
            ProviderConfig.of(Protocol.ANTHROPIC, new Secret("sk-ant-1"), vendor.base()),
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
        return "anthropic/claude-haiku-4-5";
    }

    @Override
    protected boolean hasLastWord() {
        return true;
    }

    @ParameterizedTest
    @ValueSource(strings = {"@thinking", "@unknown", "@pings", "@usage_late", "@done", "@stop=stop_sequence"})
    void whatIsNoTextIsNotShownAndUsageIsRight(String oddity) throws Exception {
        var heard = new Heard();
        provider.run(call("a boat " + oddity), heard);

        assertThat(heard.text()).isEqualTo(FakeOpenAi.text("a boat"));
        assertThat(heard.usage())
                .isEqualTo(Map.of("input_tokens", BigDecimal.valueOf(16), "output_tokens", BigDecimal.valueOf(12)));
    }

    @ParameterizedTest
    @CsvSource({
        "@no_stop, TRUNCATED, 12",
        "@stop=pause_turn, TRUNCATED, 12",
        "@stop=something_new, TRUNCATED, 12",
        "@stop=refusal, REFUSED, 12",
        "@splice, TRUNCATED, 1",
        "@error_after=5 @overloaded, OVERLOADED, 5",
        "@status=429, RATE_LIMITED, 0",
    })
    void itsOwnFaultsHaveTheirKinds(String fault, Kind kind, int words) {
        var heard = new Heard();
        ProviderFailure failure = failing(call("a boat " + fault), heard);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(heard.text()).isEqualTo(FakeOpenAi.text("@words=" + words));
    }

    @Test
    void anAnswerThatIsCutIsChargedByWhatCameAndNotByTheFigureAtItsBeginning() {
        var heard = new Heard();
        failing(call("a boat @cut_after=10"), heard);

        assertThat(heard.usage().get("input_tokens")).isEqualTo(BigDecimal.valueOf(16));
        assertThat(heard.usage().get("output_tokens")).isGreaterThanOrEqualTo(BigDecimal.TEN);
    }

    @Test
    void theRequestIsSaidTheirWay() throws Exception {
        var request = new Request(
                GenerationKind.TEXT,
                "anthropic/claude-haiku-4-5",
                "second",
                List.of(
                        new Message("system", "be brief"),
                        Message.user("first"),
                        new Message("assistant", "yes "),
                        new Message("system", "be kind"),
                        Message.user("second")),
                new GenerationOptions(Map.of("temperature", new BigDecimal("0.5"), "stop", List.of("END"))),
                request().conduct());
        provider.run(Calls.call(request, folder), new Heard());

        JsonNode body = vendor().lastBody("/v1/messages");
        assertThat(body.path("model").asText()).isEqualTo("claude-haiku-4-5");
        assertThat(body.path("max_tokens").asInt()).isEqualTo(1024);
        assertThat(body.path("system").asText()).isEqualTo("be brief\n\nbe kind");
        assertThat(body.path("temperature").asDouble()).isEqualTo(0.5);
        assertThat(body.path("stop_sequences").path(0).asText()).isEqualTo("END");
        assertThat(body.path("stream").asBoolean()).isTrue();
        assertThat(body.path("messages")
                        .valueStream()
                        .map(message -> message.path("role").asText() + ":"
                                + message.path("content").asText()))
                .containsExactly("user:first", "assistant:yes ", "user:second");
        assertThat(vendor().lastHeader("/v1/messages", "x-api-key")).isEqualTo("sk-ant-1");
        assertThat(vendor().lastHeader("/v1/messages", "anthropic-version")).isEqualTo("2023-06-01");
        assertThat(vendor().lastHeader("/v1/messages", "authorization")).isEmpty();
    }

    @Test
    void anAnswerThatWasBegunIsGoneOnWithWithoutItsLastSpaceTwice() throws Exception {
        Request begun =
                Calls.request(GenerationKind.TEXT, model(), "a boat", Map.of()).continuing("The ");
        var heard = new Heard();

        provider.run(Calls.call(begun, folder), heard);

        assertThat(provider.continues(begun)).isTrue();
        assertThat(vendor().lastBody("/v1/messages")
                        .path("messages")
                        .path(1)
                        .path("content")
                        .asText())
                .isEqualTo("The");
        assertThat(heard.text()).startsWith("sea0");
    }

    @ParameterizedTest
    @CsvSource({
        "claude-3-5-haiku-20241022, true",
        "claude-sonnet-4-20250514, true",
        "claude-opus-4-5, true",
        "claude-sonnet-4-5-20250929, true",
        "claude-opus-4-6, false",
        "claude-sonnet-5, false",
        "something-else, false",
    })
    void onlyOlderModelsGoOnWithAnAnswer(String model, boolean continues) {
        assertThat(provider.continues(Calls.request(GenerationKind.TEXT, "anthropic/" + model, "a", Map.of())))
                .isEqualTo(continues);
    }
}
