package dev.millrace.platform.idempotency;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * A key as a client chose it, and what it was sent with.
 *
 * @param fingerprint SHA-256 of what was called and the body
 */
@SuppressWarnings("ArrayRecordComponent") // compared with MessageDigest.isEqual alone
public record IdempotencyKey(String text, byte[] fingerprint) {
    private static final int LONGEST = 255;

    /**
     * The key of a call, nothing when none was sent. Quotes around it are the structured-field form of the same key.
     *
     * @param header the value of {@code Idempotency-Key}
     * @param call method and path
     * @throws Problem INVALID_REQUEST when it is not 1 to 255 visible ASCII characters
     */
    public static @Nullable IdempotencyKey of(@Nullable String header, String call, byte[] body) {
        if (header == null) {
            return null;
        }
        String key = bare(header.strip());
        if (key.isEmpty() || key.length() > LONGEST || !key.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw Problem.of(
                            ProblemType.INVALID_REQUEST,
                            "The Idempotency-Key must be 1 to " + LONGEST + " visible ASCII characters.")
                    .at("Idempotency-Key", "out_of_range", "must be 1 to " + LONGEST + " visible ASCII characters");
        }
        return new IdempotencyKey(key, fingerprint(call, body));
    }

    /**
     * Has the key stand for one call alone.
     *
     * @param before the fingerprint of the call it was sent with first
     * @throws Problem IDEMPOTENCY_MISMATCH when that was another call
     */
    public void requireSame(byte[] before) {
        if (!MessageDigest.isEqual(before, fingerprint)) {
            throw Problem.of(
                    ProblemType.IDEMPOTENCY_MISMATCH,
                    "This Idempotency-Key was used for another request; use a new key for a new request.");
        }
    }

    private static String bare(String header) {
        boolean quoted = header.length() >= 2 && header.startsWith("\"") && header.endsWith("\"");
        return quoted ? header.substring(1, header.length() - 1) : header;
    }

    private static byte[] fingerprint(String call, byte[] body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(call.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return digest.digest(body);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
