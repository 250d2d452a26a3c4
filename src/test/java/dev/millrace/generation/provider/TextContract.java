package dev.millrace.generation.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.testing.vendor.FakeOpenAi;
import dev.millrace.testing.vendor.Loopback;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every provider of texts promises, against a vendor on a real socket that speaks its wire format, faults included.
 *
 * <p>What goes wrong is written into the prompt, in words that all vendors of this kind understand.
 */
public abstract class TextContract extends ProviderContract {
    /** The vendor's first byte and the silence between two pieces; the suite's own pauses are a fortieth of it. */
    protected static final Duration SILENCE = Duration.ofSeconds(2);

    /** The server that the provider talks to. */
    protected abstract Loopback vendor();

    /** A model of that vendor. */
    protected abstract String model();

    /** Whether the vendor has a last word, after which a connection may break as it likes. */
    protected abstract boolean hasLastWord();

    @Override
    protected Request request() {
        return Calls.request(GenerationKind.TEXT, model(), "a boat", Map.of());
    }

    @Override
    protected Request longRequest() {
        return Calls.request(GenerationKind.TEXT, model(), "a boat @words=500 @delay_ms=50", Map.of());
    }

    @Test
    void aWholeAnswerIsItsTextItsUsageAndItsEnd() throws Exception {
        var heard = new Heard();
        provider().run(call("a boat"), heard);

        assertThat(heard.text()).isEqualTo(FakeOpenAi.text("a boat"));
        assertThat(heard.usage())
                .isEqualTo(Map.of("input_tokens", BigDecimal.valueOf(16), "output_tokens", BigDecimal.valueOf(12)));
        assertThat(heard.events().getLast()).isEqualTo(new ProviderEvent.Finished("stop"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@crlf",
                "@cr",
                "@nospace",
                "@bom",
                "@comments",
                "@split",
                "@split @crlf",
                "@gzip",
                "@no_type",
                "@json",
                "@twice",
                "@late",
                "@twice @late",
                "@delay_ms=5",
                "@split @comments @bom @cr",
            })
    void howeverTheStreamIsFramedTheTextIsTheSame(String framing) throws Exception {
        var heard = new Heard();
        provider().run(call("a boat " + framing), heard);

        assertThat(heard.text()).isEqualTo(FakeOpenAi.text("a boat"));
        assertThat(heard.finished()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "@cut_after=5, TRUNCATED, 5",
        "@rst_after=5, TRUNCATED, 5",
        "@cut_after=5 @gzip, TRUNCATED, 5",
        "@malformed_after=5, TRUNCATED, 5",
        "@oversize=5, TRUNCATED, 5",
        "@no_end, TRUNCATED, 12",
        "@error_after=5, TRANSIENT, 5",
        "@error_after=0, TRANSIENT, 0",
        "@json @error_after=0, TRANSIENT, 0",
        "@refuse_after=0, REFUSED, 0",
        "@refuse_after=5, REFUSED, 5",
        "@forbidden, REFUSED, 0",
        "@cut_after=0, TRANSIENT, 0",
        "@cut_head, TRANSIENT, 0",
        "@malformed_after=0, TRANSIENT, 0",
        "@empty, TRANSIENT, 0",
        "@empty @no_end, TRANSIENT, 0",
        "@page, TRANSIENT, 0",
        "@type=text/html, TRANSIENT, 0",
        "@type=application/octet-stream, TRANSIENT, 0",
        "@type=application/json, TRANSIENT, 0",
        "@quota, QUOTA, 0",
        "@status=401, AUTH, 0",
        "@status=403, AUTH, 0",
        "@status=404, NOT_FOUND, 0",
        "@status=400, INVALID, 0",
        "@status=413, INVALID, 0",
        "@status=422, INVALID, 0",
        "@status=302, INVALID, 0",
        "@status=408, TRANSIENT, 0",
        "@status=409, TRANSIENT, 0",
        "@status=500, TRANSIENT, 0",
        "@status=500 @should_not_retry, TRANSIENT, 0",
        "@status=502 @html, TRANSIENT, 0",
        "@status=503, OVERLOADED, 0",
        "@status=504 @html, TRANSIENT, 0",
        "@status=520 @html, TRANSIENT, 0",
        "@status=529, OVERLOADED, 0",
    })
    void everyFaultHasItsKindAndKeepsWhatCame(String fault, Kind kind, int words) {
        String prompt = "a boat " + fault;
        var heard = new Heard();
        ProviderFailure failure = failing(call(prompt), heard);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(heard.text()).isEqualTo(FakeOpenAi.text("@words=" + words));
        assertThat(heard.finished()).isFalse();
        if (words > 0) {
            assertThat(heard.usage().get("output_tokens")).isPositive();
        }
        assertThat(failure.detail()).doesNotContain("vendor prose").doesNotContain("req_");
        assertThat(vendor().asked(prompt)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("waits")
    void everyHintToWaitComesAlong(String hint, Duration least, Duration most) {
        ProviderFailure failure = failing(call("@status=429 " + hint), new Heard());

        assertThat(failure.kind()).isEqualTo(Kind.RATE_LIMITED);
        assertThat(failure.retryAfter()).isBetween(least, most);
    }

    static List<Object[]> waits() {
        return List.of(
                new Object[] {"@retry_after=7", Duration.ofSeconds(7), Duration.ofSeconds(7)},
                new Object[] {"@retry_after=0.5", Duration.ofMillis(500), Duration.ofMillis(500)},
                new Object[] {"@retry_after=ms:1500", Duration.ofMillis(1500), Duration.ofMillis(1500)},
                new Object[] {"@retry_after=date:90", Duration.ofSeconds(60), Duration.ofSeconds(90)},
                new Object[] {"@retry_after=date:-90", Duration.ZERO, Duration.ZERO},
                new Object[] {"@retry_after=259200", Duration.ofDays(3), Duration.ofDays(3)},
                new Object[] {"@message=try_again_in_20s.", Duration.ofSeconds(20), Duration.ofSeconds(20)});
    }

    @Test
    void withoutAHintThereIsNone() {
        assertThat(failing(call("@status=429"), new Heard()).retryAfter()).isNull();
        assertThat(failing(call("@status=429 @retry_after=soon"), new Heard()).retryAfter())
                .isNull();
    }

    @Test
    void aStreamShorterThanItsLengthIsWholeWhenTheVendorsLastWordIsInIt() throws Exception {
        var heard = new Heard();
        ProviderCall call = call("a boat @length=50");
        if (hasLastWord()) {
            provider().run(call, heard);
            assertThat(heard.finished()).isTrue();
        } else {
            assertThat(failing(call, heard).kind()).isEqualTo(Kind.TRUNCATED);
        }
        assertThat(heard.text()).isEqualTo(FakeOpenAi.text("a boat"));
    }

    @Test
    void aStreamLongerThanItsLengthIsTruncated() {
        var heard = new Heard();
        ProviderFailure failure = failing(call("a boat @length=-900"), heard);

        assertThat(failure.kind()).isEqualTo(Kind.TRUNCATED);
        assertThat(heard.text()).isNotEmpty();
        assertThat(FakeOpenAi.text("a boat")).startsWith(heard.text());
    }

    @Test
    void silenceBetweenTwoPiecesEndsTheCallAndKeepsWhatCame() throws Exception {
        String prompt = "a boat @stall_after=3";
        var heard = new Heard();
        ProviderFailure failure = failing(call(prompt), heard);

        assertThat(failure.kind()).isEqualTo(Kind.DEADLINE);
        assertThat(heard.text()).isEqualTo(FakeOpenAi.text("@words=3"));
        assertThat(vendor().hungUp(prompt).await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void silenceBeforeTheFirstByteEndsTheCall() {
        assertThat(failing(call("a boat @hang"), new Heard()).kind()).isEqualTo(Kind.DEADLINE);
    }

    @Test
    @Tag("alone")
    void cancelingHangsUpOnTheVendorWithinASecond() throws Exception {
        String prompt = "a boat @words=500 @delay_ms=20";
        ProviderCall call = call(prompt);
        var third = new CountDownLatch(3);
        Thread.ofVirtual().start(() -> {
            if (awaited(third)) {
                call.cancellation().cancel();
            }
        });

        ProviderFailure failure = failing(call, new Heard(event -> third.countDown()));

        assertThat(failure.kind()).isEqualTo(Kind.CANCELED);
        assertThat(vendor().hungUp(prompt).await(1, TimeUnit.SECONDS)).isTrue();
        assertThat(vendor().asked(prompt)).isEqualTo(1);
    }

    @Test
    void theLimitOfTokensIsAnEnd() throws Exception {
        var request = Calls.request(GenerationKind.TEXT, model(), "a boat", Map.of("max_tokens", 5));
        var heard = new Heard();
        provider().run(Calls.call(request, folder), heard);

        assertThat(heard.text()).isEqualTo(FakeOpenAi.text("@words=5"));
        assertThat(heard.events().getLast()).isEqualTo(new ProviderEvent.Finished("length"));
    }

    /** A call of the model. */
    protected ProviderCall call(String prompt) {
        return Calls.call(Calls.request(GenerationKind.TEXT, model(), prompt, Map.of()), folder);
    }

    /** Runs a call that fails. */
    protected ProviderFailure failing(ProviderCall call, ProviderSink sink) {
        return catchThrowableOfType(ProviderFailure.class, () -> provider().run(call, sink));
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
