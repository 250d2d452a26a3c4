package dev.millrace.generation.provider.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderContract;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.Request;
import dev.millrace.testing.vendor.Samples;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VeoContractIT extends ProviderContract {
    private final Vendor vendor = new Vendor(Duration.ofSeconds(5));

    @AfterEach
    void close() {
        vendor.close();
    }

    @Override
    protected Provider provider() {
        return vendor.provider();
    }

    @Override
    protected Request request() {
        return request("a boat");
    }

    @Override
    protected Request longRequest() {
        return request("a boat @job_ms=60000");
    }

    @Test
    void theVideoIsFetchedWithTheKeyAndChargedByTheSecond() throws Exception {
        var heard = new Heard();
        provider().run(Calls.call(request("a boat @poll_404=1"), folder), heard);

        assertThat(heard.all(Artifact.class))
                .singleElement()
                .satisfies(video -> assertThat(video.contentType()).isEqualTo("video/mp4"));
        assertThat(heard.usage()).isEqualTo(Map.of("seconds", BigDecimal.valueOf(4)));
        assertThat(heard.claimed()).hasSize(1).first().asString().startsWith("models/veo/operations/");
        var parameters = vendor.loopback().lastBody("/v1beta/models/veo").path("parameters");
        assertThat(parameters.path("aspectRatio").asText()).isEqualTo("9:16");
        assertThat(parameters.path("resolution").asText()).isEqualTo("1080p");
    }

    @Test
    void aPictureToBeginWithGoesAlongAsBytes() throws Exception {
        var heard = new Heard();
        Path picture = Samples.jpeg(folder);
        provider().run(Calls.beginning(Calls.call(request("a boat"), folder), null, picture), heard);

        assertThat(heard.finished()).isTrue();
        var image = vendor.loopback().lastBody("/v1beta/models/veo").at("/instances/0/image");
        assertThat(Base64.getDecoder().decode(image.path("bytesBase64Encoded").asText()))
                .isEqualTo(Files.readAllBytes(picture));
        assertThat(image.path("mimeType").asText()).isEqualTo("image/jpeg");
    }

    @ParameterizedTest
    @CsvSource({
        "@filtered, REFUSED",
        "@nothing, INVALID",
        "@error=3, INVALID",
        "@error=8, RATE_LIMITED",
        "@error=13, TRANSIENT",
        "@error=14, OVERLOADED",
        "@create_status=400, INVALID",
        "@create_status=429, RATE_LIMITED",
        "@create_status=503, OVERLOADED",
    })
    void eachEndHasItsKind(String fault, Kind kind) {
        ProviderFailure failure = failing("a boat " + fault, new Foothold.None());

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.detail()).doesNotContain("vendor prose");
    }

    @Test
    void aLostAnswerLeavesAnOpenQuestionAndNoSecondVideo() {
        String prompt = "a boat @lost";
        assertThat(failing(prompt, new Foothold.None()).kind()).isEqualTo(Kind.AMBIGUOUS);
        assertThat(failing(prompt, new Foothold.Intended(Instant.now())).kind()).isEqualTo(Kind.AMBIGUOUS);
        assertThat(vendor.fake().videos(prompt)).isEqualTo(1);
    }

    @Test
    void aVideoThatWasBegunIsFollowedByItsName() throws Exception {
        var first = new Heard();
        provider().run(Calls.call(request("followed"), folder), first);
        var again = Calls.knowing(
                Calls.call(request("followed"), folder),
                new Foothold.Accepted(first.claimed().getFirst()));
        var second = new Heard();

        provider().run(again, second);

        assertThat(second.finished()).isTrue();
        assertThat(vendor.fake().videos("followed")).isEqualTo(1);
    }

    private static Request request(String prompt) {
        return Calls.request(
                GenerationKind.VIDEO, "gemini/veo-3", prompt, Map.of("seconds", 4, "width", 1080, "height", 1920));
    }

    private ProviderFailure failing(String prompt, Foothold foothold) {
        return catchThrowableOfType(
                ProviderFailure.class,
                () -> provider().run(Calls.knowing(Calls.call(request(prompt), folder), foothold), new Heard()));
    }
}
