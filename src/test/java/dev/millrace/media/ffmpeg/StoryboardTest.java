package dev.millrace.media.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StoryboardTest {
    @Test
    void aPictureASecondUpToAHundredAndThenFartherApart() {
        assertThat(Storyboard.of(Duration.ofMillis(40)).pictures()).isEqualTo(1);
        assertThat(Storyboard.of(Duration.ofSeconds(4)).pictures()).isEqualTo(4);
        assertThat(Storyboard.of(Duration.ofSeconds(100)).sheets()).isEqualTo(4);
        var hour = Storyboard.of(Duration.ofHours(1));
        assertThat(hour.interval()).isEqualTo(36);
        assertThat(hour.pictures()).isEqualTo(100);
        assertThat(hour.keyFramesOnly()).isTrue();
        assertThat(Storyboard.of(Duration.ofHours(4)).pictures()).isLessThanOrEqualTo(100);
    }

    @Test
    void theTrackSaysWhichPartOfWhichSheet() {
        var board = Storyboard.of(Duration.ofMillis(26_500));

        assertThat(board.sheets()).isEqualTo(2);
        assertThat(board.track(2))
                .startsWith("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nstoryboard-00.jpg#xywh=0,0,160,90\n")
                .contains("00:00:07.000 --> 00:00:08.000\nstoryboard-00.jpg#xywh=320,90,160,90\n")
                .endsWith("00:00:26.000 --> 00:00:26.500\nstoryboard-01.jpg#xywh=160,0,160,90\n");
        assertThat(board.track(1)).doesNotContain("storyboard-01");
    }
}
