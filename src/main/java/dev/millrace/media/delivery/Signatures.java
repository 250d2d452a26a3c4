package dev.millrace.media.delivery;

import dev.millrace.platform.Keys;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Leave to fetch the files of one asset until a certain time, as text in an address: {@code <expiry>.<signature>}.
 *
 * <p>The expiry is a whole hour, so that the same file keeps the same address for an hour and caches find it again. There is exactly
 * one text for an asset and an expiry: anything else is refused.
 */
public final class Signatures {
    /** Longer than anybody watches one film, pauses included. */
    static final Duration LIFE = Duration.ofHours(12);

    private static final long HOUR = 3_600;
    private static final int LENGTH = 16;
    private static final Pattern TOKEN = Pattern.compile("([1-9][0-9]{8,10})\\.[A-Za-z0-9_-]{22}");

    private final byte[] key;
    private final InstantSource clock;

    public Signatures(Keys keys, InstantSource clock) {
        this.key = keys.derive("media addresses");
        this.clock = clock;
    }

    /** Leave for twelve hours at least and thirteen at most. */
    public String sign(UUID asset) {
        long until = clock.instant().plus(LIFE).getEpochSecond();
        return token(asset, (until + HOUR - 1) / HOUR * HOUR);
    }

    /** How long the leave lasts still; throws FORBIDDEN when it is over or was altered. */
    Duration check(UUID asset, String token) {
        var shape = TOKEN.matcher(token);
        long expiry = shape.matches() ? Long.parseLong(shape.group(1)) : 0;
        byte[] expected = token(asset, expiry).getBytes(StandardCharsets.US_ASCII);
        if (!MessageDigest.isEqual(expected, token.getBytes(StandardCharsets.UTF_8))) {
            throw Problem.of(ProblemType.FORBIDDEN, "This address was not given out by us. Ask for the asset again.");
        }
        Duration left = Duration.between(clock.instant(), Instant.ofEpochSecond(expiry));
        if (left.isNegative() || left.isZero()) {
            throw Problem.of(ProblemType.FORBIDDEN, "This address has expired. Ask for the asset again.");
        }
        return left;
    }

    private String token(UUID asset, long expiry) {
        byte[] whole = Keys.hmac(key, (asset + "." + expiry).getBytes(StandardCharsets.US_ASCII));
        return expiry + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(whole, LENGTH));
    }
}
