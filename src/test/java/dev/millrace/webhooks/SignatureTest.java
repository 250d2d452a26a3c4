package dev.millrace.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignatureTest {
    private static final Instant AT = Instant.ofEpochSecond(1614265330);
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final byte[] PAYLOAD = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);

    private static byte[] secret(String base64) {
        return Base64.getDecoder().decode(base64);
    }

    @Test
    void theVectorThatTheLibrariesOfStandardWebhooksAreTestedWithHolds() {
        byte[] secret = secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

        assertThat(Signature.of(List.of(secret), ID, AT, PAYLOAD))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assertThat(Signature.text(secret)).isEqualTo("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    @Test
    void eachSecretSignsAndTheNewOneFirst() {
        byte[] fresh = new byte[32];
        byte[] old = secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

        assertThat(Signature.of(List.of(fresh, old), ID, AT, PAYLOAD))
                .isEqualTo(Signature.of(List.of(fresh), ID, AT, PAYLOAD) + " "
                        + Signature.of(List.of(old), ID, AT, PAYLOAD));
    }

    /** Made with OpenSSL: {@code printf %s "$id.$time.$body" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$key -binary | base64}. */
    @Test
    void ourOwnVectorsHold() {
        byte[] key = new byte[32];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        String id = "01981c3e-7b7a-7000-8000-000000000001";

        assertThat(Signature.of(List.of(key), id, Instant.ofEpochSecond(1), new byte[0]))
                .isEqualTo("v1,pCm0rPXMnTViW7GKGXQx3z5UWn+s1EXfIr8t8woGrGc=");
        assertThat(Signature.of(
                        List.of(key),
                        id,
                        Instant.ofEpochSecond(1790000000, 999_999_999),
                        "{\"text\":\"Grüße, 世界 🚀\"}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("v1,NuW+CS79uoNZ7muDx0Vmc1nt9pjvVMupx4hq3Qk4LQo=");
    }
}
