package dev.millrace.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.platform.Keys;
import dev.millrace.platform.http.Role;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the wrapper around the library lets through: our own tokens, and no other text in the world. */
class TokensTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final long SECOND = NOW.getEpochSecond();
    private static final UUID ACCOUNT = UUID.fromString("0195a1b2-0000-7000-8000-000000000001");
    private static final UUID SESSION = UUID.fromString("0195a1b2-0000-7000-8000-000000000002");
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    // of this thread alone: the clock would measure what else the machine does
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private final SigningKey key = Forge.key("k1");
    private final SigningKey stranger = Forge.key("k1");
    private Instant now = NOW;
    private final Tokens tokens = new Tokens(new KeyRing(key, List.of(key)), (InstantSource) () -> now);

    private final String header = "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}";
    private final String payload = payload(Map.of());

    @Test
    void ourOwnTokenIsRead() {
        Claims claims = tokens.verify(tokens.issue(ACCOUNT, SESSION, Role.ADMIN));

        assertThat(claims.account()).isEqualTo(ACCOUNT);
        assertThat(claims.session()).isEqualTo(SESSION);
        assertThat(claims.role()).isEqualTo(Role.ADMIN);
        assertThat(claims.expiresAt()).isEqualTo(NOW.plus(Duration.ofMinutes(15)));
    }

    @Test
    void whatTheForgeMakesIsGoodUnlessItIsSpoiled() {
        assertThat(tokens.verify(Forge.token(key, header, payload)).account()).isEqualTo(ACCOUNT);
    }

    @TestFactory
    Stream<DynamicTest> everythingElseIsRefused() {
        return bad().entrySet().stream()
                .map(bad -> DynamicTest.dynamicTest(bad.getKey(), () -> refused(bad.getValue())));
    }

    @Test
    void theTableIsLong() {
        assertThat(bad()).hasSizeGreaterThan(55);
    }

    @Test
    void noOtherSpellingOfAGoodTokenIsTaken() {
        String good = tokens.issue(ACCOUNT, SESSION, Role.USER);
        tokens.verify(good);
        String stem = good.substring(0, good.length() - 1);

        for (int i = 0; i < ALPHABET.length(); i++) {
            char last = ALPHABET.charAt(i);
            if (last != good.charAt(good.length() - 1)) {
                refused(stem + last);
            }
        }
        refused(good + "==");
        refused(good + "=");
    }

    @Test
    void aTokenExpiresHalfAMinuteAfterItSaysSo() {
        String token = tokens.issue(ACCOUNT, SESSION, Role.USER);
        now = NOW.plus(Tokens.LIFE).plus(Tokens.LEEWAY).minusSeconds(1);
        tokens.verify(token);

        now = now.plusSeconds(1);

        assertThat(problem(token).type()).isEqualTo(ProblemType.TOKEN_EXPIRED);
        assertThat(problem(Forge.token(key, header, payload)).type()).isEqualTo(ProblemType.TOKEN_EXPIRED);
    }

    @Test
    void aNewKeySignsWhileTheOldOneStillVerifiesUntilItIsGone() {
        String old = tokens.issue(ACCOUNT, SESSION, Role.USER);
        SigningKey next = Forge.key("k2");
        tokens.use(new KeyRing(next, List.of(next, key)));
        String fresh = tokens.issue(ACCOUNT, SESSION, Role.USER);

        tokens.verify(old);
        tokens.verify(fresh);

        tokens.use(new KeyRing(next, List.of(next)));
        refused(Forge.token(key, header, payload));
        tokens.verify(fresh);
    }

    @Test
    void aRefusalIsQuickAndRepeatsNothingOfTheToken() {
        bad().values().forEach(token -> {
            long begin = CPU.getCurrentThreadCpuTime();
            Problem refusal = problem(token);
            assertThat(Duration.ofNanos(CPU.getCurrentThreadCpuTime() - begin)).isLessThan(Duration.ofMillis(100));
            assertThat(refusal.detail()).isEqualTo("The access token is not valid.");
        });
    }

    @Test
    void keysAreShownInTheFormOthersRead() {
        SigningKey.Jwk jwk = key.jwk();

        assertThat(Base64.getUrlDecoder().decode(jwk.x())).hasSize(32);
        assertThat(Base64.getUrlDecoder().decode(jwk.y())).hasSize(32);
        assertThat(jwk.kid()).isEqualTo("k1");
        assertThat(key.toString()).isEqualTo("SigningKey k1");
    }

    private Map<String, String> bad() {
        var bad = new LinkedHashMap<String, String>();
        shapes(bad);
        headers(bad);
        claims(bad);
        return bad;
    }

    private void shapes(Map<String, String> bad) {
        String good = Forge.token(key, header, payload);
        String[] parts = good.split("\\.", -1);
        bad.put("nothing", "");
        bad.put("dots", "..");
        bad.put("one part", "abc");
        bad.put("two parts", parts[0] + "." + parts[1]);
        bad.put("four parts", good + ".x");
        bad.put("no signature", parts[0] + "." + parts[1] + ".");
        bad.put("trailing space", good + " ");
        bad.put("leading space", " " + good);
        bad.put("line break inside", parts[0] + ".\n" + parts[1] + "." + parts[2]);
        bad.put("padding in the header", parts[0] + "=." + parts[1] + "." + parts[2]);
        bad.put("standard base64", good.replace('-', '+').replace('_', '/') + "+/");
        bad.put("letters from elsewhere", parts[0] + "." + parts[1] + "." + "\u0131".repeat(86));
        bad.put("a NUL", good + "\0");
        bad.put("a lone surrogate", good + "\ud800");
        bad.put("too long", parts[0] + "." + Forge.base64(" ".repeat(8 * 1024) + payload) + "." + parts[2]);
        bad.put("a mebibyte", "a".repeat(1 << 20));
        bad.put(
                "a changed payload",
                parts[0] + "." + Forge.base64(payload(Map.of("role", "\"admin\""))) + "." + parts[2]);
        bad.put("a signature cut short", good.substring(0, good.length() - 4));
        bad.put("a signature of zeros", parts[0] + "." + parts[1] + "." + Forge.base64(new byte[64]));
        bad.put("a signature of another key", Forge.token(stranger, header, payload));
        byte[] der = Forge.sign(key.privateKey(), "SHA256withECDSA", parts[0] + "." + parts[1]);
        bad.put("a signature in DER", parts[0] + "." + parts[1] + "." + Forge.base64(der));
        bad.put("five parts, as encrypted tokens have", good + ".a.b");
    }

    private void headers(Map<String, String> bad) {
        for (String none : List.of("none", "NoNe", "NONE", "es256", "ES384", "RS512", "HS256", "ES256K", "")) {
            bad.put("alg " + none, Forge.token(key, header.replace("ES256", none), payload));
            bad.put("alg " + none + " without signature", unsigned(header.replace("ES256", none)));
        }
        bad.put("alg missing", Forge.token(key, "{\"kid\":\"k1\",\"typ\":\"at+jwt\"}", payload));
        bad.put("alg null", Forge.token(key, header.replace("\"ES256\"", "null"), payload));
        bad.put("alg a number", Forge.token(key, header.replace("\"ES256\"", "256"), payload));
        bad.put("HS256 keyed with the public key, DER", hmac(key.publicKey().getEncoded()));
        bad.put("HS256 keyed with the public key, PEM", hmac(pem()));
        bad.put(
                "HS256 keyed with the public key, JWK",
                hmac(key.jwk().toString().getBytes(StandardCharsets.UTF_8)));
        bad.put("kid missing", Forge.token(key, "{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}", payload));
        bad.put("kid unknown", Forge.token(key, header.replace("k1", "k9"), payload));
        bad.put("kid a path", Forge.token(key, header.replace("k1", "../../dev/null"), payload));
        bad.put("kid a number", Forge.token(key, header.replace("\"k1\"", "1"), payload));
        for (String type : List.of("JWT", "jwt", "refresh", "id+jwt", "ticket", "AT+JWT", "")) {
            bad.put("typ " + type, Forge.token(key, header.replace("at+jwt", type), payload));
        }
        bad.put("typ missing", Forge.token(key, "{\"alg\":\"ES256\",\"kid\":\"k1\"}", payload));
        for (String extra : List.of(
                "\"crit\":[\"exp\"]",
                "\"b64\":false",
                "\"jku\":\"https://evil.example/keys\"",
                "\"x5u\":\"https://evil.example\"",
                "\"jwk\":{\"kty\":\"EC\"}",
                "\"x5c\":[\"AA==\"]",
                "\"zip\":\"DEF\"",
                "\"cty\":\"JWT\"")) {
            bad.put("header with " + extra, Forge.token(key, header.replace("}", "," + extra + "}"), payload));
        }
        bad.put("header key twice", Forge.token(key, header.replace("}", ",\"alg\":\"ES256\"}"), payload));
        bad.put("header an array", Forge.token(key, "[" + header + "]", payload));
        bad.put("header deep", Forge.token(key, "{\"alg\":" + "[".repeat(2000) + "]".repeat(2000) + "}", payload));
        bad.put("header with more behind it", Forge.token(key, header + "{}", payload));
        bad.put("header no JSON", Forge.token(key, "alg=ES256", payload));
    }

    private void claims(Map<String, String> bad) {
        for (String claim : List.of("iss", "aud", "sub", "sid", "jti", "role", "iat", "exp")) {
            bad.put(claim + " missing", forged(claim, null));
            bad.put(claim + " null", forged(claim, "null"));
            bad.put(claim + " an object", forged(claim, "{}"));
        }
        bad.put("iss another", forged("iss", "\"https://evil.example\""));
        bad.put("aud another", forged("aud", "\"another-api\""));
        bad.put("aud an array", forged("aud", "[\"millrace-api\"]"));
        bad.put("sub no uuid", forged("sub", "\"1\""));
        bad.put("sub a short uuid", forged("sub", "\"1-1-1-1-1\""));
        bad.put("sid in capitals", forged("sid", "\"0195A1B2-0000-7000-8000-000000000002\""));
        bad.put("role another", forged("role", "\"root\""));
        bad.put("exp a text", forged("exp", "\"" + (SECOND + 900) + "\""));
        bad.put("exp huge", forged("exp", "1e20"));
        bad.put("exp beyond long", forged("exp", "99999999999999999999"));
        bad.put("exp a fraction", forged("exp", (SECOND + 900) + ".5"));
        bad.put("exp negative", forged("exp", "-1"));
        bad.put("exp later than any token's", forged("exp", String.valueOf(SECOND + 86_400)));
        bad.put("exp before iat", forged("exp", String.valueOf(SECOND - 1)));
        bad.put("iat in the future", forged("iat", String.valueOf(SECOND + 31)));
        bad.put("nbf in the future", forged("nbf", String.valueOf(SECOND + 31)));
        bad.put("nbf a text", forged("nbf", "\"now\""));
        bad.put("claim twice", Forge.token(key, header, payload.replace("}", ",\"sub\":\"" + SESSION + "\"}")));
        bad.put("payload an array", Forge.token(key, header, "[" + payload + "]"));
        bad.put("payload a text", Forge.token(key, header, "\"" + ACCOUNT + "\""));
        bad.put("payload deep", Forge.token(key, header, "{\"a\":" + "[".repeat(2000) + "]".repeat(2000) + "}"));
        bad.put("payload with NaN", forged("exp", "NaN"));
        bad.put("payload in another encoding", parts(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}));
    }

    private String forged(String claim, @Nullable String json) {
        var changed = new LinkedHashMap<String, String>();
        changed.put(claim, json == null ? "" : json);
        return Forge.token(key, header, payload(changed));
    }

    private static String payload(Map<String, String> changed) {
        var claims = new LinkedHashMap<String, String>();
        claims.put("iss", "\"millrace\"");
        claims.put("aud", "\"millrace-api\"");
        claims.put("sub", "\"" + ACCOUNT + "\"");
        claims.put("sid", "\"" + SESSION + "\"");
        claims.put("jti", "\"0195a1b2-0000-7000-8000-000000000003\"");
        claims.put("role", "\"user\"");
        claims.put("iat", String.valueOf(SECOND));
        claims.put("exp", String.valueOf(SECOND + 900));
        claims.putAll(changed);
        var members = new ArrayList<String>();
        claims.forEach((name, json) -> {
            if (!json.isEmpty()) {
                members.add("\"" + name + "\":" + json);
            }
        });
        return "{" + String.join(",", members) + "}";
    }

    private String unsigned(String head) {
        return Forge.base64(head) + "." + Forge.base64(payload) + ".";
    }

    private String hmac(byte[] secret) {
        String signed = Forge.base64(header.replace("ES256", "HS256")) + "." + Forge.base64(payload);
        return signed + "." + Forge.base64(Keys.hmac(secret, signed.getBytes(StandardCharsets.US_ASCII)));
    }

    private byte[] pem() {
        String lines = Base64.getMimeEncoder().encodeToString(key.publicKey().getEncoded());
        return ("-----BEGIN PUBLIC KEY-----\n" + lines + "\n-----END PUBLIC KEY-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private String parts(byte[] body) {
        String signed = Forge.base64(header) + "." + Forge.base64(body);
        return signed + "." + Forge.base64(Forge.sign(key.privateKey(), "SHA256withECDSAinP1363Format", signed));
    }

    private void refused(String token) {
        assertThat(problem(token).type()).isEqualTo(ProblemType.INVALID_TOKEN);
    }

    private Problem problem(String token) {
        Problem refusal = catchThrowableOfType(Problem.class, () -> tokens.verify(token));
        assertThat(refusal).as("refusal of %s", token).isNotNull();
        return refusal;
    }
}
