package dev.millrace.platform;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The signature of a message as Standard Webhooks 1.0 wants it: {@code v1,} and the Base64 of the HMAC-SHA256 of {@code
 * id.timestamp.payload}, one for each secret with a space between.
 */
public final class WebhookSignature {
    private static final String PREFIX = "whsec_";
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final Pattern TIME = Pattern.compile("\\d{1,12}");
    /** A few signatures, while a secret is being changed; more than this is somebody trying. */
    private static final int LONGEST = 1_000;

    /** What came with a message: {@code webhook-id}, {@code webhook-timestamp}, {@code webhook-signature}. */
    public record Headers(
            @Nullable String id,
            @Nullable String timestamp,
            @Nullable String signatures) {}

    private WebhookSignature() {}

    /** The value of {@code webhook-signature}. */
    public static String of(List<byte[]> secrets, String id, Instant at, byte[] payload) {
        byte[] signed = signed(id, String.valueOf(at.getEpochSecond()), payload);
        return secrets.stream()
                .map(secret -> "v1," + Base64.getEncoder().encodeToString(Keys.hmac(secret, signed)))
                .collect(Collectors.joining(" "));
    }

    private static byte[] signed(String id, String seconds, byte[] payload) {
        byte[] head = (id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8);
        byte[] signed = Arrays.copyOf(head, head.length + payload.length);
        System.arraycopy(payload, 0, signed, head.length, payload.length);
        return signed;
    }

    /**
     * Whether a message that came is signed with one of the secrets, over the very bytes that came, at a time within five minutes of
     * ours. All secrets are tried on all signatures, whichever fits, so that the time it takes says nothing.
     */
    public static boolean good(List<byte[]> secrets, Headers headers, byte[] payload, Instant now) {
        String id = headers.id;
        String seconds = headers.timestamp;
        String signatures = headers.signatures;
        if (id == null
                || seconds == null
                || signatures == null
                || signatures.length() > LONGEST
                || !near(seconds, now)) {
            return false;
        }
        byte[] signed = signed(id, seconds, payload);
        boolean good = false;
        for (byte[] secret : secrets) {
            byte[] right = ("v1," + Base64.getEncoder().encodeToString(Keys.hmac(secret, signed)))
                    .getBytes(StandardCharsets.UTF_8);
            for (String signature : signatures.split(" ", -1)) {
                good |= MessageDigest.isEqual(right, signature.getBytes(StandardCharsets.UTF_8));
            }
        }
        return good;
    }

    private static boolean near(String seconds, Instant now) {
        return TIME.matcher(seconds).matches()
                && Duration.between(Instant.ofEpochSecond(Long.parseLong(seconds)), now)
                                .abs()
                                .compareTo(TOLERANCE)
                        <= 0;
    }

    /** The bytes of a secret as its owner keeps it, which throws when it is none. */
    public static byte[] secret(String text) {
        try {
            byte[] secret = Base64.getDecoder().decode(text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : "");
            if (secret.length > 0) {
                return secret;
            }
        } catch (IllegalArgumentException broken) {
            // told below, like one without the prefix
        }
        throw new IllegalArgumentException("must be whsec_ and base64");
    }

    /** A secret as its owner keeps it. */
    public static String text(byte[] secret) {
        return PREFIX + Base64.getEncoder().encodeToString(secret);
    }
}
