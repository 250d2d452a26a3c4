package dev.millrace.platform.http.socket;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.stream.Stream;

/** The opening handshake, as the server has to judge it (RFC 6455, 4.2). */
final class Handshake {
    static final HeaderName VERSION = HeaderNames.create("Sec-WebSocket-Version");
    static final HeaderName ACCEPT = HeaderNames.create("Sec-WebSocket-Accept");

    private static final HeaderName KEY = HeaderNames.create("Sec-WebSocket-Key");
    private static final String SUPPORTED = "13";

    /** RFC 6455, 1.3: what every server appends to the key. */
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private Handshake() {}

    /** What proves to the client that we understood; refuses what is no handshake of version 13. */
    static String accept(String method, Headers headers) {
        if (!method.equals("GET")
                || !lists(headers, HeaderNames.UPGRADE, "websocket")
                || !lists(headers, HeaderNames.CONNECTION, "upgrade")) {
            throw refusal("This address speaks WebSocket: send Connection: Upgrade and Upgrade: websocket.");
        }
        if (!headers.first(VERSION).orElse("").strip().equals(SUPPORTED)) {
            throw refusal("Only version 13 of WebSocket is spoken here.");
        }
        String key = headers.contains(KEY) && headers.get(KEY).valueCount() == 1
                ? headers.get(KEY).get().strip()
                : "";
        if (!isKey(key)) {
            throw refusal("Sec-WebSocket-Key must be 16 bytes in base64.");
        }
        return Base64.getEncoder().encodeToString(sha1(key + MAGIC));
    }

    private static boolean lists(Headers headers, HeaderName name, String token) {
        return headers.contains(name)
                && headers.get(name).allValues().stream()
                        .flatMap(value -> Stream.of(value.split(",", -1)))
                        .anyMatch(
                                value -> value.strip().toLowerCase(Locale.ROOT).equals(token));
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == 16;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static byte[] sha1(String text) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-1", impossible);
        }
    }

    private static Problem refusal(String detail) {
        return Problem.of(ProblemType.INVALID_REQUEST, detail);
    }
}
