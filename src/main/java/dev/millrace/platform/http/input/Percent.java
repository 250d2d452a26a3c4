package dev.millrace.platform.http.input;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Percent-encoded text, decoded strictly. */
public final class Percent {
    private Percent() {}

    /** The text, or nothing when it is not well-formed UTF-8 or holds control characters. */
    public static @Nullable String decode(String raw) {
        return decode(raw, false);
    }

    /** The same for a value of a query, where a plus sign stands for a space. */
    public static @Nullable String decodeQuery(String raw) {
        return decode(raw, true);
    }

    private static @Nullable String decode(String raw, boolean plusIsSpace) {
        if (plain(raw, plusIsSpace)) {
            return raw;
        }
        var bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                int value = i + 2 <= raw.length() - 1 ? hex(raw.charAt(i + 1)) << 4 | hex(raw.charAt(i + 2)) : -1;
                if (value < 0) {
                    return null;
                }
                bytes.write(value);
                i += 2;
            } else if (c >= 0x80) {
                return null;
            } else {
                bytes.write(c == '+' && plusIsSpace ? ' ' : c);
            }
        }
        return text(bytes.toByteArray());
    }

    private static @Nullable String text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.chars().anyMatch(Character::isISOControl) ? null : text;
        } catch (CharacterCodingException malformed) {
            return null;
        }
    }

    private static boolean plain(String raw, boolean plusIsSpace) {
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%' || c < 0x20 || c >= 0x7f || (c == '+' && plusIsSpace)) {
                return false;
            }
        }
        return true;
    }

    /** Negative for what is no hexadecimal digit, and so negative when shifted and joined. */
    private static int hex(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }
}
