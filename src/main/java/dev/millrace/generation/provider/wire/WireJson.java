package dev.millrace.generation.provider.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** JSON as vendors write it: read with patience, unlike what our own clients send. */
public final class WireJson {
    /** More than this of anything is no count but a fault of who counted. */
    private static final BigDecimal MOST = BigDecimal.valueOf(10_000_000_000L);

    private static final int LONGEST_TEXT = 64 << 20;
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .recyclerPool(JsonRecyclerPools.sharedBoundedPool())
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(100)
                            .maxStringLength(LONGEST_TEXT)
                            .build())
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .build();

    private static final ObjectReader WHOLE = MAPPER.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private WireJson() {}

    /** Null when it is no JSON. */
    public static @Nullable JsonNode read(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException broken) {
            return null;
        }
    }

    /** Null when it is no JSON, or when something follows it. */
    public static @Nullable JsonNode whole(String text) {
        try {
            return WHOLE.readTree(text);
        } catch (JsonProcessingException broken) {
            return null;
        }
    }

    /** A text member, null when it is missing, empty or something else. */
    public static @Nullable String text(@Nullable JsonNode node, String member) {
        JsonNode value = node == null ? null : node.get(member);
        return value == null || !value.isTextual() || value.textValue().isEmpty() ? null : value.textValue();
    }

    /** A number that counts something: null when it is missing, negative, or not a number at all. */
    public static @Nullable BigDecimal count(@Nullable JsonNode node, String member) {
        JsonNode value = node == null ? null : node.get(member);
        if (value == null || !value.isNumber() || !Double.isFinite(value.doubleValue())) {
            return null;
        }
        BigDecimal number = value.decimalValue();
        return number.signum() < 0 || number.compareTo(MOST) > 0 ? null : number;
    }
}
