package dev.millrace.generation.provider.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.TextContract;
import dev.millrace.testing.vendor.FakeOpenAi;
import dev.millrace.testing.vendor.Loopback;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiTextContractIT extends TextContract {
    private static final String PATH = "/v1beta/models/gemini-2.5-flash:streamGenerateContent";

    private final Vendor vendor = new Vendor(SILENCE);

    @AfterEach
    void close() {
        vendor.close();
    }

    @Override
    protected Provider provider() {
        return vendor.provider();
    }

    @Override
    protected Loopback vendor() {
        return vendor.loopback();
    }

    @Override
    protected String model() {
        return "gemini/gemini-2.5-flash";
    }

    @Override
    protected boolean hasLastWord() {
        return false;
    }

    @ParameterizedTest
    @ValueSource(strings = {"@thinking", "@signature", "@thinking @signature @json"})
    void thoughtsAreNotShownAndAreBilled(String oddity) throws Exception {
        var heard = new Heard();
        provider().run(call("a boat " + oddity), heard);

        assertThat(heard.text()).isEqualTo(FakeOpenAi.text("a boat"));
        assertThat(heard.usage())
                .isEqualTo(Map.of("input_tokens", BigDecimal.valueOf(16), "output_tokens", BigDecimal.valueOf(12)));
    }

    @ParameterizedTest
    @CsvSource({
        "@finish=SAFETY, REFUSED, 12",
        "@finish=RECITATION, REFUSED, 12",
        "@finish=PROHIBITED_CONTENT, REFUSED, 12",
        "@finish=OTHER, TRUNCATED, 12",
        "@finish=MALFORMED_FUNCTION_CALL, TRUNCATED, 12",
        "@finish=SOMETHING_NEW, TRUNCATED, 12",
    })
    void itsOwnEndingsHaveTheirKinds(String fault, Kind kind, int words) {
        var heard = new Heard();
        ProviderFailure failure = failing(call("a boat " + fault), heard);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(heard.text()).isEqualTo(FakeOpenAi.text("@words=" + words));
    }

    @Test
    void itsHintToWaitIsInTheBody() {
        ProviderFailure failure = failing(call("a boat @status=429 @retry_info=34.4"), new Heard());

        assertThat(failure.kind()).isEqualTo(Kind.RATE_LIMITED);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofMillis(34_400));
    }

    @Test
    void theRequestIsSaidTheirWay() throws Exception {
        var request = new Request(
                GenerationKind.TEXT,
                model(),
                "second",
                List.of(
                        new Message("system", "be brief"),
                        Message.user("first"),
                        new Message("assistant", "yes"),
                        Message.user("second")),
                new GenerationOptions(
                        Map.of("max_tokens", 77, "temperature", 1, "top_p", 1, "seed", 4, "stop", List.of("END"))),
                request().conduct());
        provider().run(Calls.call(request, folder), new Heard());

        JsonNode body = vendor().lastBody(PATH);
        JsonNode config = body.path("generationConfig");
        assertThat(body.path("systemInstruction")
                        .path("parts")
                        .path(0)
                        .path("text")
                        .asText())
                .isEqualTo("be brief");
        assertThat(body.path("contents")
                        .valueStream()
                        .map(turn -> turn.path("role").asText() + ":"
                                + turn.path("parts").path(0).path("text").asText()))
                .containsExactly("user:first", "model:yes", "user:second");
        assertThat(config.path("maxOutputTokens").asInt()).isEqualTo(77);
        assertThat(config.path("temperature").asInt()).isEqualTo(1);
        assertThat(config.path("topP").asInt()).isEqualTo(1);
        assertThat(config.path("seed").asInt()).isEqualTo(4);
        assertThat(config.path("stopSequences").path(0).asText()).isEqualTo("END");
        assertThat(vendor().lastHeader(PATH, "x-goog-api-key")).isEqualTo("AIza-1");
    }
}
