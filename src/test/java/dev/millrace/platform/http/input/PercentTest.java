package dev.millrace.platform.http.input;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PercentTest {
    @ParameterizedTest
    @CsvSource({
        "abc, abc",
        "a%20b, a b",
        "%C3%BC, \u00fc",
        "%f0%9f%98%80, \ud83d\ude00",
        "a+b, a+b",
        "%2e%2E, ..",
        "%41%7a, Az"
    })
    void decodesText(String raw, String text) {
        assertThat(Percent.decode(raw)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%",
                "%4",
                "%zz",
                "%4z",
                "%-1",
                "%00",
                "%0a",
                "%0d",
                "%09",
                "%7f",
                "%c2%85",
                "%ff",
                "%c0%ae",
                "%ed%a0%80",
                "%f4%90%80%80",
                "%e2%82",
                "\u00fc",
                "\ud800"
            })
    void refusesWhatIsNoText(String raw) {
        assertThat(Percent.decode(raw)).isNull();
    }

    @Test
    void aPlusIsASpaceInAQueryAlone() {
        assertThat(Percent.decodeQuery("a+b%2Bc")).isEqualTo("a b+c");
        assertThat(Percent.decode("a+b%2Bc")).isEqualTo("a+b+c");
    }
}
