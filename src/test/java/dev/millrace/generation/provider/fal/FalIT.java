package dev.millrace.generation.provider.fal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.Picture;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Intended;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderEvent.Queued;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.testing.vendor.Samples;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request is submitted once and followed under the addresses that the vendor told. */
class FalIT {
    private final Vendor vendor = new Vendor();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        vendor.close();
    }

    @Test
    void aRequestIsIntendedThenClaimedThenFetched() throws Exception {
        var heard = new Heard();
        vendor.provider().run(picture("a boat", Map.of("count", 2, "width", 640, "height", 480, "seed", 7)), heard);

        assertThat(heard.events().getFirst()).isEqualTo(new Intended());
        assertThat(heard.claimed()).containsExactly("acme/picture/requests/r1");
        assertThat(heard.finished()).isTrue();
        JsonNode submit = vendor.fake().lastSubmit();
        assertThat(submit.path("num_images").asInt()).isEqualTo(2);
        assertThat(submit.path("image_size").path("width").asInt()).isEqualTo(640);
        assertThat(submit.has("width")).isFalse();
        assertThat(submit.path("seed").asInt()).isEqualTo(7);
        assertThat(vendor.fake().lastSubmitHeader("x-fal-request-timeout")).isEqualTo("120");
        assertThat(vendor.fake().lastSubmitHeader("x-fal-object-lifecycle-preference"))
                .contains("expiration_duration_seconds");
    }

    @Test
    void aPictureToBeginWithGoesAlongUnderTheModelsOwnName() throws Exception {
        Path picture = Samples.jpeg(folder);
        var call = Calls.call(
                Calls.request(GenerationKind.VIDEO, "fal/acme/film/image-to-video", "a boat", Map.of("seconds", 5)),
                folder);
        var heard = new Heard();
        vendor.provider().run(Calls.beginning(call, "image_url", picture), heard);

        assertThat(heard.finished()).isTrue();
        assertThat(vendor.fake().lastSubmit().path("image_url").asText())
                .isEqualTo(new Picture(Files.readAllBytes(picture)).dataUri());
        ProviderFailure failure = catchThrowableOfType(
                ProviderFailure.class, () -> vendor.provider().run(call, new Heard()));
        assertThat(failure.kind()).as("the vendor wants one").isEqualTo(Kind.INVALID);
    }

    @Test
    void whatWasUsedIsCounted() throws Exception {
        var heard = new Heard();
        vendor.provider().run(picture("a boat @files=3"), heard);

        assertThat(heard.all(Artifact.class))
                .hasSize(3)
                .allMatch(file -> file.contentType().equals("image/png"));
        assertThat(heard.usage())
                .containsEntry("images", BigDecimal.valueOf(3))
                .containsEntry("compute_seconds", new BigDecimal("2.5"))
                .containsEntry("billable_units", new BigDecimal("1.5"));
    }

    @Test
    void secondsAreToldAsText() throws Exception {
        var heard = new Heard();
        vendor.provider()
                .run(
                        Calls.call(
                                Calls.request(
                                        GenerationKind.VIDEO, "fal/acme/film/fast", "a boat", Map.of("seconds", 5)),
                                folder),
                        heard);

        assertThat(vendor.fake().lastSubmit().path("duration").asText()).isEqualTo("5");
        assertThat(heard.all(Artifact.class))
                .singleElement()
                .matches(file -> file.contentType().equals("video/mp4"));
        assertThat(heard.usage()).containsEntry("seconds", BigDecimal.valueOf(5));
    }

    @Test
    void placeInTheQueueAndPercentComeFromTheVendor() throws Exception {
        var heard = new Heard();
        vendor.provider().run(picture("a boat @job_ms=3000"), heard);

        assertThat(heard.all(Queued.class)).contains(new Queued(3));
        assertThat(heard.all(Progress.class))
                .hasSizeGreaterThan(2)
                .isSortedAccordingTo((a, b) -> Double.compare(a.fraction(), b.fraction()));
    }

    @Test
    void aRequestWhoseStatusIsStreamedIsSeldomAskedFor() throws Exception {
        vendor.provider().run(picture("a boat @job_ms=3000"), new Heard());

        assertThat(vendor.fake().looks()).isLessThanOrEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@no_stream",
                "@cut_stream @job_ms=1500",
                "@silent_stream",
                "@null_logs",
                "@back @job_ms=2000",
                "@restart @job_ms=2000",
                "@poll_500=3",
                "@poll_404=3",
                "@still=2",
                "@nginx=2",
                "@file_404=2",
                "@no_urls"
            })
    void hiccupsOnTheWayDoNotMatter(String fault) throws Exception {
        var heard = new Heard();
        vendor.provider().run(picture("a boat " + fault), heard);

        assertThat(heard.finished()).isTrue();
        assertThat(heard.all(Artifact.class)).hasSize(1);
        assertThat(vendor.fake().created()).isEqualTo(Map.of("a boat " + fault, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "@create_status=429, RATE_LIMITED",
        "@create_status=401, AUTH",
        "@create_status=422, INVALID",
        "@create_status=500, TRANSIENT",
        "@create_status=503, OVERLOADED",
        "@fail=content_policy_violation, REFUSED",
        "@fail=image_too_small, INVALID",
        "@fail=oops @fail_status=500 @plain, TRANSIENT",
        "@fail=oops @fail_status=500 @not_retryable, TRANSIENT",
        "@fail=oops @fail_status=503, OVERLOADED",
        "@error_type=runner_disconnected, TRANSIENT",
        "@error_type=startup_timeout, OVERLOADED",
        "@error_type=client_cancelled, NOT_FOUND",
        "@nsfw @files=2, REFUSED",
    })
    void whatTheVendorSaysClearlyIsNoRiddle(String fault, Kind kind) {
        ProviderFailure failure = failing(picture("a boat " + fault), new Heard());

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.detail()).doesNotContain("prose", "oops");
    }

    @ParameterizedTest
    @ValueSource(strings = {"@out_of_time=user", "@out_of_time", "@error_type=request_timeout"})
    void theTimeThatWeAllowedIsOverForGood(String fault) {
        ProviderFailure failure = failing(picture("a boat " + fault), new Heard());

        assertThat(failure.kind()).isEqualTo(Kind.DEADLINE);
        assertThat(failure.retryable()).isFalse();
        assertThat(failure.isLast()).isTrue();
        assertThat(vendor.fake().created()).isEqualTo(Map.of("a boat " + fault, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "@fail=no_media_generated @retryable, true",
        "@fail=no_media_generated @needs_retry, true",
        "@fail=no_media_generated @not_retryable, false",
        "@fail=no_media_generated, false",
        "@fail=oops @fail_status=500, true",
        "@fail=oops @fail_status=503 @not_retryable, false",
        "@fail=content_policy_violation @retryable, false",
        "@fail=no_media_generated @retryable @billed, false",
        "@fail=oops @fail_status=500 @billed, false",
        "@create_status=422 @retryable, true",
        "@out_of_time=system, true",
    })
    void whetherAnotherTryMakesSenseTheVendorSaysUnlessItsRulesForbidItOrItWasPaid(String fault, boolean again) {
        assertThat(failing(picture("a boat " + fault), new Heard()).retryable()).isEqualTo(again);
    }

    @Test
    void onlyThePicturesThatMayBeShownAreTaken() throws Exception {
        var heard = new Heard();
        vendor.provider().run(picture("a boat @half_nsfw @files=4"), heard);

        assertThat(heard.all(Artifact.class)).hasSize(2);
        assertThat(heard.usage()).containsEntry("images", BigDecimal.valueOf(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"@lost", "@lost_gateway", "@no_id", "@poll_500=100 @no_stream"})
    void lostContactIsUnresolvedAndNothingIsSubmittedTwice(String fault) {
        ProviderFailure failure = failing(picture("a boat " + fault), new Heard());

        assertThat(failure.kind()).isEqualTo(Kind.AMBIGUOUS);
        assertThat(vendor.fake().created()).isEqualTo(Map.of("a boat " + fault, 1));
    }

    @Test
    void anIntentCannotBeLookedUpAndIsNotRepeated() {
        ProviderFailure failure =
                failing(Calls.knowing(picture("a boat"), new Foothold.Intended(Instant.now())), new Heard());

        assertThat(failure.kind()).isEqualTo(Kind.AMBIGUOUS);
        assertThat(vendor.fake().created()).isEmpty();
    }

    @Test
    void aRequestIsPickedUpByItsIdAlone() throws Exception {
        vendor.provider().run(picture("a boat"), new Heard());

        var heard = new Heard();
        vendor.provider()
                .run(Calls.knowing(picture("a boat"), new Foothold.Accepted("acme/picture/requests/r1")), heard);

        assertThat(heard.finished()).isTrue();
        assertThat(vendor.fake().created()).isEqualTo(Map.of("a boat", 1));
    }

    @Test
    void anInterruptWhileARequestIsSubmittedDoesNotLoseIt() throws Exception {
        var heard = new Heard(event -> {
            if (event instanceof Intended) {
                Thread.currentThread().interrupt();
            }
        });

        assertThat(catchThrowable(() -> vendor.provider().run(picture("a boat @job_ms=60000"), heard)))
                .isInstanceOf(InterruptedException.class);
        assertThat(heard.claimed()).containsExactly("acme/picture/requests/r1");
    }

    @Test
    void aRequestThatTheVendorDoesNotKnowIsGone() {
        ProviderFailure failure =
                failing(Calls.knowing(picture("a"), new Foothold.Accepted("acme/picture/requests/r9")), new Heard());

        assertThat(failure.kind()).isEqualTo(Kind.NOT_FOUND);
    }

    @ParameterizedTest
    @ValueSource(strings = {"@never", "@never @cancel_late"})
    void aCanceledRequestIsStoppedAtTheVendor(String prompt) {
        ProviderCall call = picture(prompt);
        var heard = new Heard(event -> {
            if (event instanceof Progress) {
                call.cancellation().cancel();
            }
        });

        assertThat(failing(call, heard).kind()).isEqualTo(Kind.CANCELED);
        assertThat(vendor.fake().cancels()).containsExactly("r1");
    }

    @Test
    void itMakesNoText() {
        ProviderCall text = Calls.text("fal/acme/words", "a tale", Map.of());

        assertThat(failing(text, new Heard()).kind()).isEqualTo(Kind.INVALID);
    }

    private ProviderFailure failing(ProviderCall call, Heard heard) {
        return catchThrowableOfType(
                ProviderFailure.class, () -> vendor.provider().run(call, heard));
    }

    private ProviderCall picture(String prompt) {
        return picture(prompt, Map.of());
    }

    private ProviderCall picture(String prompt, Map<String, Object> options) {
        return Calls.call(Calls.request(GenerationKind.IMAGE, "fal/acme/picture/fast", prompt, options), folder);
    }
}
