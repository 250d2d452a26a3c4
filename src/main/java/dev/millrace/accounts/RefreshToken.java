package dev.millrace.accounts;

import dev.millrace.platform.Keys;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A refresh token as its holder has it: 256 bits that say nothing. We keep only its hash. */
record RefreshToken(String text) {
    private static final int BYTES = 32;
    private static final int LETTERS = 43;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** The first of a family. */
    static RefreshToken random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new RefreshToken(base64(bytes));
    }

    /** The token with this text, or nothing when it cannot be one. */
    static @Nullable RefreshToken of(String text) {
        boolean shaped = text.length() == LETTERS && text.chars().allMatch(RefreshToken::letter);
        return shaped ? new RefreshToken(text) : null;
    }

    /**
     * The one child of this token. Derived, not drawn, so that all who use the parent at the same time can be told the same child
     * although nobody remembers its text.
     */
    RefreshToken child(byte[] key) {
        return new RefreshToken(base64(Keys.hmac(key, ("rt" + text).getBytes(StandardCharsets.US_ASCII))));
    }

    TokenHash hash() {
        return TokenHash.of(text);
    }

    @Override
    public String toString() {
        return "RefreshToken ***";
    }

    private static boolean letter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
