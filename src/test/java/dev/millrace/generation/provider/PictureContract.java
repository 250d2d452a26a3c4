package dev.millrace.generation.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Intended;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.testing.Waiting;
import dev.millrace.testing.vendor.Loopback;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every provider promises that sends pictures in its answer: what it asked for once, and got no answer to, it never asks for
 * again.
 */
public abstract class PictureContract extends ProviderContract {
    /** How long the vendor may be silent. */
    protected static final Duration SILENCE = Duration.ofSeconds(2);

    /** The server that the provider talks to. */
    protected abstract Loopback vendor();

    /** A model of that vendor. */
    protected abstract String model();

    @Override
    protected Request request() {
        return request("a boat");
    }

    @Override
    protected Request longRequest() {
        return request("a boat @words=0 @head_delay_ms=1800 @stall_after=0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "@crlf",
                "@split",
                "@gzip",
                "@bom",
                "@comments",
                "@no_type",
                "@json",
                "@twice",
                "@megabytes=9"
            })
    void howeverItIsFramedThePictureIsThere(String framing) throws Exception {
        var heard = new Heard();
        provider().run(Calls.call(request("a boat " + framing), folder), heard);

        assertThat(heard.all(Artifact.class)).singleElement().satisfies(picture -> {
            assertThat(picture.contentType()).isEqualTo("image/png");
            assertThat(Files.readAllBytes(picture.file())).startsWith(0x89, 'P', 'N', 'G');
        });
        assertThat(heard.usage()).isEqualTo(Map.of("images", BigDecimal.ONE));
        assertThat(heard.all(Intended.class)).hasSize(1);
    }

    @Test
    void severalPicturesAreSeveralRequests() throws Exception {
        var three = Calls.request(GenerationKind.IMAGE, model(), "three boats", Map.of("count", 3));
        var heard = new Heard();
        provider().run(Calls.call(three, folder), heard);

        assertThat(heard.all(Artifact.class)).hasSize(3).doesNotHaveDuplicates();
        assertThat(heard.usage()).isEqualTo(Map.of("images", BigDecimal.valueOf(3)));
        assertThat(vendor().asked("three boats")).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "@quota, QUOTA",
        "@forbidden, REFUSED",
        "@refuse_after=0, REFUSED",
        "@error_after=0, TRANSIENT",
        "@json @error_after=0, TRANSIENT",
        "@status=400, INVALID",
        "@status=401, AUTH",
        "@status=404, NOT_FOUND",
        "@status=429 @retry_after=7, RATE_LIMITED",
        "@status=500, TRANSIENT",
        "@status=503, OVERLOADED",
    })
    void whatTheVendorSaysIsTakenAtItsWord(String fault, Kind kind) {
        ProviderFailure failure = failing(request("a boat " + fault));

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.detail()).doesNotContain("vendor prose").doesNotContain("lost");
        assertThat(vendor().asked("a boat " + fault)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@cut_head",
                "@hang",
                "@cut_after=0",
                "@rst_after=0",
                "@stall_after=0",
                "@malformed_after=0",
                "@no_end",
                "@length=-250",
                "@page",
                "@status=502 @html",
                "@status=504 @html",
                "@status=520 @html",
                "@megabytes=65",
            })
    void anAnswerThatIsLostIsNeverAskedForAgain(String fault) {
        String prompt = "a boat @words=0 " + fault;
        ProviderFailure failure = failing(request(prompt));

        assertThat(failure.kind()).isEqualTo(Kind.LOST);
        assertThat(failure.detail()).startsWith("The provider's answer was lost.");
        assertThat(vendor().asked(prompt)).isEqualTo(1);
    }

    @Test
    void aCallThatFindsOneBegunAsksForNothing() {
        var call = Calls.knowing(Calls.call(request("begun"), folder), new Foothold.Intended(Instant.now()));
        ProviderFailure failure =
                catchThrowableOfType(ProviderFailure.class, () -> provider().run(call, new Heard()));

        assertThat(failure.kind()).isEqualTo(Kind.LOST);
        assertThat(vendor().asked("begun")).isZero();
    }

    @Test
    @Tag("alone")
    void cancelingHangsUpOnTheVendorWithinASecond() throws Exception {
        String prompt = "a boat @words=0 @stall_after=0 @partials=1";
        ProviderCall call = Calls.call(request(prompt), folder);
        Thread.ofVirtual().start(() -> {
            Waiting.until("the request is there", Duration.ofSeconds(10), () -> vendor().asked(prompt) > 0);
            call.cancellation().cancel();
        });

        assertThat(catchThrowableOfType(ProviderFailure.class, () -> provider().run(call, new Heard()))
                        .kind())
                .isEqualTo(Kind.CANCELED);
        assertThat(vendor().hungUp(prompt).await(1, TimeUnit.SECONDS)).isTrue();
    }

    /** A request for one picture. */
    protected Request request(String prompt) {
        return Calls.request(GenerationKind.IMAGE, model(), prompt, Map.of("width", 1024, "height", 1024));
    }

    private ProviderFailure failing(Request request) {
        return catchThrowableOfType(
                ProviderFailure.class, () -> provider().run(Calls.call(request, folder), new Heard()));
    }
}
