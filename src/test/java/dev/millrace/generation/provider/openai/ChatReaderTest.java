package dev.millrace.generation.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.ToolCall;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.Recorded;
import dev.millrace.generation.provider.wire.SseLimits;
import dev.millrace.generation.provider.wire.VendorErrors;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.TimedOut;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatReaderTest {
    private static final VendorErrors ERRORS = new VendorErrors(InstantSource.system());
    private static final String ROLE = data(
            "{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},\"finish_reason\":null}],\"usage\":null}");
    private static final String STOP =
            data("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}");
    private static final String USAGE =
            data("{\"choices\":[],\"usage\":{\"prompt_tokens\":16,\"completion_tokens\":300}}");
    private static final String DONE = data("[DONE]");

    private final Heard heard = new Heard();

    @Test
    void aWholeConversationIsTextUsageAndAnEnd() throws Exception {
        read(ROLE + text("Hello") + text(" there") + STOP + USAGE + DONE);

        assertThat(heard.text()).isEqualTo("Hello there");
        assertThat(heard.usage()).isEqualTo(tokens(16, 300));
        assertThat(heard.events().getLast()).isEqualTo(new Finished("stop"));
    }

    @Test
    void callsToToolsAreToldPartByPart() throws Exception {
        read(ROLE
                + call(
                        "{\"index\":0,\"id\":\"c0\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}")
                + call("{\"index\":1,\"id\":\"c1\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}")
                + call("{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\":1}\"}}")
                + STOP.replace("stop", "tool_calls")
                + USAGE
                + DONE);

        assertThat(heard.events())
                .contains(
                        new ToolCall(0, "c0", "f", ""),
                        new ToolCall(1, "c1", "g", "{}"),
                        new ToolCall(0, null, null, "{\"a\":1}"));
        assertThat(heard.events().getLast()).isEqualTo(new Finished("tool_calls"));
    }

    @Test
    void callsToToolsAreUnderstoodAsServersSendThem() throws Exception {
        read(ROLE
                + call("{\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}}")
                + call("{\"id\":\"\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}")
                + STOP
                + DONE);

        List<ToolCall> calls = heard.events().stream()
                .filter(ToolCall.class::isInstance)
                .map(ToolCall.class::cast)
                .toList();
        assertThat(calls).extracting(ToolCall::index).containsExactly(0, 1);
        assertThat(calls).extracting(ToolCall::arguments).containsExactly("{\"a\":1}", "{}");
        assertThat(calls)
                .extracting(ToolCall::id)
                .allMatch(id -> id != null && id.startsWith("call_"))
                .doesNotHaveDuplicates();
        assertThat(heard.events().getLast()).isEqualTo(new Finished("tool_calls"));
    }

    @Test
    void callsThatAllHaveTheIndexZeroAreToldApartByTheirIds() throws Exception {
        read(ROLE
                + call("{\"index\":0,\"id\":\"c0\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\"}}")
                + call("{\"index\":0,\"function\":{\"arguments\":\"1}\"}}")
                + call("{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"g\",\"arguments\":\"\"}}")
                + call("{\"index\":0,\"id\":\"c1\",\"function\":{\"arguments\":\"{}\"}}")
                + call("{\"index\":0,\"id\":\"c2\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}")
                + STOP.replace("stop", "tool_calls")
                + DONE);

        assertThat(heard.all(ToolCall.class))
                .containsExactly(
                        new ToolCall(0, "c0", "f", "{\"a\":"),
                        new ToolCall(0, null, null, "1}"),
                        new ToolCall(1, "c1", "g", ""),
                        new ToolCall(1, "c1", null, "{}"),
                        new ToolCall(2, "c2", "f", "{}"));
    }

    @Test
    void anIdThatIsAnotherOneInEachPartIsStillOneCall() throws Exception {
        read(ROLE
                + call("{\"index\":0,\"id\":\"c0\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}")
                + call("{\"index\":0,\"id\":\"c7\",\"function\":{\"arguments\":\"}\"}}")
                + STOP.replace("stop", "tool_calls")
                + DONE);

        assertThat(heard.all(ToolCall.class)).extracting(ToolCall::index).containsExactly(0, 0);
    }

    @Test
    void aLineJustUnderTheLimitIsTextAndOneJustOverItIsAFault() throws Exception {
        String frame = data("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":null}]}");
        int room = SseLimits.TEXT.eventBytes() - (frame.length() - 2);
        String most = "x".repeat(room);

        read(frame.replace("\"content\":\"\"", "\"content\":\"" + most + "\"") + STOP + DONE);
        assertThat(heard.text()).isEqualTo(most);

        String over = frame.replace("\"content\":\"\"", "\"content\":\"" + most + "xxx\"");
        assertThat(failing(over + STOP + DONE).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void aCallThatTheLimitOfTokensCutIsNoCallToMake() throws Exception {
        read(ROLE
                + call("{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}")
                + STOP.replace("stop", "length")
                + DONE);
        assertThat(heard.events().getLast()).isEqualTo(new Finished("length"));
    }

    @Test
    void aCallWithAnImpossibleIndexIsAFault() {
        for (String index : List.of("-1", "128", "99999999")) {
            String wire = ROLE + call("{\"index\":" + index + ",\"function\":{\"name\":\"f\"}}") + STOP + DONE;
            assertThat(catchThrowableOfType(ProviderFailure.class, () -> read(wire))
                            .kind())
                    .isEqualTo(Kind.TRANSIENT);
        }
    }

    @Test
    void whereverAConversationIsCutIntoPiecesItSaysTheSame() throws Exception {
        byte[] bytes = ("\ufeff: hi\r\n\r\n" + ROLE + text("\u6d77\ud83d\ude80") + text(" \u00e9t\u00e9") + STOP + USAGE
                        + "data: [DONE]")
                .getBytes(StandardCharsets.UTF_8);
        List<ProviderEvent> whole = events(Recorded.stream(bytes));

        for (int cut = 1; cut < bytes.length; cut++) {
            var sliced = Recorded.stream(Arrays.copyOf(bytes, cut), Arrays.copyOfRange(bytes, cut, bytes.length));
            assertThat(events(sliced)).as("cut at %d", cut).isEqualTo(whole);
        }
    }

    @Test
    void aConversationThatEndsAnywhereBeforeItsFinishReasonIsNoSuccess() throws Exception {
        String whole = ROLE + text("one") + text(" two") + STOP;
        int enough = whole.length() - 1;
        for (int end = 0; end < enough; end++) {
            var partial = new Heard();
            Answer answer = Recorded.stream(whole.substring(0, end).getBytes(StandardCharsets.UTF_8));

            ProviderFailure failure = catchThrowableOfType(
                    ProviderFailure.class, () -> reader(partial, true).read(answer));

            assertThat(failure.kind())
                    .as("ended at %d", end)
                    .isEqualTo(partial.text().isEmpty() ? Kind.TRANSIENT : Kind.TRUNCATED);
            assertThat(partial.finished()).isFalse();
        }
    }

    @Test
    void theEndMarkerMayBeMissing() throws Exception {
        read(ROLE + text("a") + STOP);

        assertThat(heard.finished()).isTrue();
    }

    @Test
    void theLimitOfTokensIsTold() throws Exception {
        read(text("a") + STOP.replace("\"stop\"", "\"length\"") + DONE);

        assertThat(heard.events().getLast()).isEqualTo(new Finished("length"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"abort", "error", "unknown_thing"})
    void anyOtherFinishReasonIsAFailure(String reason) {
        ProviderFailure failure = failing(text("a") + STOP.replace("\"stop\"", "\"" + reason + "\"") + DONE);

        assertThat(failure.kind()).isEqualTo(Kind.TRUNCATED);
        assertThat(heard.text()).isEqualTo("a");
    }

    @Test
    void filteredContentIsARefusal() {
        assertThat(failing(text("a") + STOP.replace("\"stop\"", "\"content_filter\"") + DONE)
                        .kind())
                .isEqualTo(Kind.REFUSED);
        assertThat(failing(data("{\"choices\":[{\"delta\":{\"refusal\":\"I cannot\"}}]}") + STOP + DONE)
                        .kind())
                .isEqualTo(Kind.REFUSED);
    }

    @Test
    void theMarkerAloneIsAFailure() {
        assertThat(failing(DONE).kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failing(ROLE + DONE).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void aMarkerWithoutAReasonIsAnEndOnlyForServersThatLeaveReasonsOut() throws Exception {
        reader(heard, false).read(stream(text("a") + DONE));
        assertThat(heard.finished()).isTrue();

        assertThat(failing(text("a") + DONE).kind()).isEqualTo(Kind.TRUNCATED);
    }

    @Test
    void anEmptyAnswerIsAFailure() {
        assertThat(failing(ROLE + STOP + USAGE + DONE).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void aModelThatOnlyThoughtNeedsMoreTokens() {
        String thinking = data("{\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"}}]}");

        ProviderFailure failure = failing(thinking + STOP.replace("\"stop\"", "\"length\"") + USAGE + DONE);

        assertThat(failure.kind()).isEqualTo(Kind.INVALID);
        assertThat(heard.usage()).isEqualTo(tokens(16, 300));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"error\":{\"message\":\"m\",\"type\":\"server_error\"}}| TRANSIENT",
                "{\"error\":\"broken\"}| TRANSIENT",
                "{\"error\":{\"code\":429}}| RATE_LIMITED",
                "[{\"error\":{\"code\":400}}]| INVALID",
                "{\"error\":{\"code\":\"context_length_exceeded\"}}| INVALID",
            })
    void anErrorInsideTheStreamIsAnErrorAndWhatWasSaidStays(String json, Kind kind) {
        ProviderFailure failure = failing(text("a") + data(json) + DONE);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(heard.text()).isEqualTo("a");
        assertThat(heard.usage()).containsKey("output_tokens");
    }

    @Test
    void anErrorEventIsAnErrorWhateverItHolds() {
        assertThat(failing("event: error\n" + data("{\"message\":\"Compute error.\"}"))
                        .kind())
                .isEqualTo(Kind.TRANSIENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"choices\":[{\"delta\":{\"content\":\"half", "\"text\"", "42", "<html>"})
    void garbageIsAFailure(String garbage) {
        assertThat(failing(text("a") + data(garbage) + STOP + DONE).kind()).isEqualTo(Kind.TRUNCATED);
        assertThat(failing(data(garbage)).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void oddChunksAreUnderstood() throws Exception {
        read(data("{\"choices\":[],\"id\":\"\",\"prompt_filter_results\":[{}]}")
                + data("{\"choices\":[{\"index\":0,\"delta\":{\"role\":\"\",\"content\":null}}]}")
                + data("{\"choices\":null}")
                + data("{}")
                + data("")
                + data("{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"other\"}}]}")
                + data("{\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"x\":{\"y\":[1]}}")
                + STOP
                + data(
                        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"late\"},\"finish_reason\":\"tool_calls\"}]}")
                + DONE
                + data("{\"error\":\"after the end\"}"));

        assertThat(heard.text()).isEqualTo("a");
        assertThat(heard.events().getLast()).isEqualTo(new Finished("stop"));
    }

    @Test
    void aZeroIsAZeroAndNonsenseIsNothing() throws Exception {
        read(text("a")
                + STOP
                + data("{\"choices\":[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}}")
                + DONE);
        assertThat(heard.usage()).isEqualTo(tokens(0, 0));

        var other = new Heard();
        reader(other, true)
                .read(stream(text("abcdefgh")
                        + STOP
                        + data("{\"choices\":[],\"usage\":{\"prompt_tokens\":NaN,\"completion_tokens\":-1}}")
                        + DONE));
        assertThat(other.usage().get("output_tokens")).isEqualTo(BigDecimal.valueOf(2));
    }

    @Test
    void withoutTheVendorsFiguresWeCountOurselves() {
        failing(text("12345678") + text("12345678"));

        assertThat(heard.usage().get("output_tokens")).isEqualTo(BigDecimal.valueOf(4));
        assertThat(heard.usage().get("input_tokens")).isPositive();
    }

    @Test
    void anAnswerInOnePieceIsTakenToo() throws Exception {
        String document =
                "{\"choices\":[{\"message\":{\"content\":\"all at once\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":3}}";
        reader(heard, true)
                .read(new Recorded(
                        200,
                        Map.of("content-type", "application/json; charset=utf-8"),
                        List.of(document.getBytes(StandardCharsets.UTF_8)),
                        null));

        assertThat(heard.text()).isEqualTo("all at once");
        assertThat(heard.finished()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/html| <html>502</html>",
                "''| <html>502</html>",
                "''| {\"a\":1}",
                "application/octet-stream| data: x"
            })
    void anythingElseThanAStreamIsAFailure(String type, String body) {
        var answer = new Recorded(
                200,
                type.isEmpty() ? Map.of() : Map.of("content-type", type),
                List.of(body.getBytes(StandardCharsets.UTF_8)),
                null);

        assertThat(catchThrowableOfType(
                                ProviderFailure.class, () -> reader(heard, true).read(answer))
                        .kind())
                .isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void silenceAndBreaksAreToldApart() {
        var silent = new Recorded(
                200,
                Map.of("content-type", "text/event-stream"),
                List.of(text("a").getBytes(StandardCharsets.UTF_8)),
                new TimedOut(TimedOut.Phase.IDLE));
        var broken = new Recorded(
                200,
                Map.of("content-type", "text/event-stream"),
                List.of(text("a").getBytes(StandardCharsets.UTF_8)),
                new IOException("reset"));

        assertThat(catchThrowableOfType(
                                ProviderFailure.class, () -> reader(heard, true).read(silent))
                        .kind())
                .isEqualTo(Kind.DEADLINE);
        assertThat(catchThrowableOfType(
                                ProviderFailure.class, () -> reader(heard, true).read(broken))
                        .kind())
                .isEqualTo(Kind.TRUNCATED);
    }

    private void read(String stream) throws ProviderFailure {
        reader(heard, true).read(stream(stream));
    }

    private ProviderFailure failing(String stream) {
        return catchThrowableOfType(
                ProviderFailure.class, () -> reader(heard, true).read(stream(stream)));
    }

    private static List<ProviderEvent> events(Answer answer) throws ProviderFailure {
        var events = new Heard();
        reader(events, true).read(answer);
        return events.events();
    }

    private static ChatReader reader(Heard heard, boolean strict) {
        return new ChatReader(
                ERRORS, Calls.request(GenerationKind.TEXT, "openai/x", "a prompt", Map.of()), heard, strict);
    }

    private static Answer stream(String stream) {
        return Recorded.stream(stream.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, BigDecimal> tokens(long input, long output) {
        return Map.of("input_tokens", BigDecimal.valueOf(input), "output_tokens", BigDecimal.valueOf(output));
    }

    private static String call(String part) {
        return data("{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[" + part + "]},\"finish_reason\":null}]}");
    }

    private static String text(String content) {
        return data("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + content
                + "\"},\"finish_reason\":null}],\"usage\":null,\"obfuscation\":\"x\"}");
    }

    private static String data(String json) {
        return "data: " + json + "\n\n";
    }
}
