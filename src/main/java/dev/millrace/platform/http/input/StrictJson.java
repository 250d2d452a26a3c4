package dev.millrace.platform.http.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Bytes from outside to a tree whose every part is fit to be used: the parser alone would let through repeated keys (the last one
 * wins), halves of characters, NULs and numbers that fill the memory once somebody computes with them.
 */
final class StrictJson {
    private static final int MEMBERS = 1000;
    private static final int VALUES = 50_000;
    private static final int DIGITS = 100;
    private static final int NAME = 256;
    private static final int EXPONENT = 400;
    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Its own limits lie beyond ours, so that ours answer, with a pointer. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.sharedBoundedPool())
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Json.DEPTH + 8)
                    .maxNumberLength(1000)
                    .build())
            .build();

    private final JsonParser parser;
    private final int longestText;
    private int values;

    private StrictJson(JsonParser parser, int longestText) {
        this.parser = parser;
        this.longestText = longestText;
    }

    /** The tree, or INVALID_REQUEST with the first fault. */
    static JsonNode read(byte[] bytes) {
        return read(bytes, Json.TEXT);
    }

    /** The same with texts of at most so many characters. */
    static JsonNode read(byte[] bytes, int longestText) {
        if (bytes.length == 0) {
            throw fault("", "required", "a JSON body is needed");
        }
        String text = decode(bytes);
        try (JsonParser parser = FACTORY.createParser(text)) {
            return new StrictJson(parser, longestText).document();
        } catch (JsonProcessingException malformed) {
            var at = malformed.getLocation();
            String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw fault("", "invalid_text", "not well-formed JSON" + where);
        } catch (IOException impossible) {
            throw new UncheckedIOException("reading from memory", impossible);
        }
    }

    private static String decode(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (text.startsWith("\ufeff")) {
                throw fault("", "invalid_text", "must not begin with a byte order mark");
            }
            return text;
        } catch (CharacterCodingException malformed) {
            throw fault("", "invalid_text", "must be valid UTF-8");
        }
    }

    private JsonNode document() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw fault("", "required", "a JSON body is needed");
        }
        JsonNode tree = value(first, "", 0);
        if (parser.nextToken() != null) {
            throw fault("", "invalid_text", "something follows the end of the JSON text");
        }
        return tree;
    }

    private JsonNode value(JsonToken token, String pointer, int depth) throws IOException {
        if (++values > VALUES) {
            throw fault(pointer, "out_of_range", "more than " + VALUES + " values");
        }
        return switch (token) {
            case START_OBJECT -> object(pointer, deeper(pointer, depth));
            case START_ARRAY -> array(pointer, deeper(pointer, depth));
            case VALUE_STRING -> NODES.textNode(text(pointer));
            case VALUE_NUMBER_INT -> whole(pointer);
            case VALUE_NUMBER_FLOAT -> decimal(pointer);
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case END_ARRAY, END_OBJECT, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                throw new IllegalStateException("no value begins with " + token);
        };
    }

    private ObjectNode object(String pointer, int depth) throws IOException {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (name.length() > NAME || !Texts.wellFormed(name)) {
                throw fault(pointer, "invalid_text", "a name is too long or not well-formed text");
            }
            String child = Pointers.child(pointer, name);
            if (object.has(name)) {
                throw fault(child, "duplicate_key", "given twice");
            }
            if (object.size() == MEMBERS) {
                throw fault(pointer, "out_of_range", "more than " + MEMBERS + " members");
            }
            object.set(name, value(parser.nextToken(), child, depth));
        }
        return object;
    }

    private ArrayNode array(String pointer, int depth) throws IOException {
        ArrayNode array = NODES.arrayNode();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            array.add(value(token, Pointers.child(pointer, array.size()), depth));
        }
        return array;
    }

    private static int deeper(String pointer, int depth) {
        if (depth == Json.DEPTH) {
            throw fault(pointer, "out_of_range", "nested deeper than " + Json.DEPTH + " levels");
        }
        return depth + 1;
    }

    private String text(String pointer) throws IOException {
        String text = parser.getText();
        if (text.length() > longestText) {
            throw fault(pointer, "out_of_range", "longer than " + longestText + " characters");
        }
        if (!Texts.wellFormed(text)) {
            throw fault(pointer, "invalid_text", "holds a NUL or half of a surrogate pair");
        }
        return text;
    }

    private JsonNode whole(String pointer) throws IOException {
        String digits = parser.getText();
        if (digits.length() > DIGITS || digits.equals("-0")) {
            throw fault(pointer, "out_of_range", "not a number that is taken here");
        }
        var value = new BigInteger(digits);
        boolean fits = value.compareTo(LONG_MIN) >= 0 && value.compareTo(LONG_MAX) <= 0;
        return fits ? NODES.numberNode(value.longValueExact()) : NODES.numberNode(value);
    }

    private JsonNode decimal(String pointer) throws IOException {
        String digits = parser.getText();
        if (digits.length() > DIGITS || exponent(digits) > EXPONENT) {
            throw fault(pointer, "out_of_range", "not a number that is taken here");
        }
        // not by the factory, which would drop trailing zeros
        return DecimalNode.valueOf(new BigDecimal(digits));
    }

    private static long exponent(String digits) {
        int e = Math.max(digits.indexOf('e'), digits.indexOf('E'));
        return e < 0 ? 0 : Math.abs(Long.parseLong(digits.substring(e + 1, Math.min(digits.length(), e + 12))));
    }

    private static Problem fault(String pointer, String code, String detail) {
        return Problem.of(ProblemType.INVALID_REQUEST, "The body is not right: " + detail + ".")
                .at(pointer, code, detail);
    }
}
