package dev.millrace.generation.work.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What readers have is not told again, wherever it is cut. */
class RetoldTest {
    private static final String WHOLE = "a boat, and a sail";

    @Test
    void whatReadersHaveIsLeftOutWhereverItAndTheAnswerAreCut() {
        for (int had = 0; had <= WHOLE.length(); had++) {
            for (int piece = 1; piece <= WHOLE.length(); piece++) {
                var retold = new Retold(WHOLE.substring(0, had));
                String told = tell(retold, WHOLE, piece);
                assertThat(told).as(had + " by " + piece).isEqualTo(WHOLE.substring(had));
                assertThat(retold.rest()).isEmpty();
                assertThat(retold.differs()).isFalse();
            }
        }
    }

    @Test
    void anotherAnswerIsToldFromItsBeginning() {
        for (int piece = 1; piece <= WHOLE.length(); piece++) {
            var retold = new Retold("a boat, but no sail");
            assertThat(tell(retold, WHOLE, piece)).isEqualTo(WHOLE);
            assertThat(retold.differs()).isTrue();
        }
    }

    @Test
    void oneThatEndsBeforeWhatReadersHaveIsToldWhenItIsWhole() {
        var retold = new Retold(WHOLE);
        assertThat(retold.pass("a boat")).isEmpty();
        assertThat(retold.differs()).isFalse();
        assertThat(retold.rest()).isEqualTo("a boat");
        assertThat(retold.differs()).isTrue();
    }

    private static String tell(Retold retold, String text, int piece) {
        var told = new StringBuilder();
        for (int from = 0; from < text.length(); from += piece) {
            told.append(retold.pass(text.substring(from, Math.min(text.length(), from + piece))));
        }
        return told.toString();
    }
}
