package dev.millrace.platform.http.input;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.Keys;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorsTest {
    private static final UUID LAST = UUID.fromString("0198c0de-0000-7000-8000-000000000001");

    private final Cursors cursors = new Cursors(new Keys(new byte[32]));

    @Test
    void aCursorLeadsBackToItsPlace() {
        assertThat(cursors.open("ledger", cursors.after("ledger", LAST))).isEqualTo(LAST.toString());
        assertThat(cursors.open("ledger", cursors.after("ledger", "2026-01-01|\u00fc")))
                .isEqualTo("2026-01-01|\u00fc");
    }

    @Test
    void aCursorBelongsToOneListAndOneInstallation() {
        assertThat(cursors.open("assets", cursors.after("ledger", LAST))).isNull();
        byte[] other = new byte[32];
        other[0] = 1;
        assertThat(new Cursors(new Keys(other)).open("ledger", cursors.after("ledger", LAST)))
                .isNull();
    }

    @Test
    void anAlteredCursorIsNone() {
        String cursor = cursors.after("ledger", LAST);
        for (int i = 0; i < cursor.length(); i++) {
            char other = cursor.charAt(i) == 'A' ? 'B' : 'A';
            String altered = cursor.substring(0, i) + other + cursor.substring(i + 1);

            assertThat(cursors.open("ledger", altered)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "A", "AAAA", "!!!!", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAA", " ", "\u00e4"})
    void anythingElseIsNone(String text) {
        assertThat(cursors.open("ledger", text)).isNull();
    }
}
