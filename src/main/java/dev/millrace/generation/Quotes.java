package dev.millrace.generation;

import dev.millrace.generation.provider.catalogue.Price;
import dev.millrace.platform.Keys;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Prices promised for a day: the price itself, signed, for one account and one request. Nothing is stored, so a quote may be used
 * as often as one likes.
 */
final class Quotes {
    private static final Duration GOOD_FOR = Duration.ofHours(24);

    private final byte[] key;
    private final InstantSource clock;

    Quotes(Keys keys, InstantSource clock) {
        this.key = keys.derive("quotes");
        this.clock = clock;
    }

    /** A promise of the model's present price. */
    Quote quote(UUID account, Proposal proposal) {
        Instant until = clock.instant().plus(GOOD_FOR);
        var promise = new Promise(
                account,
                until.getEpochSecond(),
                Base64.getUrlEncoder().withoutPadding().encodeToString(proposal.digest()),
                proposal.model().price());
        byte[] said = Json.bytes(promise);
        var encoder = Base64.getUrlEncoder().withoutPadding();
        return new Quote(
                encoder.encodeToString(said) + "." + encoder.encodeToString(Keys.hmac(key, said)),
                Instant.ofEpochSecond(until.getEpochSecond()));
    }

    /**
     * The price of the proposal: what its quote says, or what the catalogue says now.
     *
     * @throws Problem QUOTE_MISMATCH when the quote is not ours, too old, somebody else's or for another request
     */
    Price price(UUID account, Proposal proposal) {
        String quote = proposal.quote();
        if (quote == null) {
            return proposal.model().price();
        }
        Promise promise = open(quote);
        if (promise == null) {
            throw mismatch("This is not a quote of ours.");
        }
        if (promise.until() < clock.instant().getEpochSecond()) {
            throw mismatch("This quote is older than a day; ask for a new estimate.");
        }
        byte[] asked = Base64.getUrlDecoder().decode(promise.request());
        if (!promise.account().equals(account) || !MessageDigest.isEqual(asked, proposal.digest())) {
            throw mismatch("This quote is for another request; ask for an estimate of this one.");
        }
        return promise.price();
    }

    private @Nullable Promise open(String quote) {
        int dot = quote.indexOf('.');
        try {
            byte[] said = Base64.getUrlDecoder().decode(quote.substring(0, Math.max(dot, 0)));
            byte[] seal = Base64.getUrlDecoder().decode(quote.substring(dot + 1));
            return MessageDigest.isEqual(seal, Keys.hmac(key, said))
                    ? Json.read(new String(said, StandardCharsets.UTF_8), Promise.class)
                    : null;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static Problem mismatch(String detail) {
        return Problem.of(ProblemType.QUOTE_MISMATCH, detail);
    }

    /** The text to send with a request, and until when it is good. */
    record Quote(String text, Instant expiresAt) {}

    /** What a quote says. */
    private record Promise(UUID account, long until, String request, Price price) {}
}
