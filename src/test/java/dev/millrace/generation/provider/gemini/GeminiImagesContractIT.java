package dev.millrace.generation.provider.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.PictureContract;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.testing.vendor.Loopback;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeminiImagesContractIT extends PictureContract {
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
        return "gemini/gemini-2.5-flash-image";
    }

    @ParameterizedTest
    @CsvSource({
        "@finish=IMAGE_SAFETY, REFUSED",
        "@finish=IMAGE_PROHIBITED_CONTENT, REFUSED",
        "@finish=NO_IMAGE, TRANSIENT",
        "@empty, TRANSIENT",
    })
    void anAnswerWithoutAPictureSaysWhy(String fault, Kind kind) {
        ProviderFailure failure = catchThrowableOfType(
                ProviderFailure.class,
                () -> provider().run(Calls.call(request("a boat " + fault), folder), new Heard()));

        assertThat(failure.kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({"1024, 1024, 1:1", "1920, 1080, 16:9", "1000, 1500, 2:3", "400, 2000, 9:16", "2560, 1080, 21:9"})
    void theNearestShapeIsAskedFor(int width, int height, String ratio) throws Exception {
        var request = Calls.request(
                GenerationKind.IMAGE, model(), "a boat", Map.of("width", width, "height", height, "seed", 7));
        provider().run(Calls.call(request, folder), new Heard());

        var config = vendor().lastBody("/v1beta/models").path("generationConfig");
        assertThat(config.path("imageConfig").path("aspectRatio").asText()).isEqualTo(ratio);
        assertThat(config.path("seed").asInt()).isEqualTo(7);
    }
}
