package dev.millrace.accounts;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.Ids;
import dev.millrace.platform.Recent;
import dev.millrace.platform.http.Role;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.security.jwt.SignedJwt;
import io.helidon.security.jwt.jwk.JwkEC;
import io.helidon.security.jwt.jwk.JwkKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Access tokens: JWTs signed with ES256 that say whose they are and to which session they belong.
 *
 * <p>The library checks the signature and nothing else: it takes tokens without {@code exp}, with doubled claims or of another
 * kind, and its messages repeat the token. A refusal therefore never says more than that the token is not good. A token that was
 * verified is remembered by its hash until it expires, because verifying costs about a millisecond.
 */
final class Tokens {
    /** How long a token is good. */
    static final Duration LIFE = Duration.ofMinutes(15);

    /** How far the clocks of two nodes may be apart. */
    static final Duration LEEWAY = Duration.ofSeconds(30);

    private static final String ISSUER = "millrace";
    private static final String AUDIENCE = "millrace-api";
    private static final int REMEMBERED = 100_000;

    /** The last second of the year 9999: what is beyond is no time. */
    private static final long LAST_SECOND = 253_402_300_799L;

    private final InstantSource clock;
    private final AtomicReference<Ring> ring;
    private final Recent<TokenHash, Claims> verified = new Recent<>(REMEMBERED);

    Tokens(KeyRing keys, InstantSource clock) {
        this.clock = clock;
        this.ring = new AtomicReference<>(Ring.of(keys));
    }

    /** From now on these keys sign and verify. */
    void use(KeyRing keys) {
        if (!ring.get().keys().equals(keys)) {
            ring.set(Ring.of(keys));
        }
    }

    KeyRing keys() {
        return ring.get().keys();
    }

    /** A new token. */
    String issue(UUID account, UUID session, Role role) {
        SigningKey signer = ring.get().keys().signer();
        long now = clock.instant().getEpochSecond();
        var header = new LinkedHashMap<String, Object>();
        header.put("alg", "ES256");
        header.put("kid", signer.id());
        header.put("typ", "at+jwt");
        var payload = new LinkedHashMap<String, Object>();
        payload.put("iss", ISSUER);
        payload.put("aud", AUDIENCE);
        payload.put("sub", account);
        payload.put("sid", session);
        payload.put("jti", Ids.next());
        payload.put("role", role.name().toLowerCase(Locale.ROOT));
        payload.put("iat", now);
        payload.put("exp", now + LIFE.toSeconds());
        String signed = base64(Json.bytes(header)) + "." + base64(Json.bytes(payload));
        return signed + "." + base64(sign(signer, signed));
    }

    /** What the token says; refuses with {@code token_expired}, or {@code invalid_token} for everything else. */
    Claims verify(String token) {
        TokenHash hash = TokenHash.of(token);
        Claims claims = verified.get(hash);
        if (claims == null) {
            claims = read(token);
            if (claims == null) {
                throw Problem.of(ProblemType.INVALID_TOKEN, "The access token is not valid.");
            }
            verified.put(hash, claims);
        }
        if (!clock.instant().isBefore(claims.expiresAt().plus(LEEWAY))) {
            verified.remove(hash);
            throw Problem.of(
                    ProblemType.TOKEN_EXPIRED, "The access token has expired. Get a new one with the refresh token.");
        }
        return claims;
    }

    private @Nullable Claims read(String token) {
        TokenText text = TokenText.of(token);
        if (text == null || !ring.get().ids().contains(text.keyId()) || !signed(token)) {
            return null;
        }
        return claims(text.payload());
    }

    private boolean signed(String token) {
        try {
            return SignedJwt.parseToken(token)
                    .verifySignature(ring.get().verifiers())
                    .isValid();
        } catch (RuntimeException refused) {
            // of any kind, and with the token in its message: the caller is told no and nothing is logged
            return false;
        }
    }

    private @Nullable Claims claims(JsonNode payload) {
        UUID id = uuid(payload.path("jti"));
        UUID account = uuid(payload.path("sub"));
        UUID session = uuid(payload.path("sid"));
        Role role = role(payload.path("role"));
        Instant issued = second(payload.path("iat"));
        Instant expires = second(payload.path("exp"));
        Instant notBefore = payload.has("nbf") ? second(payload.path("nbf")) : issued;
        if (id == null
                || account == null
                || session == null
                || role == null
                || issued == null
                || expires == null
                || notBefore == null
                || !ISSUER.equals(payload.path("iss").textValue())
                || !AUDIENCE.equals(payload.path("aud").textValue())) {
            return null;
        }
        Instant latest = clock.instant().plus(LEEWAY);
        boolean timely = !issued.isAfter(latest)
                && !notBefore.isAfter(latest)
                && expires.isAfter(issued)
                && !expires.isAfter(issued.plus(LIFE));
        return timely ? new Claims(id, account, session, role, issued, expires) : null;
    }

    private static @Nullable UUID uuid(JsonNode claim) {
        String text = claim.textValue();
        if (text == null || text.length() != 36) {
            return null;
        }
        try {
            UUID uuid = UUID.fromString(text);
            return uuid.toString().equals(text) ? uuid : null;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static @Nullable Role role(JsonNode claim) {
        return switch (String.valueOf(claim.textValue())) {
            case "user" -> Role.USER;
            case "admin" -> Role.ADMIN;
            default -> null;
        };
    }

    private static @Nullable Instant second(JsonNode claim) {
        boolean whole = claim.isIntegralNumber() && claim.canConvertToLong();
        long second = whole ? claim.longValue() : -1;
        return second < 0 || second > LAST_SECOND ? null : Instant.ofEpochSecond(second);
    }

    private static byte[] sign(SigningKey signer, String text) {
        try {
            var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(signer.privateKey());
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return signature.sign();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK signs with P-256", impossible);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The keys, and the library's view of them, built once because that is dear. */
    private record Ring(KeyRing keys, Set<String> ids, JwkKeys verifiers) {
        static Ring of(KeyRing keys) {
            var verifiers = JwkKeys.builder();
            for (SigningKey key : keys.all()) {
                verifiers.addKey(JwkEC.builder()
                        .keyId(key.id())
                        .algorithm(JwkEC.ALG_ES256)
                        .publicKey(key.publicKey())
                        .build());
            }
            return new Ring(
                    keys,
                    keys.all().stream().map(SigningKey::id).collect(Collectors.toUnmodifiableSet()),
                    verifiers.build());
        }
    }
}
