package dev.millrace.webhooks;

import dev.millrace.platform.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The signature of a message as Standard Webhooks 1.0 wants it: {@code v1,} and the Base64 of the HMAC-SHA256 of {@code
 * id.timestamp.payload}, one for each secret with a space between.
 */
final class Signature {
    private static final String PREFIX = "whsec_";

    private Signature() {}

    /** The value of {@code webhook-signature}. */
    static String of(List<byte[]> secrets, String id, Instant at, byte[] payload) {
        byte[] head = (id + "." + at.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8);
        byte[] signed = Arrays.copyOf(head, head.length + payload.length);
        System.arraycopy(payload, 0, signed, head.length, payload.length);
        return secrets.stream()
                .map(secret -> "v1," + Base64.getEncoder().encodeToString(Keys.hmac(secret, signed)))
                .collect(Collectors.joining(" "));
    }

    /** A secret as its owner keeps it. */
    static String text(byte[] secret) {
        return PREFIX + Base64.getEncoder().encodeToString(secret);
    }
}
