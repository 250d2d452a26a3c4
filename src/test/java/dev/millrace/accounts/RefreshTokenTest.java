package dev.millrace.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RefreshTokenTest {
    private static final byte[] KEY = "a key that only this test knows.".getBytes(StandardCharsets.UTF_8);

    @Test
    void everyTokenHasExactlyOneChild() {
        RefreshToken parent = RefreshToken.random();

        assertThat(parent.child(KEY)).isEqualTo(parent.child(KEY)).isNotEqualTo(parent);
        assertThat(parent.child(KEY)).isNotEqualTo(RefreshToken.random().child(KEY));
        assertThat(parent.child(KEY).child(KEY)).isNotEqualTo(parent.child(KEY));
    }

    @Test
    void theChildNeedsTheKey() {
        RefreshToken parent = RefreshToken.random();

        assertThat(parent.child(KEY)).isNotEqualTo(parent.child(new byte[32]));
    }

    @Test
    void onlyWhatIsShapedLikeOneIsLookedUp() {
        String good = RefreshToken.random().text();

        assertThat(RefreshToken.of(good)).isNotNull();
        assertThat(RefreshToken.of("")).isNull();
        assertThat(RefreshToken.of(good + "A")).isNull();
        assertThat(RefreshToken.of(good.substring(1) + "=")).isNull();
        assertThat(RefreshToken.of(good.substring(1) + "\u0131")).isNull();
        assertThat(RefreshToken.of("a".repeat(1 << 20))).isNull();
    }

    @Test
    void aTokenDoesNotShowItselfInLogs() {
        RefreshToken token = RefreshToken.random();

        assertThat(token.toString()).doesNotContain(token.text());
    }
}
