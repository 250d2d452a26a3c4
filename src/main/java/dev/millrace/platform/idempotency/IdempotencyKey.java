package dev.millrace.platform.idempotency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.platform.Sha256;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A key as a client chose it, and what it was sent with.
 *
 * @param fingerprint SHA-256 of what was called and the body, of JSON whatever the order of its members and the space between them
 * @param verbatim the same of the body as it came, which is what was kept of calls before
 */
@SuppressWarnings("ArrayRecordComponent") // compared with MessageDigest.isEqual alone
public record IdempotencyKey(String text, byte[] fingerprint, byte[] verbatim) {
    private static final int LONGEST = 255;

    /**
     * The key of a call, nothing when none was sent. Quotes around it are the structured-field form of the same key.
     *
     * @param header the value of {@code Idempotency-Key}
     * @param call method and path
     * @throws Problem INVALID_REQUEST when it is not 1 to 255 visible ASCII characters
     */
    public static @Nullable IdempotencyKey of(@Nullable String header, String call, byte[] body) {
        if (header == null) {
            return null;
        }
        String key = bare(header.strip());
        if (key.isEmpty() || key.length() > LONGEST || !key.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw Problem.of(
                            ProblemType.INVALID_REQUEST,
                            "The Idempotency-Key must be 1 to " + LONGEST + " visible ASCII characters.")
                    .at("Idempotency-Key", "out_of_range", "must be 1 to " + LONGEST + " visible ASCII characters");
        }
        return new IdempotencyKey(key, fingerprint(call, plain(body)), fingerprint(call, body));
    }

    /**
     * Has the key stand for one call alone.
     *
     * @param before the fingerprint of the call it was sent with first
     * @throws Problem IDEMPOTENCY_MISMATCH when that was another call
     */
    public void requireSame(byte[] before) {
        if (!MessageDigest.isEqual(before, fingerprint) && !MessageDigest.isEqual(before, verbatim)) {
            throw Problem.of(
                    ProblemType.IDEMPOTENCY_MISMATCH,
                    "This Idempotency-Key was used for another request; use a new key for a new request.");
        }
    }

    private static String bare(String header) {
        boolean quoted = header.length() >= 2 && header.startsWith("\"") && header.endsWith("\"");
        return quoted ? header.substring(1, header.length() - 1) : header;
    }

    /** JSON with the members of each object by name, and numbers as they were written; anything else as it is. */
    private static byte[] plain(byte[] body) {
        try {
            return sorted(Json.MAPPER.readTree(body)).toString().getBytes(StandardCharsets.UTF_8);
        } catch (IOException | UncheckedIOException noJson) {
            return body;
        }
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isObject()) {
            var members = new TreeMap<String, JsonNode>();
            node.properties().forEach(member -> members.put(member.getKey(), sorted(member.getValue())));
            return new ObjectNode(JsonNodeFactory.instance, new LinkedHashMap<>(members));
        }
        if (node.isArray()) {
            var elements = JsonNodeFactory.instance.arrayNode(node.size());
            node.forEach(element -> elements.add(sorted(element)));
            return elements;
        }
        return node;
    }

    private static byte[] fingerprint(String call, byte[] body) {
        return Sha256.of(call.getBytes(StandardCharsets.UTF_8), new byte[1], body);
    }
}
