package dev.millrace.media.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.ffmpeg.Recipes.Still;
import dev.millrace.platform.process.Place;
import dev.millrace.platform.process.Places;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RecipesTest {
    private static final Place PLACE = Places.inTheBox();
    private static final Probe.Picture PLAIN = new Probe.Picture("vp8", "yuv420p", null, true, 30);
    private static final Probe.Video VIDEO =
            new Probe.Video(Format.WEBM, 640, 360, Duration.ofSeconds(4), PLAIN, "opus");

    @Test
    void everyInputIsOpenedByOneDemuxerWithFilesAloneInReach() {
        Stream.of(
                        Recipes.measure(Format.WEBM, true),
                        Recipes.mp4(VIDEO, 2),
                        Recipes.poster(VIDEO, List.of(new Still("thumbnail-320", 320))),
                        Recipes.posterAt(VIDEO, 2, List.of(new Still("thumbnail-320", 320))),
                        Recipes.storyboard(VIDEO, Storyboard.of(Duration.ofSeconds(4))))
                .map(recipe -> recipe.apply(PLACE))
                .forEach(words -> {
                    int input = words.indexOf("-i");
                    assertThat(words.get(input + 1)).isEqualTo("file:/in");
                    assertThat(words.subList(0, input))
                            .containsSequence("-protocol_whitelist", "file")
                            .containsSequence("-f", "matroska")
                            .containsSequence("-max_pixels", "100000000")
                            .containsSequence("-progress", "pipe:1")
                            .contains("-y")
                            .doesNotContain("-nostdin");
                    assertThat(words.subList(input + 2, words.size())).doesNotContain("-i");
                });
    }

    @Test
    void theVideoForEverybodyIsCodedForEverybody() {
        List<String> words = Recipes.mp4(VIDEO, 3).apply(PLACE);

        assertThat(words)
                .containsSequence("-map", "0:V:0", "-map", "0:a:0?", "-map_metadata", "-1")
                .containsSequence("-vcodec", "libx264")
                .containsSequence("-movflags", "+faststart")
                .containsSequence("-acodec", "aac")
                .containsSequence("-threads", "3")
                .containsSequence("-fps_mode", "vfr")
                .endsWith("/out/video.mp4")
                .doesNotContain("-r");
        assertThat(filter(words)).endsWith("setsar=1,format=yuv420p").doesNotContain("tonemap");
    }

    @Test
    void highDynamicRangeIsMappedAndHighRatesAreHalved() {
        var bright = new Probe.Picture("hevc", "yuv420p10le", "smpte2084", true, 120);
        List<String> words = Recipes.mp4(
                        new Probe.Video(Format.MP4, 3840, 2160, Duration.ofSeconds(4), bright, null), 1)
                .apply(PLACE);

        assertThat(filter(words)).contains("tonemap=hable");
        assertThat(words).containsSequence("-r", "60");
    }

    @Test
    void stillsComeFromOneRun() {
        List<String> words = Recipes.poster(
                        VIDEO, List.of(new Still("thumbnail-320", 320), new Still("thumbnail-640", 640)))
                .apply(PLACE);

        assertThat(words).containsOnlyOnce("-filter_complex");
        assertThat(words.get(words.indexOf("-filter_complex") + 1))
                .contains("blackframe=")
                .endsWith("split=3[p][s0][s1];[s0]scale=w='min(320,iw)':h=-2:flags=lanczos[t0];"
                        + "[s1]scale=w='min(640,iw)':h=-2:flags=lanczos[t1]");
        assertThat(words).contains("/out/poster.jpg", "/out/thumbnail-320.webp", "/out/thumbnail-640.webp");
    }

    private static String filter(List<String> words) {
        return words.get(words.indexOf("-vf") + 1);
    }
}
