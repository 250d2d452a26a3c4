package dev.millrace.accounts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.platform.json.Json;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The outside of a token, judged before any library sees it: one spelling of three parts, one kind of header, JSON without
 * doubles. A second spelling of a good token would pass by whatever remembers tokens by their text.
 */
record TokenText(String keyId, JsonNode payload) {
    private static final int LONGEST = 8 * 1024;
    private static final int SIGNATURE = 64;
    private static final Set<String> HEADER = Set.of("alg", "kid", "typ");

    /** The parts of a well-formed token, or nothing. */
    static @Nullable TokenText of(String token) {
        if (token.length() > LONGEST) {
            return null;
        }
        List<String> parts = List.of(token.split("\\.", -1));
        if (parts.size() != 3) {
            return null;
        }
        JsonNode header = object(bytes(parts.get(0)));
        JsonNode payload = object(bytes(parts.get(1)));
        byte[] signature = bytes(parts.get(2));
        if (header == null || payload == null || signature == null || signature.length != SIGNATURE) {
            return null;
        }
        String keyId = header.path("kid").textValue();
        boolean ours = names(header).equals(HEADER)
                && keyId != null
                && "ES256".equals(header.path("alg").textValue())
                && "at+jwt".equals(header.path("typ").textValue());
        return ours ? new TokenText(keyId, payload) : null;
    }

    /** Base64url without padding, and only as an encoder writes it: the last letter has unused bits that must be zero. */
    private static byte @Nullable [] bytes(String part) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(part);
            boolean canonical = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(bytes)
                    .equals(part);
            return canonical && bytes.length > 0 ? bytes : null;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private static @Nullable JsonNode object(byte @Nullable [] json) {
        if (json == null) {
            return null;
        }
        try {
            return Json.MAPPER.readTree(json) instanceof ObjectNode object ? object : null;
        } catch (IOException malformed) {
            return null;
        }
    }

    private static Set<String> names(JsonNode object) {
        var names = new TreeSet<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
