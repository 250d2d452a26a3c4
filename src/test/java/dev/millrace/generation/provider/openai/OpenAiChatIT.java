package dev.millrace.generation.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.catalogue.CancelPolicy;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.provider.job.Lookouts;
import dev.millrace.platform.outbound.Outbound;
import java.math.BigDecimal;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is OpenAI's alone; the rest is in the contract. */
class OpenAiChatIT {
    private static final String TEXT =
            "sea0 \u00e9t\u00e91 \u6d772 \ud83d\ude803 boat4 na\u00efve5 storm6 \u0436\u0443\u043a7 sea8 \u00e9t\u00e99 \u6d7710 \ud83d\ude8011";
    private static Vendor vendor = new Vendor();

    @BeforeAll
    static void open() {
        vendor = new Vendor();
    }

    @AfterAll
    static void close() {
        vendor.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "@no_done",
                "@done_no_blank",
                "@no_role",
                "@null_content",
                "@azure",
                "@twice_finished",
                "@usage_with_last",
                "@no_usage",
                "@split @comments @bom @cr @done_no_blank",
            })
    void whateverTheDialectTheTextIsTheSame(String dialect) throws Exception {
        var heard = new Heard();
        vendor.provider().run(Calls.text("openai/fake", "a boat " + dialect, Map.of()), heard);

        assertThat(heard.text()).isEqualTo(TEXT);
        assertThat(heard.finished()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "@cut_bytes=900, TRUNCATED, 3",
        "@error_after=5 @error_event, TRANSIENT, 5",
        "@error_after=5 @error_string, TRANSIENT, 5",
        "@error_after=5 @error_code=429, RATE_LIMITED, 5",
        "@error_after=5 @error_code=insufficient_quota, QUOTA, 5",
        "@no_finish @no_done, TRUNCATED, 12",
        "@finish=abort, TRUNCATED, 12",
        "@finish=content_filter, REFUSED, 12",
        "@empty @done_only, TRANSIENT, 0",
        "@reasoning, TRANSIENT, 0",
        "@refusal, REFUSED, 0",
        "@status=429 @code=insufficient_quota, QUOTA, 0",
        "@status=400 @code=moderation_blocked, REFUSED, 0",
    })
    void everyFaultHasItsKindAndKeepsWhatCame(String fault, Kind kind, int words) {
        var heard = new Heard();
        ProviderFailure failure = failing(Calls.text("openai/fake", "a boat " + fault, Map.of()), heard);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(heard.text().isEmpty() ? 0 : heard.text().split(" ").length).isEqualTo(words);
        assertThat(heard.finished()).isFalse();
        assertThat(failure.detail()).doesNotContain("vendor prose").doesNotContain("req_secret");
    }

    @Test
    void theCallsDeadlineEndsAVendorThatOnlyCoughs() {
        var heard = new Heard();
        ProviderFailure failure = failing(within(2, "a boat @endless @delay_ms=20"), heard);

        assertThat(failure.kind()).isEqualTo(Kind.DEADLINE);
        assertThat(heard.text()).isNotEmpty();
        assertThat(TEXT).startsWith(heard.text());
        assertThat(heard.usage()).isNotEmpty();
    }

    @Test
    void anAnswerIsOverWithItsLastWordHoweverLongTheVendorStays() throws Exception {
        var heard = new Heard();
        ProviderCall call = within(600, "a boat @linger @delay_ms=20");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> over = threads.submit(() -> {
                vendor.provider().run(call, heard);
                return true;
            });
            assertThat(over.get(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            call.cancellation().cancel();
        }

        assertThat(heard.text()).isEqualTo(TEXT);
        assertThat(heard.finished()).isTrue();
    }

    @Test
    void aVendorThatIsNotThereCanBeTriedAgain() throws Exception {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        try (var outbound = new Outbound(List.of());
                var lookout = Lookouts.open()) {
            var config = ProviderConfig.of(Protocol.OPENAI, null, URI.create("http://127.0.0.1:" + port + "/v1"));
            var gone = new OpenAiProvider(config, outbound, lookout, InstantSource.system());

            ProviderFailure failure = catchThrowableOfType(
                    ProviderFailure.class, () -> gone.run(Calls.text("openai/x", "a", Map.of()), new Heard()));

            assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
            assertThat(failure.detail()).isEqualTo("The provider cannot be reached.");
        }
    }

    @Test
    void theRequestSaysWhatWasAskedFor() throws Exception {
        var request = new Request(
                GenerationKind.TEXT,
                "openai/fake",
                "second",
                List.of(
                        new Message("system", "be brief"),
                        Message.user("first"),
                        new Message("assistant", "yes"),
                        Message.user("second")),
                new GenerationOptions(Map.of(
                        "max_tokens",
                        77,
                        "temperature",
                        new BigDecimal("0.5"),
                        "top_p",
                        1,
                        "stop",
                        List.of("END"),
                        "seed",
                        4)),
                conduct(60, false));
        var call = Calls.call(request, Path.of("/nonexistent"));
        vendor.provider().run(call, new Heard());

        JsonNode body = vendor.fake().lastBody("/v1/chat/completions");
        assertThat(body.path("model").asText()).isEqualTo("fake");
        assertThat(body.path("max_tokens").asInt()).isEqualTo(77);
        assertThat(body.path("temperature").asDouble()).isEqualTo(0.5);
        assertThat(body.path("top_p").asInt()).isEqualTo(1);
        assertThat(body.path("stop").path(0).asText()).isEqualTo("END");
        assertThat(body.path("seed").asInt()).isEqualTo(4);
        assertThat(body.path("stream").asBoolean()).isTrue();
        assertThat(body.path("stream_options").path("include_usage").asBoolean())
                .isTrue();
        assertThat(body.path("messages")
                        .valueStream()
                        .map(message -> message.path("role").asText() + ":"
                                + message.path("content").asText()))
                .containsExactly("system:be brief", "user:first", "assistant:yes", "user:second");
        assertThat(vendor.fake().lastHeader("/v1/chat/completions", "authorization"))
                .isEqualTo("Bearer " + Vendor.KEY);
        assertThat(vendor.fake().lastHeader("/v1/chat/completions", "accept-encoding"))
                .isEqualTo("identity");
        assertThat(vendor.fake().lastHeader("/v1/chat/completions", "x-client-request-id"))
                .isEqualTo(call.generation().toString());
    }

    @Test
    void aThinkingModelIsToldItsLimitTheOtherWay() throws Exception {
        var request = new Request(
                GenerationKind.TEXT,
                "openai/o4-mini",
                "think",
                List.of(),
                new GenerationOptions(Map.of("max_tokens", 9)),
                conduct(60, true));
        vendor.provider().run(Calls.call(request, Path.of("/nonexistent")), new Heard());

        assertThat(vendor.fake()
                        .lastBody("/v1/chat/completions")
                        .path("max_completion_tokens")
                        .asInt())
                .isEqualTo(9);
        assertThat(vendor.fake().lastBody("/v1/chat/completions").has("max_tokens"))
                .isFalse();
    }

    private static ProviderFailure failing(ProviderCall call, Heard heard) {
        return catchThrowableOfType(
                ProviderFailure.class, () -> vendor.provider().run(call, heard));
    }

    private static ProviderCall within(int seconds, String prompt) {
        var request = new Request(
                GenerationKind.TEXT, "openai/fake", prompt, List.of(), GenerationOptions.NONE, conduct(seconds, false));
        return new ProviderCall(
                UUID.randomUUID(), 1, request, new Foothold.None(), Path.of("/nonexistent"), new Cancellation());
    }

    private static Model.Conduct conduct(int deadline, boolean thinking) {
        return new Model.Conduct(CancelPolicy.STOP, List.of(), thinking, 1, deadline);
    }
}
