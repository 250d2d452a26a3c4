package dev.millrace.platform.http.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Reads addresses that must be literal: a name in their place must never reach a name server. */
public final class Addresses {
    private Addresses() {}

    /** Four or sixteen bytes, or nothing when the text is no literal address. */
    static byte @Nullable [] literal(String text) {
        boolean six = text.indexOf(':') >= 0;
        if (text.length() > 45 || !(six ? sixShaped(text) : fourShaped(text))) {
            return null;
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException malformed) {
            return null;
        }
    }

    /** The address, or nothing when the text is no literal address. */
    public static @Nullable InetAddress address(String text) {
        byte[] bytes = literal(text);
        return bytes == null ? null : of(bytes);
    }

    /** Of four or sixteen bytes; an IPv4 address written as IPv6 is one of IPv4. */
    public static InetAddress of(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static boolean sixShaped(String text) {
        return text.chars().allMatch(c -> (Character.digit(c, 16) >= 0 && c < 128) || c == ':' || c == '.');
    }

    /** Exactly four decimal numbers without leading zeros, so that nobody reads it as octal or as one number. */
    private static boolean fourShaped(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return false;
        }
        for (String part : parts) {
            boolean digits =
                    !part.isEmpty() && part.length() <= 3 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!digits || (part.length() > 1 && part.startsWith("0")) || Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return true;
    }
}
