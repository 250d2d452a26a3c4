package dev.millrace.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class WebhookSignatureTest {
    private static final Instant AT = Instant.ofEpochSecond(1614265330);
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final byte[] PAYLOAD = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);

    private static byte[] secret(String base64) {
        return Base64.getDecoder().decode(base64);
    }

    @Test
    void theVectorThatTheLibrariesOfStandardWebhooksAreTestedWithHolds() {
        byte[] secret = secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

        assertThat(WebhookSignature.of(List.of(secret), ID, AT, PAYLOAD))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assertThat(WebhookSignature.text(secret)).isEqualTo("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    @Test
    void eachSecretSignsAndTheNewOneFirst() {
        byte[] fresh = new byte[32];
        byte[] old = secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

        assertThat(WebhookSignature.of(List.of(fresh, old), ID, AT, PAYLOAD))
                .isEqualTo(WebhookSignature.of(List.of(fresh), ID, AT, PAYLOAD) + " "
                        + WebhookSignature.of(List.of(old), ID, AT, PAYLOAD));
    }

    /** Made with OpenSSL: {@code printf %s "$id.$time.$body" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$key -binary | base64}. */
    @Test
    void ourOwnVectorsHold() {
        byte[] key = new byte[32];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        String id = "01981c3e-7b7a-7000-8000-000000000001";

        assertThat(WebhookSignature.of(List.of(key), id, Instant.ofEpochSecond(1), new byte[0]))
                .isEqualTo("v1,pCm0rPXMnTViW7GKGXQx3z5UWn+s1EXfIr8t8woGrGc=");
        assertThat(WebhookSignature.of(
                        List.of(key),
                        id,
                        Instant.ofEpochSecond(1790000000, 999_999_999),
                        "{\"text\":\"Grüße, 世界 🚀\"}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("v1,NuW+CS79uoNZ7muDx0Vmc1nt9pjvVMupx4hq3Qk4LQo=");
    }

    @Test
    void whatIsSignedIsKnownByAnyOfItsSignaturesAndAnyOfOurSecrets() {
        byte[] fresh = new byte[32];
        byte[] old = secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        String both = WebhookSignature.of(List.of(fresh, old), ID, AT, PAYLOAD);

        assertThat(good(List.of(old), both, PAYLOAD, AT)).isTrue();
        assertThat(good(List.of(new byte[] {7}, fresh), both, PAYLOAD, AT)).isTrue();
        assertThat(good(List.of(old), "v1a,x v2,abc " + both, PAYLOAD, AT)).isTrue();
        assertThat(good(List.of(new byte[] {7}), both, PAYLOAD, AT)).isFalse();
        assertThat(good(List.of(), both, PAYLOAD, AT)).isFalse();
    }

    @Test
    void aMessageThatIsNotQuiteItIsNotIt() {
        byte[] key = secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        String signature = WebhookSignature.of(List.of(key), ID, AT, PAYLOAD);
        var keys = List.of(key);

        assertThat(good(keys, signature, "{\"test\": 2432232315}".getBytes(StandardCharsets.UTF_8), AT))
                .isFalse();
        for (String other : List.of(
                "",
                "v1,",
                "v1",
                signature.substring(3),
                "v2," + signature.substring(3),
                signature.toUpperCase(Locale.ROOT),
                signature.substring(0, signature.length() - 1),
                signature + "=",
                signature.replace(",", " "),
                "x".repeat(2_000) + " " + signature)) {
            assertThat(good(keys, other, PAYLOAD, AT)).as(other).isFalse();
        }
        assertThat(WebhookSignature.good(keys, new WebhookSignature.Headers("msg_2", time(AT), signature), PAYLOAD, AT))
                .isFalse();
        assertThat(WebhookSignature.good(keys, new WebhookSignature.Headers(null, time(AT), signature), PAYLOAD, AT))
                .isFalse();
        assertThat(WebhookSignature.good(keys, new WebhookSignature.Headers(ID, null, signature), PAYLOAD, AT))
                .isFalse();
        assertThat(WebhookSignature.good(keys, new WebhookSignature.Headers(ID, time(AT), null), PAYLOAD, AT))
                .isFalse();
        for (String time : List.of("", "x", "-1", "1614265330.0", " 1614265330", "99999999999999999999")) {
            var headers = new WebhookSignature.Headers(ID, time, signature);
            assertThat(WebhookSignature.good(keys, headers, PAYLOAD, AT))
                    .as(time)
                    .isFalse();
        }
    }

    @Test
    void fiveMinutesEitherWayAreInTime() {
        byte[] key = secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        String signature = WebhookSignature.of(List.of(key), ID, AT, PAYLOAD);

        for (int seconds : List.of(-300, 0, 300)) {
            assertThat(good(List.of(key), signature, PAYLOAD, AT.plusSeconds(seconds)))
                    .isTrue();
        }
        for (int seconds : List.of(-301, 301)) {
            assertThat(good(List.of(key), signature, PAYLOAD, AT.plusSeconds(seconds)))
                    .isFalse();
        }
    }

    @Test
    void aSecretHasAPrefixAndBytes() {
        assertThat(WebhookSignature.secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
                .isEqualTo(secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        for (String bad : List.of("", "whsec_", "whsec_%%", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")) {
            assertThatThrownBy(() -> WebhookSignature.secret(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("must be whsec_ and base64");
        }
    }

    private static boolean good(List<byte[]> secrets, String signatures, byte[] payload, Instant now) {
        return WebhookSignature.good(secrets, new WebhookSignature.Headers(ID, time(AT), signatures), payload, now);
    }

    private static String time(Instant at) {
        return String.valueOf(at.getEpochSecond());
    }
}
