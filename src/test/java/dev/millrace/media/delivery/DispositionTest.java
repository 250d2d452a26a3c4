package dev.millrace.media.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DispositionTest {
    @Test
    void aPlainNameIsItself() {
        assertThat(Disposition.attachment("a paper boat.mp4"))
                .isEqualTo("attachment; filename=\"a paper boat.mp4\"; filename*=UTF-8''a%20paper%20boat.mp4");
    }

    @Test
    void everyOtherNameIsHarmlessOnceAndExactOnce() {
        assertThat(Disposition.attachment("K\u00e4se \ud83e\uddc0 \"50%\"\\.png"))
                .isEqualTo("attachment; filename=\"K_se _ _50___.png\"; "
                        + "filename*=UTF-8''K%C3%A4se%20%F0%9F%A7%80%20%2250%25%22%5C.png");
        assertThat(Disposition.attachment("a\r\nSet-Cookie: b")).doesNotContain("\r", "\n");
    }
}
