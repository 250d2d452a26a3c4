package dev.millrace.generation.work.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeamTest {
    private static final String SAID = "The paper boat left the harbour before the storm came, and nobody saw it";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "' go.' | 0",
                "'The paper boat left the harbour before the storm came, and nobody saw it go.' | 72",
                "' the storm came, and nobody saw it go.' | 34",
                "' saw it saw it go.' | 0",
                "'The paper boat was never seen again.' | 0",
            })
    void whatReadersHaveIsLeftOutHoweverItComes(String rest, int repeated) {
        for (int piece = 1; piece <= rest.length(); piece++) {
            var seam = new Seam(SAID);
            String fresh = said(seam, rest, piece);
            assertThat(fresh).as("pieces of " + piece).isEqualTo(rest.substring(repeated));
            assertThat(seam.repeated()).isEqualTo(repeated);
        }
    }

    @Test
    void theFirstWordThatIsNewIsNotHeldBack() {
        var seam = new Seam(SAID);
        assertThat(seam.pass(" go")).isEqualTo(" go");
        assertThat(seam.pass(" nobody saw it")).isEqualTo(" nobody saw it");
    }

    @Test
    void ofSeveralRepetitionsTheLongestCounts() {
        String said = "row, row, row your boat gently ".repeat(3);
        assertThat(said(new Seam(said), said + "down", 7)).isEqualTo("down");
    }

    @Test
    void aBeginningTooShortToBeToldApartIsNotComparedAtAll() {
        var seam = new Seam("ha ha ");
        assertThat(seam.pass("ha ha ")).isEqualTo("ha ha ");
    }

    @Test
    void whatWasHeldBackWhenTheAnswerEndsIsPartOfIt() {
        var seam = new Seam(SAID);
        assertThat(seam.pass("The paper boat")).isEmpty();
        assertThat(seam.rest()).isEqualTo("The paper boat");
        assertThat(seam.repeated()).isZero();
    }

    @Test
    void anAnswerThatIsNothingButTheRepetitionAddsNothing() {
        var seam = new Seam(SAID);
        assertThat(said(seam, SAID, 5)).isEmpty();
        assertThat(seam.repeated()).isEqualTo(SAID.length());
    }

    @Test
    void anyCutOfAnyTextIsJoinedToTheSameText() {
        var random = new Random(7);
        for (int round = 0; round < 300; round++) {
            String whole = words(random, 40 + random.nextInt(400));
            int cut = random.nextInt(whole.length());
            int overlap = random.nextInt(4) == 0 ? cut : Math.min(cut, Seam.LEAST + random.nextInt(200));
            String again = random.nextBoolean() || overlap < Seam.LEAST ? "" : whole.substring(cut - overlap, cut);
            String rest = again + whole.substring(cut);
            String joined =
                    whole.substring(0, cut) + said(new Seam(whole.substring(0, cut)), rest, 1 + random.nextInt(30));
            assertThat(joined).as("round " + round).isEqualTo(whole);
        }
    }

    /** No two words are alike, so that nothing repeats by chance. */
    private static String words(Random random, int count) {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append((char) ('a' + random.nextInt(26))).append(i).append(' ');
        }
        return text.toString();
    }

    private static String said(Seam seam, String rest, int piece) {
        var fresh = new StringBuilder();
        for (int at = 0; at < rest.length(); at += piece) {
            fresh.append(seam.pass(rest.substring(at, Math.min(rest.length(), at + piece))));
        }
        return fresh.append(seam.rest()).toString();
    }
}
