package dev.millrace.payments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.platform.Secret;
import dev.millrace.testing.vendor.StripeWebhook;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignaturesTest {
    private static final Instant NOW = Instant.parse("2026-03-29T12:00:00Z");
    private static final String BODY = "{\"id\": \"evt_1\", \"note\": \"für İstanbul\"}";

    private final Signatures signatures =
            new Signatures(List.of(new Secret("whsec_new"), new Secret("whsec_old")), InstantSource.fixed(NOW));

    @Test
    void theTextThatWasSignedIsAnsweredWithEitherSecret() {
        assertThat(verified(header("whsec_new", NOW))).isEqualTo(BODY);
        assertThat(verified(header("whsec_old", NOW))).isEqualTo(BODY);
        assertThat(verified(header("whsec_another", NOW))).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {-300, -299, 0, 299, 300})
    void fiveMinutesEitherWayAreInTime(long seconds) {
        assertThat(verified(header("whsec_new", NOW.plusSeconds(seconds)))).isEqualTo(BODY);
    }

    @ParameterizedTest
    @ValueSource(longs = {-301, 301, 3600, 86_400})
    void moreThanFiveMinutesEitherWayAreNot(long seconds) {
        assertThat(verified(header("whsec_new", NOW.plusSeconds(seconds)))).isNull();
    }

    @Test
    void whatIsNoSignatureIsRefused() {
        String time = "t=" + NOW.getEpochSecond();
        String seal = StripeWebhook.signature(BODY, "whsec_new", NOW);
        assertThat(verified(null)).isNull();
        assertThat(verified("")).isNull();
        assertThat(verified(time)).isNull();
        assertThat(verified("v1=" + seal)).isNull();
        assertThat(verified("t=soon,v1=" + seal)).isNull();
        assertThat(verified("xt=" + NOW.getEpochSecond() + ",v1=" + seal)).isNull();
        assertThat(verified(time + ",v0=" + seal)).isNull();
        assertThat(verified(time + ",v1=" + seal.substring(1))).isNull();
    }

    @Test
    void aHeaderOfAThousandCharactersIsTheLongest() {
        String header = header("whsec_new", NOW) + ",v0=";
        String longest = header + "0".repeat(1_000 - header.length());
        assertThat(verified(longest)).isEqualTo(BODY);
        assertThat(verified(longest + "0")).isNull();
    }

    @Test
    void theBytesAreSignedAndNotWhatTheyMayBeReadAs() {
        byte[] broken = BODY.getBytes(StandardCharsets.ISO_8859_1);
        String read = new String(broken, StandardCharsets.UTF_8);
        assertThat(signatures.verified(broken, StripeWebhook.header(read, "whsec_new", NOW)))
                .isNull();
        assertThat(signatures.verified((BODY + " ").getBytes(StandardCharsets.UTF_8), header("whsec_new", NOW)))
                .isNull();
    }

    private @org.jspecify.annotations.Nullable String verified(@org.jspecify.annotations.Nullable String header) {
        return signatures.verified(BODY.getBytes(StandardCharsets.UTF_8), header);
    }

    private static String header(String secret, Instant at) {
        return StripeWebhook.header(BODY, secret, at);
    }
}
