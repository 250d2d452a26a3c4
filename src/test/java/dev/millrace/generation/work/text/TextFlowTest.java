package dev.millrace.generation.work.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TextFlowTest {
    private final TextFlow flow = new TextFlow();

    @Test
    void aCharacterThatWasCutInTwoIsToldOnce() {
        assertThat(flow.pass("boat \ud83d")).isEqualTo("boat ");
        assertThat(flow.pass("\udea3!")).isEqualTo("\ud83d\udea3!");
    }

    @Test
    void whatCannotBeKeptIsLeftOut() {
        assertThat(flow.pass("a\0b")).isEqualTo("ab");
        assertThat(flow.pass("\udea3c")).isEqualTo("c");
        assertThat(flow.pass("d\ud83d")).isEqualTo("d");
        assertThat(flow.pass("e")).isEqualTo("e");
        assertThat(flow.pass("\0")).isNull();
        assertThat(flow.pass("")).isNull();
    }

    @Test
    void anyCutsGiveTheSameTextAndTheSameNumberOfWords() {
        String text = "one  two\nthree \ud83d\udea3 \u6c34\u8eca four";
        var random = new Random(2);
        for (int i = 0; i < 2_000; i++) {
            var cut = new TextFlow();
            var told = new StringBuilder();
            for (int at = 0; at < text.length(); ) {
                int end = Math.min(text.length(), at + 1 + random.nextInt(4));
                String piece = cut.pass(text.substring(at, end));
                told.append(piece == null ? "" : piece);
                at = end;
            }
            assertThat(told).hasToString(text);
            assertThat(cut.words()).isEqualTo(6);
        }
    }
}
