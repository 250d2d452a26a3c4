package dev.millrace.generation.provider;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.platform.json.Json;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The options of one generation, judged by its model and completed with the model's defaults.
 *
 * <p>Values are {@link BigDecimal}, {@link String}, {@link Boolean} or a list of strings. An option that the model has no
 * default for and the client did not send is absent.
 */
public record GenerationOptions(@JsonValue Map<String, Object> values) {
    private static final TypeReference<Map<String, Object>> WRITTEN = new TypeReference<>() {};

    public static final GenerationOptions NONE = new GenerationOptions(Map.of());

    @JsonCreator
    public GenerationOptions {
        var sorted = new TreeMap<String, Object>();
        values.forEach((name, value) -> sorted.put(name, plain(value)));
        values = java.util.Collections.unmodifiableMap(sorted);
    }

    /** Reads what was written of them before. */
    public static GenerationOptions read(String json) {
        try {
            return new GenerationOptions(Json.MAPPER.readValue(json, WRITTEN));
        } catch (JsonProcessingException defect) {
            throw new UncheckedIOException(defect);
        }
    }

    /** The same with this one set. */
    public GenerationOptions with(String name, Object value) {
        var more = new TreeMap<>(values);
        more.put(name, value);
        return new GenerationOptions(more);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public @Nullable BigDecimal number(String name) {
        return values.get(name) instanceof BigDecimal number ? number : null;
    }

    /** A whole number, or {@code otherwise} when the option is absent. */
    public long whole(String name, long otherwise) {
        return values.get(name) instanceof BigDecimal number ? number.longValueExact() : otherwise;
    }

    public double decimal(String name, double otherwise) {
        return values.get(name) instanceof BigDecimal number ? number.doubleValue() : otherwise;
    }

    public boolean flag(String name) {
        return Boolean.TRUE.equals(values.get(name));
    }

    public List<String> texts(String name) {
        return switch (values.get(name)) {
            case String one -> List.of(one);
            case List<?> many -> many.stream().map(String::valueOf).toList();
            case null, default -> List.of();
        };
    }

    /** Numbers become decimals however a JSON reader made them, so that equal options are equal records. */
    private static Object plain(Object value) {
        return switch (value) {
            case BigDecimal number -> normal(number);
            case Number number -> normal(new BigDecimal(number.toString()));
            case List<?> many -> List.copyOf(many);
            default -> value;
        };
    }

    private static BigDecimal normal(BigDecimal number) {
        BigDecimal bare = number.stripTrailingZeros();
        return bare.scale() < 0 ? bare.setScale(0) : bare;
    }
}
