package dev.millrace.platform.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyKeyTest {
    private static final byte[] BODY = {'{', '}'};

    @Test
    void noHeaderIsNoKey() {
        assertThat(IdempotencyKey.of(null, "POST /v1/x", BODY)).isNull();
    }

    @Test
    void quotedAndBareFormsAreTheSameKey() {
        assertThat(key("\"8e03978e\"").text()).isEqualTo(key("8e03978e").text()).isEqualTo("8e03978e");
    }

    @Test
    void theFingerprintTellsAnotherCallOrAnotherBodyApart() {
        byte[] one = key("k").fingerprint();
        assertThat(IdempotencyKey.of("k", "POST /v1/y", BODY).fingerprint()).isNotEqualTo(one);
        assertThat(IdempotencyKey.of("k", "POST /v1/x", new byte[0]).fingerprint())
                .isNotEqualTo(one);
        assertThat(key("other").fingerprint()).isEqualTo(one);
    }

    @Test
    void theOrderOfMembersAndTheSpaceBetweenThemMakeNoOtherBody() {
        IdempotencyKey one = of("{\"a\":[{\"b\":1,\"c\":null}],\"d\":\"\u00e9\"}");
        one.requireSame(
                of("{ \"d\" : \"\\u00e9\", \"a\" : [ {\"c\":null,\"b\":1} ] }").fingerprint());
        one.requireSame(one.verbatim());
        for (String other : new String[] {
            "{\"a\":[{\"b\":2,\"c\":null}],\"d\":\"\u00e9\"}",
            "{\"a\":[{\"b\":1}],\"d\":\"\u00e9\"}",
            "{\"a\":[{\"b\":\"1\",\"c\":null}],\"d\":\"\u00e9\"}"
        }) {
            assertThatThrownBy(() -> one.requireSame(of(other).fingerprint()))
                    .as(other)
                    .isInstanceOf(Problem.class);
        }
    }

    @Test
    void numbersAreComparedAsTheyAreWrittenHoweverLargeTheyAre() {
        IdempotencyKey one = of("{\"a\":1e9999,\"b\":[1e99999,-1e-99999]}");
        one.requireSame(of("{\"b\":[1e99999,-1e-99999], \"a\":1e9999}").fingerprint());
        assertThatThrownBy(() -> one.requireSame(
                        of("{\"a\":1e9998,\"b\":[1e99999,-1e-99999]}").fingerprint()))
                .isInstanceOf(Problem.class);
        String many = "1e9999,".repeat(150_000);
        assertThat(of("{\"x\":[" + many + "0]}").fingerprint()).hasSize(32);
    }

    @Test
    void whatIsNoJsonIsComparedAsItCame() {
        IdempotencyKey one = of("--b\r\nx\r\n--b--");
        assertThat(one.fingerprint()).isEqualTo(one.verbatim());
    }

    private static IdempotencyKey of(String body) {
        return java.util.Objects.requireNonNull(
                IdempotencyKey.of("k", "POST /v1/x", body.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"\"", "two words", "t\u00e4g", "tab\there", "  "})
    void whatIsNoVisibleAsciiIsRefused(String header) {
        assertThatThrownBy(() -> key(header)).isInstanceOf(Problem.class);
    }

    @Test
    void theLongestKeyHas255Characters() {
        assertThat(key("k".repeat(255)).text()).hasSize(255);
        assertThatThrownBy(() -> key("k".repeat(256))).isInstanceOf(Problem.class);
    }

    @Test
    void theFirstAndTheLastVisibleCharacterMakeAKey() {
        assertThat(key("!~").text()).isEqualTo("!~");
        assertThatThrownBy(() -> key("a\u007f")).isInstanceOf(Problem.class);
    }

    @Test
    void aKeyStandsForOneCallAlone() {
        IdempotencyKey key = key("k");
        key.requireSame(key("other").fingerprint());
        byte[] another = java.util.Objects.requireNonNull(IdempotencyKey.of("k", "POST /v1/y", BODY))
                .fingerprint();
        assertThatThrownBy(() -> key.requireSame(another))
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> assertThat(problem.type()).isEqualTo(ProblemType.IDEMPOTENCY_MISMATCH));
    }

    @Test
    void whereTheCallEndsAndTheBodyBeginsCounts() {
        byte[] one = java.util.Objects.requireNonNull(IdempotencyKey.of("k", "POST /a", new byte[] {'b'}))
                .fingerprint();
        byte[] two = java.util.Objects.requireNonNull(IdempotencyKey.of("k", "POST /", new byte[] {'a', 'b'}))
                .fingerprint();
        assertThat(one).isNotEqualTo(two);
    }

    private static IdempotencyKey key(String header) {
        return java.util.Objects.requireNonNull(IdempotencyKey.of(header, "POST /v1/x", BODY));
    }
}
