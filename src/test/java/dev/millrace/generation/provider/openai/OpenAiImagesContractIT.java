package dev.millrace.generation.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.PictureContract;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Preview;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.Request;
import dev.millrace.testing.vendor.Loopback;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiImagesContractIT extends PictureContract {
    private static final String PATH = "/v1/images/generations";

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
        return vendor.fake().loopback();
    }

    @Override
    protected String model() {
        return "openai/gpt-image-1";
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void previewsComeBeforeThePictureAndFewerMayCome(int partials) throws Exception {
        var heard = new Heard();
        provider().run(Calls.call(request("a boat @partials=" + partials), folder), heard);

        assertThat(heard.all(Preview.class)).hasSize(partials);
        assertThat(heard.all(Progress.class).stream().map(Progress::fraction))
                .isSorted()
                .endsWith(1.0);
        JsonNode body = vendor().lastBody(PATH);
        assertThat(body.path("stream").asBoolean()).isTrue();
        assertThat(body.path("size").asText()).isEqualTo("1024x1024");
        assertThat(body.path("n").asInt()).isEqualTo(1);
    }

    @Test
    void othersAreAskedForADocument() throws Exception {
        var heard = new Heard();
        provider().run(Calls.call(other("a boat"), folder), heard);

        assertThat(heard.all(Artifact.class)).hasSize(1);
        assertThat(vendor().lastBody(PATH).path("response_format").asText()).isEqualTo("b64_json");
        assertThat(vendor().lastBody(PATH).path("seed").asInt()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"@url", "@url @url_cut=2"})
    void aPictureBehindAnAddressIsFetched(String how) throws Exception {
        var heard = new Heard();
        provider().run(Calls.call(other("a boat " + how), folder), heard);

        assertThat(heard.all(Artifact.class))
                .singleElement()
                .satisfies(picture -> assertThat(picture.contentType()).isEqualTo("image/png"));
        assertThat(vendor().asked("a boat " + how)).isEqualTo(1);
    }

    @Test
    void anAnswerWithoutAPictureIsNotAskedForAgain() {
        ProviderFailure failure = catchThrowableOfType(
                ProviderFailure.class, () -> provider().run(Calls.call(other("a boat @no_data"), folder), new Heard()));

        assertThat(failure.kind()).isEqualTo(ProviderFailure.Kind.INVALID);
        assertThat(failure.detail()).isEqualTo("The provider made no picture of this prompt.");
    }

    private static Request other(String prompt) {
        return Calls.request(GenerationKind.IMAGE, "openai/flux", prompt, Map.of("seed", 7));
    }
}
