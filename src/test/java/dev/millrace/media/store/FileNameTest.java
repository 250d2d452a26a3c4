package dev.millrace.media.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FileNameTest {
    @Test
    void whatCouldHarmIsTakenOutOfAName() {
        assertThat(FileName.clean("../../x")).isEqualTo("_.._x");
        assertThat(FileName.clean("C:\\x")).isEqualTo("C:_x");
        assertThat(FileName.clean("a\0\r\n\tb.png")).isEqualTo("ab.png");
        assertThat(FileName.clean("x\u202egnp.exe")).isEqualTo("xgnp.exe");
        assertThat(FileName.clean("\ud800 lone")).isEqualTo("lone");
        assertThat(FileName.clean("  ")).isEqualTo("file");
        assertThat(FileName.clean("...")).isEqualTo("file");
        assertThat(FileName.clean("e\u0301te\u0301")).isEqualTo("\u00e9t\u00e9");
    }

    @Test
    void aNameIsNotEndlessAndNotCutInsideALetter() {
        assertThat(FileName.clean("x".repeat(10_000))).hasSize(200);
        assertThat(FileName.clean("x".repeat(199) + "\ud83e\uddc0")).isEqualTo("x".repeat(199));
    }

    @Test
    void aNameGetsItsEndingOnce() {
        assertThat(FileName.clean("boat", "mp4")).isEqualTo("boat.mp4");
        assertThat(FileName.clean("boat.MP4", "mp4")).isEqualTo("boat.MP4");
        assertThat(FileName.clean("boat.gif", "mp4")).isEqualTo("boat.gif.mp4");
        assertThat(FileName.clean("boat", null)).isEqualTo("boat");
    }
}
