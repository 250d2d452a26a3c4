package dev.millrace.media.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.platform.Ids;
import dev.millrace.platform.Keys;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SignaturesTest {
    private static final Keys KEYS =
            new Keys("a secret of at least thirty-two bytes".getBytes(StandardCharsets.US_ASCII));
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final UUID ASSET = Ids.next();

    @Test
    void anAddressStaysTheSameForAnHourAndGoodForTwelve() {
        String token = at(NOON.plusSeconds(1)).sign(ASSET);

        assertThat(at(NOON.plusSeconds(3600)).sign(ASSET)).isEqualTo(token);
        assertThat(at(NOON.plusSeconds(3601)).sign(ASSET)).isNotEqualTo(token);
        assertThat(at(NOON.plusSeconds(1)).check(ASSET, token)).isEqualTo(Duration.ofSeconds(13 * 3600 - 1));
        assertThat(at(NOON.plusSeconds(3600)).check(ASSET, token)).isEqualTo(Duration.ofHours(12));
    }

    @Test
    void anAddressExpires() {
        String token = at(NOON).sign(ASSET);
        Instant end = NOON.plus(Signatures.LIFE);

        assertThat(at(end.minusMillis(1)).check(ASSET, token)).isPositive();
        refused(at(end), ASSET, token, "expired");
    }

    @Test
    void anythingAlteredIsRefused() {
        Signatures signatures = at(NOON);
        String token = signatures.sign(ASSET);
        String expiry = token.substring(0, token.indexOf('.'));
        String seal = token.substring(token.indexOf('.') + 1);
        long later = Long.parseLong(expiry) + 3600;

        refused(signatures, Ids.next(), token, "not given out");
        for (String forged : List.of(
                "",
                ".",
                expiry,
                expiry + ".",
                later + "." + seal,
                "0" + expiry + "." + seal,
                "+" + expiry + "." + seal,
                "99999999999999999999." + seal,
                "-1." + seal,
                expiry + "." + seal + "=",
                expiry + "." + seal.substring(1),
                expiry + "." + seal + "A",
                expiry + "." + "A".repeat(22),
                expiry + "..",
                token + "." + seal,
                expiry + "." + otherEnding(seal),
                expiry + "." + seal.toLowerCase(java.util.Locale.ROOT),
                token.replace('.', '\u0660'))) {
            refused(signatures, ASSET, forged, "not given out");
        }
        assertThat(new Signatures(new Keys(new byte[32]), InstantSource.fixed(NOON)).sign(ASSET))
                .as("by another secret")
                .isNotEqualTo(token);
    }

    /** 22 letters hold 132 bits for 128: the last one could be written in four ways. */
    private static String otherEnding(String seal) {
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        int last = letters.indexOf(seal.charAt(21));
        return seal.substring(0, 21) + letters.charAt(last ^ 1);
    }

    private static Signatures at(Instant now) {
        return new Signatures(KEYS, InstantSource.fixed(now));
    }

    private static void refused(Signatures signatures, UUID asset, String token, String because) {
        assertThatThrownBy(() -> signatures.check(asset, token))
                .as(token)
                .isInstanceOfSatisfying(Problem.class, problem -> {
                    assertThat(problem.type()).isEqualTo(ProblemType.FORBIDDEN);
                    assertThat(problem.detail()).contains(because);
                });
    }
}
