package dev.millrace.generation.provider.comfyui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Intended;
import dev.millrace.generation.provider.ProviderEvent.Preview;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderEvent.Queued;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.testing.vendor.Samples;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A prompt is posted once under an id of ours; whatever the socket tells or does not tell, the history is the truth. */
class ComfyIT {
    private final Vendor vendor = new Vendor();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        vendor.close();
    }

    @Test
    void aPromptIsIntendedThenClaimedThenFetched() throws Exception {
        var heard = new Heard();
        vendor.provider().run(picture("a boat", Map.of("steps", 12, "seed", 7)), heard);

        assertThat(heard.events().getFirst()).isEqualTo(new Intended());
        assertThat(heard.claimed()).hasSize(1);
        assertThat(heard.finished()).isTrue();
        assertThat(heard.all(Artifact.class))
                .singleElement()
                .matches(file -> file.contentType().equals("image/png"));
        assertThat(heard.usage())
                .containsEntry("images", BigDecimal.ONE)
                .containsEntry("compute_seconds", new BigDecimal("2.500"));
        assertThat(vendor.fake().lastGraph().at("/5/inputs/steps").asInt()).isEqualTo(12);
        assertThat(vendor.fake().lastGraph().at("/5/inputs/seed").asInt()).isEqualTo(7);
        assertThat(vendor.fake().lastGraph().at("/4/inputs/width").asInt()).isEqualTo(1024);
        assertThat(vendor.fake().lastGraph().at("/2/inputs/text").asText()).isEqualTo("a boat");
    }

    @Test
    void aPictureToBeginWithIsSentBeforeThePromptThatLoadsIt() throws Exception {
        Path picture = Samples.jpeg(folder);
        var call = Calls.call(
                Calls.request(GenerationKind.IMAGE, "comfyui/image-to-image", "a boat", Map.of("strength", 0.5)),
                folder);
        var heard = new Heard();
        vendor.provider().run(Calls.beginning(call, "image", picture), heard);

        assertThat(heard.finished()).isTrue();
        String name = "millrace/" + call.generation() + "-1.jpg";
        assertThat(vendor.fake().lastGraph().at("/4/inputs/image").asText()).isEqualTo(name);
        assertThat(vendor.fake().lastGraph().at("/6/inputs/denoise").asDouble()).isEqualTo(0.5);
        assertThat(vendor.fake().uploads()).containsOnlyKeys(name);
        assertThat(vendor.fake().uploads().get(name)).isEqualTo(Files.readAllBytes(picture));
    }

    @ParameterizedTest
    @ValueSource(strings = {"@job_ms=2500", "@job_ms=2500 @old_socket"})
    void stepsAndPreviewsComeOverTheSocket(String how) throws Exception {
        var heard = new Heard();
        vendor.provider().run(picture("a boat " + how), heard);

        assertThat(heard.all(Progress.class))
                .hasSizeGreaterThan(5)
                .isSortedAccordingTo((a, b) -> Double.compare(a.fraction(), b.fraction()));
        List<Preview> previews = heard.all(Preview.class);
        assertThat(previews).hasSizeBetween(2, 8).allSatisfy(preview -> {
            assertThat(preview.width()).isEqualTo(64);
            assertThat(preview.height()).isEqualTo(48);
            assertThat(preview.contentType()).isEqualTo("image/png");
            assertThat(Files.size(preview.file())).isPositive();
        });
        assertThat(previews.getLast().step()).isEqualTo(previews.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@silent_socket",
                "@cut_socket @job_ms=1500",
                "@late_history=1500",
                "@cached",
                "@zero_max",
                "@big_preview",
                "@big_preview=20",
                "@temp",
                "@lost",
                "@lost_gateway"
            })
    void hiccupsOnTheWayDoNotMatter(String fault) throws Exception {
        var heard = new Heard();
        vendor.provider().run(picture("a boat " + fault), heard);

        assertThat(heard.finished()).isTrue();
        assertThat(heard.all(Artifact.class)).hasSize(1);
        assertThat(vendor.fake().posted()).isEqualTo(Map.of("a boat " + fault, 1));
    }

    @Test
    void withoutASocketThePromptIsStillSeenToEnd() throws Exception {
        vendor.fake().refuseSockets();
        var heard = new Heard();
        vendor.provider().run(picture("a boat"), heard);

        assertThat(heard.finished()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "@node_errors, INVALID",
        "@error=ValueError, INVALID",
        "@error=ValueError @lying_success, INVALID",
        "@error=torch.OutOfMemoryError, OVERLOADED",
        "@interrupted, TRANSIENT",
        "@unposted, TRANSIENT",
        "@forgets, TRANSIENT",
    })
    void whatTheServerSaysClearlyIsNoRiddle(String fault, Kind kind) {
        ProviderFailure failure = failing(picture("a boat " + fault), new Heard());

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.detail()).doesNotContain("prose", "Error");
    }

    @Test
    void aServerWithoutMemoryIsAskedToFreeIt() {
        failing(picture("a boat @error=torch.OutOfMemoryError"), new Heard());

        assertThat(vendor.fake().stops()).contains("free");
    }

    @Test
    void ofAnIntentThePromptIsLookedForUnderItsId() throws Exception {
        ProviderCall call = picture("a boat @lost @job_ms=1000");
        vendor.provider().run(call, new Heard());

        var heard = new Heard();
        var again = new ProviderCall(
                call.generation(),
                call.attempt(),
                call.request(),
                new Foothold.Intended(Instant.now()),
                call.folder(),
                call.cancellation());
        vendor.provider().run(again, heard);

        assertThat(heard.finished()).isTrue();
        assertThat(vendor.fake().posted()).isEqualTo(Map.of("a boat @lost @job_ms=1000", 1));
    }

    @Test
    void aPromptWhoseTimeIsOverDoesNotGoOn() {
        var heard = new Heard();

        assertThat(failing(Calls.within(picture("a boat @never"), 2), heard).kind())
                .isEqualTo(Kind.AMBIGUOUS);
        assertThat(vendor.fake().stops())
                .containsExactly("interrupt " + heard.claimed().getFirst());
    }

    @Test
    void aPromptThatWaitsTellsItsPlaceAndIsTakenOutOfTheQueueWhenItIsCanceled() throws Exception {
        var first = picture("a ship @never");
        var begun = new CountDownLatch(1);
        var running = Thread.ofVirtual()
                .start(() -> failing(first, new Heard(event -> {
                    if (event instanceof Progress) {
                        begun.countDown();
                    }
                })));
        begun.await();
        ProviderCall second = picture("a boat");
        var heard = new Heard(event -> {
            if (event instanceof Queued) {
                second.cancellation().cancel();
            }
        });

        assertThat(failing(second, heard).kind()).isEqualTo(Kind.CANCELED);
        assertThat(heard.all(Queued.class)).contains(new Queued(1));
        assertThat(vendor.fake().stops())
                .containsExactly("delete " + heard.claimed().getFirst());
        first.cancellation().cancel();
        running.join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"@never", "@never @deaf=2"})
    void aPromptThatRunsIsInterruptedUntilItHeedsIt(String prompt) {
        ProviderCall call = picture(prompt);
        var heard = new Heard(event -> {
            if (event instanceof Progress) {
                call.cancellation().cancel();
            }
        });

        assertThat(failing(call, heard).kind()).isEqualTo(Kind.CANCELED);
        assertThat(vendor.fake().stops())
                .allMatch(stop -> stop.equals("interrupt " + heard.claimed().getFirst()));
    }

    @Test
    void aModelWithoutAWorkflowIsRefused() {
        ProviderCall call =
                Calls.call(Calls.request(GenerationKind.IMAGE, "comfyui/unheard-of", "a boat", Map.of()), folder);

        assertThat(failing(call, new Heard()).kind()).isEqualTo(Kind.INVALID);
    }

    private ProviderFailure failing(ProviderCall call, Heard heard) {
        return catchThrowableOfType(
                ProviderFailure.class, () -> vendor.provider().run(call, heard));
    }

    private ProviderCall picture(String prompt) {
        return picture(prompt, Map.of());
    }

    private ProviderCall picture(String prompt, Map<String, Object> more) {
        var options = new HashMap<String, Object>(Map.of(
                "width",
                1024,
                "height",
                1024,
                "count",
                1,
                "steps",
                20,
                "guidance",
                7,
                "checkpoint",
                "base.safetensors"));
        options.putAll(more);
        return Calls.call(Calls.request(GenerationKind.IMAGE, "comfyui/text-to-image", prompt, options), folder);
    }
}
