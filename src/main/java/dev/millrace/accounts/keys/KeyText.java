package dev.millrace.accounts.keys;

import dev.millrace.platform.Keys;
import dev.millrace.platform.Sha256;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An API key as its holder has it: {@code mr_} and 256 bits in letters and digits, which a double click selects whole. */
record KeyText(String text) {
    static final String PREFIX = "mr_";

    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final BigInteger BASE = BigInteger.valueOf(DIGITS.length());
    private static final int LETTERS = 43;
    private static final int SHOWN = 4;

    /**
     * The secret of the key with this id. Derived, not drawn, so that a call that is sent again is told the same secret although
     * nobody stored it.
     */
    static KeyText of(byte[] house, UUID id) {
        byte[] name = ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        var text = new StringBuilder(LETTERS);
        BigInteger rest = new BigInteger(1, Keys.hmac(house, name));
        for (int i = 0; i < LETTERS; i++) {
            BigInteger[] parts = rest.divideAndRemainder(BASE);
            text.append(DIGITS.charAt(parts[1].intValue()));
            rest = parts[0];
        }
        return new KeyText(PREFIX + text);
    }

    /** The key with this text, or nothing when it cannot be one. */
    static @Nullable KeyText read(String text) {
        boolean shaped = text.length() == PREFIX.length() + LETTERS
                && text.startsWith(PREFIX)
                && text.chars().skip(PREFIX.length()).allMatch(c -> DIGITS.indexOf(c) >= 0);
        return shaped ? new KeyText(text) : null;
    }

    /** What may be stored and compared in its place: SHA-256, for 256 random bits need no slow hash. */
    byte[] hash() {
        return Sha256.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** The last letters, by which its owner tells it from others. */
    String hint() {
        return text.substring(text.length() - SHOWN);
    }

    @Override
    public String toString() {
        return "KeyText ***";
    }
}
