package dev.millrace.generation.provider.replicate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.Picture;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Delta;
import dev.millrace.generation.provider.ProviderEvent.Intended;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.testing.vendor.Samples;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A prediction is created once, whatever happens to the answers, and what it made arrives whole. */
class ReplicateIT {
    private final Vendor vendor = new Vendor();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        vendor.close();
    }

    @Test
    void aPredictionIsIntendedThenClaimedThenFetched() throws Exception {
        var heard = new Heard();
        vendor.provider().run(picture("a boat", Map.of("count", 2, "aspect_ratio", "16:9")), heard);

        assertThat(heard.events().getFirst()).isEqualTo(new Intended());
        assertThat(heard.claimed()).containsExactly("p1");
        assertThat(heard.finished()).isTrue();
        JsonNode create = vendor.fake().lastCreate();
        assertThat(create.has("webhook")).isFalse();
        assertThat(create.path("input").path("num_outputs").asInt()).isEqualTo(2);
        assertThat(create.path("input").path("aspect_ratio").asText()).isEqualTo("16:9");
        assertThat(vendor.fake().lastCreatePath()).isEqualTo("/v1/models/acme/picture/predictions");
        assertThat(vendor.fake().lastCreateHeader("cancel-after")).isEqualTo("120s");
        assertThat(vendor.fake().lastCreateHeader("prefer")).isEqualTo("respond-async");
    }

    @Test
    void aPictureToBeginWithGoesAlongUnderTheModelsOwnName() throws Exception {
        var heard = new Heard();
        Path picture = Samples.jpeg(folder);
        vendor.provider().run(Calls.beginning(picture("a boat", Map.of()), "first_frame_image", picture), heard);

        assertThat(heard.finished()).isTrue();
        JsonNode input = vendor.fake().lastCreate().path("input");
        assertThat(input.path("first_frame_image").asText())
                .isEqualTo(new Picture(Files.readAllBytes(picture)).dataUri());

        vendor.provider().run(Calls.beginning(picture("a boat", Map.of()), null, picture, picture), new Heard());
        assertThat(vendor.fake().lastCreate().path("input").path("image")).hasSize(2);
    }

    @Test
    void aLostPredictionIsFoundByItsPictureToo() throws Exception {
        Path picture = Samples.jpeg(folder);
        var heard = new Heard();
        vendor.provider().run(Calls.beginning(picture("a boat @lost", Map.of()), "image", picture), heard);
        assertThat(heard.finished()).isTrue();

        Path other = Files.write(folder.resolve("other.jpg"), Arrays.copyOf(Files.readAllBytes(picture), 500));
        ProviderCall twin = Calls.beginning(picture("a boat @lost", Map.of()), "image", other);
        var nothing = new Heard();
        ProviderFailure failure = catchThrowableOfType(
                ProviderFailure.class,
                () -> vendor.provider().run(Calls.knowing(twin, new Foothold.Intended(Instant.now())), nothing));
        assertThat(failure.kind()).isEqualTo(Kind.AMBIGUOUS);
        assertThat(nothing.claimed()).isEmpty();
    }

    @Test
    void filesAreKnownByTheirBytesAndCounted() throws Exception {
        var heard = new Heard();
        vendor.provider().run(picture("a boat @files=3"), heard);

        assertThat(heard.all(Artifact.class)).hasSize(3).allSatisfy(file -> {
            assertThat(file.contentType()).isEqualTo("image/png");
            assertThat(file.file().toString()).endsWith(".png");
        });
        assertThat(heard.usage())
                .containsEntry("images", BigDecimal.valueOf(3))
                .containsEntry("calls", BigDecimal.ONE)
                .containsEntry("compute_seconds", new BigDecimal("1.25"));
    }

    @Test
    void aVersionOfACommunitysModelIsCreatedByItsVersion() throws Exception {
        String version = "0123456789abcdef".repeat(4);
        vendor.provider()
                .run(
                        Calls.call(
                                Calls.request(
                                        GenerationKind.IMAGE, "replicate/acme/picture:" + version, "a boat", Map.of()),
                                folder),
                        new Heard());

        assertThat(vendor.fake().lastCreatePath()).isEqualTo("/v1/predictions");
        assertThat(vendor.fake().lastCreate().path("version").asText()).isEqualTo(version);
    }

    @Test
    void textComesAsItIsWrittenAndIsWhole() throws Exception {
        var heard = new Heard();
        vendor.provider().run(text("a tale @words=20 @job_ms=1500"), heard);

        assertThat(heard.text()).isEqualTo(words(20));
        assertThat(heard.all(Delta.class)).hasSizeGreaterThan(5);
        assertThat(heard.usage())
                .containsEntry("input_tokens", BigDecimal.valueOf(16))
                .containsEntry("output_tokens", BigDecimal.valueOf(20));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@cut_stream=3",
                "@cut_stream=0",
                "@no_stream",
                "@stream=http://a_b/x",
                "@error_stream",
                "@done_reason=error"
            })
    void aTextWhoseStreamBreaksIsStillToldOnceAndWhole(String fault) throws Exception {
        var heard = new Heard();
        vendor.provider().run(text("a tale @words=12 @job_ms=2500 " + fault), heard);

        assertThat(heard.text()).isEqualTo(words(12));
        assertThat(heard.finished()).isTrue();
    }

    @Test
    void howAStreamThatEndsBadlyEndedThePredictionSays() {
        ProviderFailure failure =
                failing(text("a tale @job_ms=1500 @done_reason=error @fail=CUDA_out_of_memory"), new Heard());

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.getCause()).hasMessageContaining("CUDA");
    }

    @Test
    void aTextThatIsAnotherOneThanWasToldIsNoSuccess() {
        assertThat(failing(text("a tale @other_stream"), new Heard()).kind()).isEqualTo(Kind.TRUNCATED);
    }

    @Test
    void aTextThatWasBegunElsewhereIsToldWhole() throws Exception {
        String id = created("a tale @words=9");
        var heard = new Heard();
        vendor.provider().run(Calls.knowing(text("a tale @words=9"), new Foothold.Accepted(id)), heard);

        assertThat(heard.text()).isEqualTo(words(9));
    }

    @ParameterizedTest
    @ValueSource(strings = {"@lost", "@lost_gateway", "@lost_500", "@no_id", "@lost @late_in_list=2"})
    void aLostAnswerIsFoundAmongThePredictions(String loss) throws Exception {
        var heard = new Heard();
        vendor.provider().run(picture("a boat " + loss, Map.of("seed", 7)), heard);

        assertThat(heard.finished()).isTrue();
        assertThat(vendor.fake().created()).isEqualTo(Map.of("a boat " + loss, 1));
    }

    @Test
    void twinsThatBothLostTheirAnswersFindAPredictionEach() throws Exception {
        Set<String> taken = ConcurrentHashMap.newKeySet();
        var one = new Heard(event -> {}, taken);
        var other = new Heard(event -> {}, taken);

        vendor.provider().run(picture("a boat @lost"), one);
        vendor.provider().run(picture("a boat @lost"), other);

        assertThat(one.claimed()).hasSize(1).doesNotContainAnyElementsOf(other.claimed());
        assertThat(vendor.fake().created()).isEqualTo(Map.of("a boat @lost", 2));
    }

    @Test
    void ofAnIntentThePredictionIsLookedForAndNeverCreated() throws Exception {
        vendor.provider().run(picture("a boat"), new Heard());

        var heard = new Heard();
        vendor.provider()
                .run(
                        Calls.knowing(
                                picture("a boat"),
                                new Foothold.Intended(Instant.now().minusSeconds(1))),
                        heard);

        assertThat(heard.claimed()).containsExactly("p1");
        assertThat(vendor.fake().created()).isEqualTo(Map.of("a boat", 1));
    }

    @Test
    void anIntentWithoutAPredictionIsUnresolved() {
        ProviderFailure failure =
                failing(Calls.knowing(picture("never made"), new Foothold.Intended(Instant.now())), new Heard());

        assertThat(failure.kind()).isEqualTo(Kind.AMBIGUOUS);
        assertThat(failure.retryAfter()).isPositive();
    }

    @Test
    void anotherRequestsPredictionIsNotOurs() throws Exception {
        vendor.provider().run(picture("a boat", Map.of("seed", 7)), new Heard());

        for (ProviderCall other : List.of(
                picture("a boat", Map.of("seed", 8)),
                picture("another boat", Map.of("seed", 7)),
                Calls.call(
                        Calls.request(GenerationKind.IMAGE, "replicate/acme/other", "a boat", Map.of("seed", 7)),
                        folder))) {
            var heard = new Heard();
            failing(Calls.knowing(other, new Foothold.Intended(Instant.now())), heard);
            assertThat(heard.claimed()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "@create_status=429, RATE_LIMITED",
        "@create_status=402, QUOTA",
        "@create_status=401, AUTH",
        "@create_status=404, NOT_FOUND",
        "@create_status=422, INVALID",
        "@create_status=500, TRANSIENT",
        "@fail=NSFW_content_detected, REFUSED",
        "@fail=The_input_was_flagged_as_sensitive_(E005), REFUSED",
        "@fail=Prediction_interrupted;_please_retry_(code:_PA), TRANSIENT",
        "@fail=CUDA_out_of_memory_(E1001), TRANSIENT",
        "@fail=Input_validation_error, INVALID",
        "@aborted, OVERLOADED",
        "@gone, NOT_FOUND",
        "@removed, NOT_FOUND",
        "@no_output, INVALID",
    })
    void whatTheVendorSaysClearlyIsNoRiddle(String fault, Kind kind) {
        ProviderFailure failure = failing(picture("a boat " + fault), new Heard());

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.detail()).doesNotContainIgnoringCase("nsfw", "CUDA", "E005", "code: PA");
    }

    @Test
    void theWaitIsReadFromProse() {
        assertThat(failing(picture("a boat @create_status=429"), new Heard()).retryAfter())
                .hasSeconds(7);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"@poll_500=3", "@poll_404=3", "@throttle=2", "@file_404=2", "@redirect", "@lies", "@data_uri"})
    void hiccupsOnTheWayDoNotMatter(String fault) throws Exception {
        var heard = new Heard();
        vendor.provider().run(picture("a boat " + fault), heard);

        assertThat(heard.finished()).isTrue();
        assertThat(heard.all(Artifact.class)).hasSize(1);
        assertThat(heard.all(Progress.class))
                .allMatch(progress -> progress.fraction() >= 0 && progress.fraction() <= 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"@poll_500=100", "@short"})
    void lostContactIsUnresolvedAndNotFailed(String fault) {
        assertThat(failing(picture("a boat " + fault), new Heard()).kind()).isEqualTo(Kind.AMBIGUOUS);
    }

    @Test
    void aPredictionThatTheVendorDoesNotKnowIsGone() {
        ProviderFailure failure = failing(Calls.knowing(picture("a"), new Foothold.Accepted("p99")), new Heard());

        assertThat(failure.kind()).isEqualTo(Kind.NOT_FOUND);
    }

    @Test
    void percentComesFromTheLastBarOfTheLog() throws Exception {
        var heard = new Heard();
        vendor.provider().run(picture("a boat @job_ms=8000"), heard);

        assertThat(heard.all(Progress.class))
                .hasSizeGreaterThan(1)
                .allMatch(progress -> progress.source().equals("provider"))
                .isSortedAccordingTo((a, b) -> Double.compare(a.fraction(), b.fraction()));
    }

    @Test
    void aCanceledPredictionIsStoppedAtTheVendor() {
        ProviderCall call = picture("a boat @never");
        var heard = new Heard(event -> {
            if (event instanceof Progress) {
                call.cancellation().cancel();
            }
        });

        assertThat(failing(call, heard).kind()).isEqualTo(Kind.CANCELED);
        assertThat(vendor.fake().cancels()).containsExactly("p1");
        assertThat(vendor.fake().created()).isEqualTo(Map.of("a boat @never", 1));
    }

    @Test
    void aPredictionWhoseTimeIsOverIsStoppedAtTheVendor() {
        assertThat(failing(Calls.within(picture("a boat @never"), 2), new Heard())
                        .kind())
                .isEqualTo(Kind.AMBIGUOUS);
        assertThat(vendor.fake().cancels()).containsExactly("p1");
    }

    @Test
    void oneThatIsLostOnTheWayIsNotStoppedBeforeItsTime() {
        assertThat(failing(picture("a boat @poll_500=100"), new Heard()).kind()).isEqualTo(Kind.AMBIGUOUS);
        assertThat(vendor.fake().cancels()).isEmpty();
    }

    private String created(String prompt) throws ProviderFailure, InterruptedException {
        var heard = new Heard();
        vendor.provider().run(text(prompt), heard);
        return heard.claimed().getFirst();
    }

    private static String words(int count) {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : " ").append('w').append(i).append(i % 3 == 2 ? "\n" : "");
        }
        return text.toString();
    }

    private ProviderFailure failing(ProviderCall call, Heard heard) {
        return catchThrowableOfType(
                ProviderFailure.class, () -> vendor.provider().run(call, heard));
    }

    private ProviderCall picture(String prompt) {
        return picture(prompt, Map.of());
    }

    private ProviderCall picture(String prompt, Map<String, Object> options) {
        return Calls.call(Calls.request(GenerationKind.IMAGE, "replicate/acme/picture", prompt, options), folder);
    }

    private ProviderCall text(String prompt) {
        return Calls.call(Calls.request(GenerationKind.TEXT, "replicate/acme/writer", prompt, Map.of()), folder);
    }
}
