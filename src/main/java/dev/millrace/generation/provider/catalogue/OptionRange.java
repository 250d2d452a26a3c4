package dev.millrace.generation.provider.catalogue;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an option may be.
 *
 * @param minimum of strings: how many at least
 * @param maximum of strings: how many at most
 * @param choices the only values, when there are such
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OptionRange(
        Type type,
        @Nullable BigDecimal minimum,
        @Nullable BigDecimal maximum,
        @Nullable BigDecimal multipleOf,
        @JsonProperty("default") @Nullable Object otherwise,
        @JsonProperty("enum") @Nullable List<Object> choices) {
    private static final int LONGEST_STRING = 256;

    public OptionRange {
        Objects.requireNonNull(type, "an option says its type");
    }

    /** The JSON type of an option. */
    public enum Type {
        INTEGER("a whole number"),
        NUMBER("a number"),
        BOOLEAN("true or false"),
        STRING("a string"),
        STRINGS("a string or a list of strings");

        private final String words;

        Type(String words) {
            this.words = words;
        }

        @com.fasterxml.jackson.annotation.JsonValue
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is wrong with the value; null when nothing is. */
    @Nullable
    Fault judge(Object value) {
        if (!typed(value)) {
            return new Fault("wrong_type", "must be " + type.words);
        }
        if (choices != null && choices.stream().noneMatch(choice -> same(choice, value))) {
            return new Fault("out_of_range", "must be one of " + choices);
        }
        return switch (type) {
            case INTEGER, NUMBER -> judgeNumber(new BigDecimal(value.toString()));
            case STRING, STRINGS -> judgeTexts(value instanceof List<?> many ? many : List.of(value));
            case BOOLEAN -> null;
        };
    }

    private boolean typed(Object value) {
        return switch (type) {
            case INTEGER -> value instanceof Integer || value instanceof Long || value instanceof BigInteger;
            case NUMBER -> value instanceof Number;
            case BOOLEAN -> value instanceof Boolean;
            case STRING -> value instanceof String;
            case STRINGS ->
                value instanceof String
                        || value instanceof List<?> many && many.stream().allMatch(String.class::isInstance);
        };
    }

    private @Nullable Fault judgeNumber(BigDecimal number) {
        if (minimum != null && number.compareTo(minimum) < 0 || maximum != null && number.compareTo(maximum) > 0) {
            return new Fault("out_of_range", "must be " + bounds());
        }
        if (multipleOf != null && number.remainder(multipleOf).signum() != 0) {
            return new Fault("out_of_range", "must be a multiple of " + multipleOf.toPlainString());
        }
        return null;
    }

    private @Nullable Fault judgeTexts(List<?> texts) {
        boolean badLength =
                texts.stream().map(String::valueOf).anyMatch(text -> text.isEmpty() || text.length() > LONGEST_STRING);
        if (type == Type.STRINGS && maximum != null && texts.size() > maximum.intValue()) {
            return new Fault("out_of_range", "must be at most " + maximum.intValue() + " strings");
        }
        return badLength ? new Fault("out_of_range", "must have 1 to " + LONGEST_STRING + " characters") : null;
    }

    private String bounds() {
        if (minimum == null) {
            return "at most " + (maximum == null ? "" : maximum.toPlainString());
        }
        return maximum == null
                ? "at least " + minimum.toPlainString()
                : minimum.toPlainString() + " to " + maximum.toPlainString();
    }

    static boolean same(Object one, Object other) {
        return one instanceof Number && other instanceof Number
                ? new BigDecimal(one.toString()).compareTo(new BigDecimal(other.toString())) == 0
                : one.equals(other);
    }

    /** A finer code of {@code invalid_request} and what to do. */
    record Fault(String code, String words) {}
}
