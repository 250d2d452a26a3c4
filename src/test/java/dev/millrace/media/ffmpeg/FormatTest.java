package dev.millrace.media.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FormatTest {
    @Test
    void aFileIsWhatItBeginsWith() {
        assertThat(of("\u00ff\u00d8\u00ff\u00e0")).isEqualTo(Format.JPEG);
        assertThat(of("\u0089PNG\r\n\u001a\n")).isEqualTo(Format.PNG);
        assertThat(of("GIF89a")).isEqualTo(Format.GIF);
        assertThat(of("RIFF\0\0\0\0WEBPVP8 ")).isEqualTo(Format.WEBP);
        assertThat(of("RIFF\0\0\0\0WAVEfmt ")).isEqualTo(Format.WAV);
        assertThat(of("\0\0\0\u0018ftypisom")).isEqualTo(Format.MP4);
        assertThat(of("\0\0\0\u0018ftypmp42")).isEqualTo(Format.MP4);
        assertThat(of("\0\0\0\u0018ftypqt  ")).isEqualTo(Format.QUICKTIME);
        assertThat(of("\0\0\0\u0018ftypavif")).isEqualTo(Format.AVIF);
        assertThat(of("\0\0\0\u0018ftypM4A ")).isEqualTo(Format.M4A);
        assertThat(of("\u001aE\u00df\u00a3\u009fB\u0086\u0081\1B\u0082\u0084webm"))
                .isEqualTo(Format.WEBM);
        assertThat(of("\u001aE\u00df\u00a3\u009fB\u0086\u0081\1B\u0082\u0088matroska"))
                .isEqualTo(Format.MATROSKA);
        assertThat(of("OggS")).isEqualTo(Format.OGG);
        assertThat(of("fLaC")).isEqualTo(Format.FLAC);
        assertThat(of("ID3\4")).isEqualTo(Format.MP3);
        assertThat(of("\u00ff\u00fb\u0090")).isEqualTo(Format.MP3);
    }

    @Test
    void whatCouldMakeFfmpegReadOtherFilesIsNotTaken() {
        for (String other : List.of(
                "#EXTM3U\n",
                "ffconcat version 1.0\n",
                "<?xml version='1.0'?><MPD",
                "<svg xmlns=",
                "v=0\r\no=- 0 0 IN IP4",
                "[Script Info]\n",
                "{0}{25}text",
                "%PDF-1.7",
                "PK\3\4",
                "MZ",
                "\u007fELF",
                "RIFF\0\0\0\0AVI LIST",
                "\0\0\0\u0018ftypheic",
                "\0\0\0\u0018ftypXXXX",
                "\0\0\0\u0018moov",
                "",
                "G")) {
            assertThat(of(other)).as(other).isNull();
        }
    }

    private static Format of(String head) {
        return Format.of(head.getBytes(StandardCharsets.ISO_8859_1));
    }
}
