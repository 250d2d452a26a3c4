package dev.millrace.generation.provider.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.generation.provider.Calls;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Heard;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Preview;
import dev.millrace.generation.provider.ProviderEvent.Progress;
import dev.millrace.generation.provider.ProviderEvent.Queued;
import dev.millrace.generation.provider.ProviderFailure;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that are really made. */
@Tag("film")
class StudioIT {
    private static Workshop workshop;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() throws Exception {
        workshop = new Workshop();
    }

    @AfterAll
    static void close() {
        workshop.close();
    }

    @Test
    void aVideoHasTheFramesAndTheSizeThatWereAskedFor() throws Exception {
        Path film = video("a paper boat in a storm", Map.of("width", 640, "height", 360, "seconds", 2));

        assertThat(workshop.probe(film).lines())
                .contains(
                        "codec_name=h264",
                        "width=640",
                        "height=360",
                        "nb_read_frames=48",
                        "pix_fmt=yuv420p",
                        "avg_frame_rate=24/1",
                        "duration=2.000000");
    }

    @Test
    void theSamePromptAndSeedMakeTheSameBytes() throws Exception {
        Map<String, Object> options = Map.of("width", 480, "height", 270, "seconds", 1, "seed", 7);

        assertThat(video("a lighthouse", options)).hasSameBinaryContentAs(video("a lighthouse", options));
        assertThat(image("a lighthouse", 7)).hasSameBinaryContentAs(image("a lighthouse", 7));
    }

    @Test
    void anotherPromptOrSeedLooksDifferent() throws Exception {
        Path boat = image("a paper boat in a storm", 7);
        for (Path other : List.of(
                image("a city at night", 7), image("a paper boat in a storm", 8), image("zxqv", 7), image("zxqw", 7))) {
            assertThat(workshop.ssim(boat, other)).isLessThan(0.9);
        }
    }

    @Test
    void noMomentIsBlackOrFlat() throws Exception {
        for (String prompt : List.of("a forest at night", "fog", "deep space", "quarterly revenue", "")) {
            Path film = video(prompt, Map.of("width", 320, "height", 180, "seconds", 2, "seed", 1));
            for (double second : new double[] {0, 1, 1.9}) {
                int[] brightness = workshop.brightness(film, second);
                assertThat(brightness[2]).as("%s at %s: mean", prompt, second).isGreaterThan(20);
                assertThat(brightness[1] - brightness[0])
                        .as("%s at %s: range", prompt, second)
                        .isGreaterThan(40);
            }
        }
    }

    @Test
    void aVideoMoves() throws Exception {
        Path film = video("a sailboat on the sea", Map.of("width", 480, "height", 270, "seconds", 2));
        Path one = still(film, 0.1);
        Path other = still(film, 1.8);

        assertThat(workshop.ssim(one, other)).isLessThan(0.97);
    }

    @Test
    void aFilmThatBeginsWithAPictureShowsItAndMovesCloser() throws Exception {
        Path film = panned("a boat", 7);
        Path picture = workshop.picture(folder.resolve("picture.png"), 320, 180);

        assertThat(workshop.probe(film).lines()).contains("width=320", "height=180", "nb_read_frames=48");
        assertThat(workshop.ssim(still(film, 0), picture)).as("the first frame").isGreaterThan(0.9);
        double end = workshop.ssim(still(film, 1.95), picture);
        assertThat(end).as("the last frame").isLessThan(0.85);
        Path other = video("a boat", Map.of("width", 320, "height", 180, "seconds", 2, "seed", 7));
        assertThat(end)
                .as("and it is still that picture")
                .isGreaterThan(workshop.ssim(still(other, 1.95), picture) + 0.1);
    }

    @Test
    void theSamePictureAndSeedMakeTheSameBytesAndAnotherSeedMovesElsewhere() throws Exception {
        Path film = panned("a boat", 7);

        assertThat(panned("a boat", 7)).hasSameBinaryContentAs(film);
        assertThat(workshop.ssim(still(panned("a boat", 8), 1.95), still(film, 1.95)))
                .isLessThan(0.97);
    }

    @Test
    void progressIsWhatFfmpegHasEncodedAndPreviewsComeEarly() throws Exception {
        var heard = new Heard();
        workshop.studio()
                .run(call(GenerationKind.VIDEO, "hills", Map.of("width", 640, "height", 360, "seconds", 3)), heard);

        List<Progress> progress = heard.all(Progress.class);
        assertThat(progress)
                .hasSizeGreaterThan(3)
                .allMatch(report -> report.source().equals("measured"));
        assertThat(progress).isSortedAccordingTo((a, b) -> Double.compare(a.fraction(), b.fraction()));
        assertThat(progress.getLast().fraction()).isEqualTo(1);
        Preview first = heard.all(Preview.class).getFirst();
        assertThat(first.width()).isEqualTo(320);
        assertThat(heard.events().indexOf(first)).isLessThan(heard.events().indexOf(progress.get(progress.size() / 2)));
        assertThat(workshop.probe(first.file())).contains("codec_name=webp", "width=320", "height=180");
    }

    @Test
    void severalImagesAreSeveralPicturesAndEachIsCounted() throws Exception {
        var heard = new Heard();
        workshop.studio()
                .run(call(GenerationKind.IMAGE, "a boat", Map.of("width", 256, "height", 256, "count", 3)), heard);

        assertThat(heard.all(Artifact.class))
                .hasSize(3)
                .allMatch(artifact -> artifact.contentType().equals("image/png"));
        assertThat(heard.usage()).isEqualTo(Map.of("images", BigDecimal.valueOf(3)));
        assertThat(workshop.ssim(
                        heard.all(Artifact.class).get(0).file(),
                        heard.all(Artifact.class).get(1).file()))
                .isLessThan(0.95);
        assertThat(heard.all(Preview.class)).isNotEmpty();
    }

    @Test
    void oddProportionsAreFine() throws Exception {
        for (int[] size : new int[][] {{128, 512}, {2048, 128}, {130, 134}}) {
            Path picture = image("a city and a cat by the sea", Map.of("width", size[0], "height", size[1]));
            assertThat(workshop.probe(picture)).contains("width=" + size[0], "height=" + size[1]);
        }
    }

    @Test
    void whoComesSecondWaitsAndIsToldItsPlace() throws Exception {
        var begun = new CountDownLatch(1);
        ProviderCall first = call(GenerationKind.VIDEO, "hills", Map.of("width", 640, "height", 360, "seconds", 12));
        var running = CompletableFuture.runAsync(() -> run(first, new Heard(event -> begun.countDown())));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        ProviderCall second = call(GenerationKind.IMAGE, "a boat", Map.of("width", 128, "height", 128));
        var heard = new Heard(event -> {
            if (event instanceof Queued) {
                first.cancellation().cancel();
            }
        });
        workshop.studio().run(second, heard);
        running.get(20, TimeUnit.SECONDS);

        assertThat(heard.events().getFirst()).isEqualTo(new Queued(1));
        assertThat(heard.finished()).isTrue();
    }

    @Test
    void aFolderThatCannotBeWrittenIsAFailureWithoutDetails() throws Exception {
        Path gone = folder.resolve("gone");
        var call = Calls.call(Calls.request(GenerationKind.VIDEO, "studio/video", "x", Map.of("seconds", 1)), gone);

        ProviderFailure failure = catchThrowableOfType(
                ProviderFailure.class, () -> workshop.studio().run(call, new Heard()));

        assertThat(failure.kind()).isEqualTo(ProviderFailure.Kind.TRANSIENT);
        assertThat(failure.detail()).doesNotContain(gone.toString());
    }

    private Path panned(String prompt, int seed) throws Exception {
        Map<String, Object> options = Map.of("width", 320, "height", 180, "seconds", 2, "seed", seed);
        // a quarter larger than the film: what it asks for
        Path copy = workshop.picture(folder.resolve("copy.rgb"), 400, 225);
        var heard = new Heard();
        workshop.studio().run(Calls.beginning(call(GenerationKind.VIDEO, prompt, options), null, copy), heard);
        return heard.all(Artifact.class).getFirst().file();
    }

    private Path video(String prompt, Map<String, Object> options) throws Exception {
        return made(GenerationKind.VIDEO, prompt, options);
    }

    private Path image(String prompt, int seed) throws Exception {
        return image(prompt, Map.of("width", 256, "height", 256, "seed", seed));
    }

    private Path image(String prompt, Map<String, Object> options) throws Exception {
        return made(GenerationKind.IMAGE, prompt, options);
    }

    private Path made(GenerationKind kind, String prompt, Map<String, Object> options) throws Exception {
        var heard = new Heard();
        workshop.studio().run(call(kind, prompt, options), heard);
        return heard.all(Artifact.class).getFirst().file();
    }

    private ProviderCall call(GenerationKind kind, String prompt, Map<String, Object> options) throws IOException {
        return Calls.call(
                Calls.request(kind, "studio/" + kind.code(), prompt, new HashMap<>(options)),
                Files.createTempDirectory(folder, "made"));
    }

    private Path still(Path film, double second) throws Exception {
        return workshop.still(film, second, Files.createTempFile(folder, "still", ".png"));
    }

    private static void run(ProviderCall call, Heard heard) {
        try {
            workshop.studio().run(call, heard);
        } catch (ProviderFailure | InterruptedException expected) {
            assertThat(call.cancellation().requested()).isTrue();
        }
    }
}
