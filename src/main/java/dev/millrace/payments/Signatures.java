package dev.millrace.payments;

import com.stripe.exception.SignatureVerificationException;
import com.stripe.net.Webhook;
import dev.millrace.platform.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a webhook is Stripe's: an HMAC over the very bytes that came, and a time within five minutes. The library lets a time in the
 * future pass; we do not.
 */
final class Signatures {
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final Pattern TIME = Pattern.compile("(?:^|,)t=(\\d{1,12})(?:,|$)");

    /** Stripe sends two at most; more than this is somebody trying. */
    private static final int LONGEST_HEADER = 1_000;

    private final List<Secret> secrets;
    private final InstantSource clock;

    Signatures(List<Secret> secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /** The text that was signed; null when it is not Stripe's, without saying why. */
    @Nullable
    String verified(byte[] body, @Nullable String header) {
        if (header == null || header.length() > LONGEST_HEADER || !inTime(header)) {
            return null;
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return null;
        }
        // all secrets are tried, whichever fits, so that the time it takes says nothing
        boolean good = false;
        for (Secret secret : secrets) {
            good |= signed(text, header, secret);
        }
        return good ? text : null;
    }

    private boolean inTime(String header) {
        Matcher time = TIME.matcher(header);
        if (!time.find()) {
            return false;
        }
        Duration ahead = Duration.between(clock.instant(), Instant.ofEpochSecond(Long.parseLong(time.group(1))));
        return ahead.abs().compareTo(TOLERANCE) <= 0;
    }

    private boolean signed(String text, String header, Secret secret) {
        try {
            return Webhook.Signature.verifyHeader(
                    text, header, secret.reveal(), TOLERANCE.toSeconds(), Clock.fixed(clock.instant(), ZoneOffset.UTC));
        } catch (SignatureVerificationException notSo) {
            return false;
        }
    }
}
