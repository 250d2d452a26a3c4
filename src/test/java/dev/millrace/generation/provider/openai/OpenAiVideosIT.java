package dev.millrace.generation.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Intended;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.testing.vendor.Samples;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A video is created once, whatever happens to the answers. */
class OpenAiVideosIT {
    private final Vendor vendor = new Vendor();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        vendor.close();
    }

    @Test
    void aVideoIsIntendedThenClaimedThenFetched() throws Exception {
        var heard = new Heard();
        vendor.provider().run(video("a boat"), heard);

        assertThat(heard.events().getFirst()).isEqualTo(new Intended());
        assertThat(heard.claimed()).containsExactly("video_1");
        assertThat(heard.usage()).isEqualTo(Map.of("seconds", BigDecimal.valueOf(8)));
        Artifact artifact = heard.all(Artifact.class).getFirst();
        assertThat(artifact.contentType()).isEqualTo("video/mp4");
        assertThat(Files.size(artifact.file())).isEqualTo(9228);
        assertThat(heard.finished()).isTrue();
        assertThat(vendor.fake().lastBody("/v1/videos").path("seconds").asText())
                .isEqualTo("8");
        assertThat(vendor.fake().lastBody("/v1/videos").path("size").asText()).isEqualTo("1280x720");
    }

    @ParameterizedTest
    @ValueSource(strings = {"@lost", "@lost_gateway", "@no_id", "@lost @late_in_list=2"})
    void aLostAnswerIsFoundAmongTheVendorsJobs(String loss) throws Exception {
        var heard = new Heard();
        vendor.provider().run(video("a boat " + loss), heard);

        assertThat(heard.finished()).isTrue();
        assertThat(vendor.fake().videos()).isEqualTo(Map.of("a boat " + loss, 1));
    }

    @Test
    void aPictureToBeginWithGoesAlongInAForm() throws Exception {
        var heard = new Heard();
        vendor.provider().run(Calls.beginning(video("a \"boat\"\r\nin a storm"), null, Samples.jpeg(folder)), heard);

        assertThat(heard.finished()).isTrue();
        assertThat(vendor.fake().videos()).containsExactly(Map.entry("a \"boat\"\r\nin a storm", 1));
        assertThat(vendor.fake().reference("a \"boat\"\r\nin a storm"))
                .isEqualTo(Files.readAllBytes(Samples.jpeg(folder)));
        assertThat(vendor.fake().lastHeader("/v1/videos", "content-type")).startsWith("multipart/form-data; boundary=");
        assertThat(vendor.fake().lastHeader("/v1/videos", "authorization")).isEqualTo("Bearer " + Vendor.KEY);
    }

    @Test
    void whatBeganWithAPictureIsNotTakenForAnothersWithTheSameWords() throws Exception {
        vendor.provider().run(video("a boat"), new Heard());
        ProviderCall pictured = Calls.beginning(video("a boat"), null, Samples.jpeg(folder));

        for (ProviderCall call : List.of(
                Calls.knowing(pictured, new Foothold.Intended(Instant.now())),
                Calls.beginning(video("a boat @lost"), null, Samples.jpeg(folder)))) {
            var heard = new Heard();
            assertThat(failing(call, heard).kind()).isEqualTo(Kind.AMBIGUOUS);
            assertThat(heard.claimed()).isEmpty();
        }
    }

    @Test
    void aJobThatIsKnownNeedsNoPictureAnyMore() throws Exception {
        vendor.provider().run(Calls.beginning(video("a boat"), null, Samples.jpeg(folder)), new Heard());
        ProviderCall call = Calls.beginning(video("a boat"), null, folder.resolve("gone.jpg"));

        var heard = new Heard();
        vendor.provider().run(Calls.knowing(call, new Foothold.Accepted("video_1")), heard);

        assertThat(heard.finished()).isTrue();
    }

    @Test
    void twinsThatBothLostTheirAnswersFindAJobEach() throws Exception {
        Set<String> taken = ConcurrentHashMap.newKeySet();
        var one = new Heard(event -> {}, taken);
        var other = new Heard(event -> {}, taken);

        vendor.provider().run(video("a boat @lost"), one);
        vendor.provider().run(video("a boat @lost"), other);

        assertThat(one.claimed()).hasSize(1).doesNotContainAnyElementsOf(other.claimed());
        assertThat(vendor.fake().videos()).isEqualTo(Map.of("a boat @lost", 2));
    }

    @Test
    void aTwinThatClaimedOurJobLeavesUsItsOwn() throws Exception {
        Set<String> taken = ConcurrentHashMap.newKeySet();
        vendor.provider().run(video("a boat @lost"), new Heard(event -> {}, taken));
        taken.clear();
        taken.add("video_2");

        var late = new Heard(event -> {}, taken);
        vendor.provider().run(video("a boat @lost"), late);

        assertThat(late.claimed()).containsExactly("video_1");
    }

    @Test
    void ofAnIntentTheJobIsLookedForAndNeverCreated() throws Exception {
        vendor.provider().run(video("a boat"), new Heard());
        Instant intended = Instant.now().minusSeconds(1);

        var heard = new Heard();
        vendor.provider().run(Calls.knowing(video("a boat"), new Foothold.Intended(intended)), heard);

        assertThat(heard.claimed()).containsExactly("video_1");
        assertThat(heard.finished()).isTrue();
        assertThat(heard.all(Intended.class)).isEmpty();
        assertThat(vendor.fake().videos()).isEqualTo(Map.of("a boat", 1));
    }

    @Test
    void anIntentWithoutAJobIsUnresolved() {
        ProviderFailure failure =
                failing(Calls.knowing(video("never made"), new Foothold.Intended(Instant.now())), new Heard());

        assertThat(failure.kind()).isEqualTo(Kind.AMBIGUOUS);
        assertThat(failure.retryAfter()).isPositive();
        assertThat(vendor.fake().videos()).isEmpty();
    }

    @Test
    void anotherRequestsJobIsNotOurs() throws Exception {
        vendor.provider().run(video("a boat"), new Heard());

        for (ProviderCall other : List.of(
                Calls.call(
                        Calls.request(
                                GenerationKind.VIDEO,
                                "openai/sora-2",
                                "a boat",
                                Map.of("seconds", 4, "width", 1280, "height", 720)),
                        folder),
                Calls.call(
                        Calls.request(
                                GenerationKind.VIDEO,
                                "openai/sora-2-pro",
                                "a boat",
                                Map.of("seconds", 8, "width", 1280, "height", 720)),
                        folder))) {
            var heard = new Heard();
            failing(Calls.knowing(other, new Foothold.Intended(Instant.now())), heard);
            assertThat(heard.claimed()).isEmpty();
        }
    }

    @Test
    void aKnownJobIsFollowed() throws Exception {
        vendor.provider().run(video("a boat"), new Heard());

        var heard = new Heard();
        vendor.provider().run(Calls.knowing(video("a boat"), new Foothold.Accepted("video_1")), heard);

        assertThat(heard.finished()).isTrue();
        assertThat(vendor.fake().videos()).isEqualTo(Map.of("a boat", 1));
    }

    @ParameterizedTest
    @CsvSource({
        "@create_status=429, RATE_LIMITED",
        "@create_status=503, OVERLOADED",
        "@create_status=500, TRANSIENT",
        "@create_status=401, AUTH",
        "@create_status=400 @code=moderation_blocked, REFUSED",
        "@fail=moderation_blocked, REFUSED",
        "@fail=server_error, TRANSIENT",
        "@fail=something_new, TRANSIENT",
        "@gone, NOT_FOUND",
    })
    void whatTheVendorSaysClearlyIsNoRiddle(String fault, Kind kind) {
        assertThat(failing(video("a boat " + fault), new Heard()).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"@poll_500=3", "@poll_404=3", "@content_404=2", "@redirect", "@lies"})
    void hiccupsOnTheWayDoNotMatter(String fault) throws Exception {
        var heard = new Heard();
        vendor.provider().run(video("a boat " + fault), heard);

        assertThat(heard.finished()).isTrue();
        assertThat(heard.all(Progress.class))
                .allMatch(progress -> progress.fraction() >= 0 && progress.fraction() <= 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"@poll_500=100", "@short_content"})
    void lostContactIsUnresolvedAndNotFailed(String fault) {
        assertThat(failing(video("a boat " + fault), new Heard()).kind()).isEqualTo(Kind.AMBIGUOUS);
    }

    @Test
    void aJobThatTheVendorDoesNotKnowIsGone() {
        ProviderFailure failure = failing(Calls.knowing(video("a"), new Foothold.Accepted("video_9")), new Heard());

        assertThat(failure.kind()).isEqualTo(Kind.NOT_FOUND);
    }

    @Test
    void percentComesFromTheVendor() throws Exception {
        var heard = new Heard();
        vendor.provider().run(video("a boat @job_ms=3000"), heard);

        assertThat(heard.all(Progress.class))
                .hasSizeGreaterThan(1)
                .allMatch(progress -> progress.source().equals("provider"));
        assertThat(heard.all(Progress.class)).isSortedAccordingTo((a, b) -> Double.compare(a.fraction(), b.fraction()));
    }

    @Test
    void nothingIsCreatedOnceItIsCanceledAndAJobIsNotFollowed() throws Exception {
        var begun = new CountDownLatch(1);
        ProviderCall call = video("a boat @never");
        var heard = new Heard(event -> {
            if (event instanceof ProviderEvent.Progress) {
                call.cancellation().cancel();
            }
            begun.countDown();
        });

        assertThat(failing(call, heard).kind()).isEqualTo(Kind.CANCELED);
        assertThat(vendor.fake().videos()).isEqualTo(Map.of("a boat @never", 1));
    }

    private ProviderFailure failing(ProviderCall call, Heard heard) {
        return catchThrowableOfType(
                ProviderFailure.class, () -> vendor.provider().run(call, heard));
    }

    private ProviderCall video(String prompt) {
        return Calls.call(
                Calls.request(
                        GenerationKind.VIDEO,
                        "openai/sora-2",
                        prompt,
                        Map.of("seconds", 8, "width", 1280, "height", 720)),
                folder);
    }
}
