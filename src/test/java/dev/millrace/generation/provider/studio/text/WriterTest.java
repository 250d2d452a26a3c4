package dev.millrace.generation.provider.studio.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WriterTest {
    @Test
    void thePiecesOfATextAreItsWords() {
        String text = write("a paper boat in a storm", 7, null);

        var writer = new Writer("a paper boat in a storm", 7, null);
        assertThat(text.split("\\s+", -1)).hasSize(writer.length());
        assertThat(text)
                .contains("\n\n")
                .doesNotContain("  ")
                .doesNotContain("{")
                .doesNotContain("}");
    }

    @Test
    void theSameSeedWritesTheSameTextAndAnotherADifferentOne() {
        assertThat(write("the sea", 1, null)).isEqualTo(write("the sea", 1, null));
        assertThat(write("the sea", 1, null)).isNotEqualTo(write("the sea", 2, null));
    }

    @Test
    void thePromptIsInTheText() {
        assertThat(write("Write a poem about the old lighthouse of Cape Wrath", 3, null))
                .containsIgnoringCase("old lighthouse of Cape Wrath");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 17, 600, 5000})
    void asManyWordsAsAskedFor(int words) {
        String text = write("a fox", 5, words);

        assertThat(text.split("\\s+", -1)).hasSize(words);
    }

    @ParameterizedTest
    @CsvSource({
        "Write a poem about autumn rain, poem, autumn rain, rain",
        "Tell me a story about a dragon who hates fire, story, a dragon who hates fire, dragon",
        "Give me ten ideas for a small garden, list, a small garden, garden",
        "What is photosynthesis?, essay, photosynthesis, photosynthesis",
        "A paper boat in a storm, story, a paper boat in a storm, boat",
        "Explain why the sky is blue, essay, the sky is blue, blue",
    })
    void findsOutWhatIsAskedFor(String prompt, String form, String theme, String thing) {
        Topic topic = Topic.of(prompt);

        assertThat(List.of(topic.form(), topic.theme(), topic.thing())).containsExactly(form, theme, thing);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "?",
                "{theme}{story-open}",
                "/ / /",
                "\u6d77\u306e\u5e73\u548c",
                "\ud83d\ude80\ud83d\ude80",
                "$1 \\ %s {"
            })
    void writesWhateverThePromptIs(String prompt) {
        String text = write(prompt, 1, null);

        assertThat(text.split("\\s+", -1).length).isGreaterThan(40);
    }

    @Test
    void aVeryLongPromptDoesNotMakeLongWords() {
        assertThat(write("x".repeat(8000), 1, null).length()).isLessThan(6000);
    }

    private static String write(String prompt, long seed, Integer words) {
        var writer = new Writer(prompt, seed, words);
        var text = new StringBuilder();
        for (String piece = writer.next(); piece != null; piece = writer.next()) {
            text.append(piece);
        }
        return text.toString();
    }
}
