package dev.millrace.media.delivery;

import java.nio.charset.StandardCharsets;

/** {@code Content-Disposition: attachment} with the name of a file (RFC 6266): plain for old clients, exact for the others. */
final class Disposition {
    private static final String PLAIN = "!#$&+.^_`|~-";

    private Disposition() {}

    static String attachment(String filename) {
        var plain = new StringBuilder();
        var exact = new StringBuilder();
        filename.codePoints().forEach(c -> plain.append(harmless(c) ? Character.toString(c) : "_"));
        for (byte b : filename.getBytes(StandardCharsets.UTF_8)) {
            if (alphanumeric(b) || b > 0 && PLAIN.indexOf(b) >= 0) {
                exact.append((char) b);
            } else {
                exact.append('%').append(hex(b >> 4)).append(hex(b));
            }
        }
        return "attachment; filename=\"" + plain + "\"; filename*=UTF-8''" + exact;
    }

    /** Some clients take a percent sign for an escape, and a quote or backslash for the end. */
    private static boolean harmless(int c) {
        return c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '%' && c != '/';
    }

    private static boolean alphanumeric(int b) {
        return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z';
    }

    private static char hex(int value) {
        return "0123456789ABCDEF".charAt(value & 0xf);
    }
}
