package dev.millrace.platform.http.input;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.Problem.FieldError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A tree to a record: collects every unknown field, and stops at the first value of the wrong type. */
final class Binding {
    private final List<FieldError> faults;

    /** Faults are added to {@code faults}. */
    Binding(List<FieldError> faults) {
        this.faults = faults;
    }

    /** The record, or nothing when a value did not fit. */
    <T> @Nullable T bind(JsonNode tree, Class<T> type) {
        try {
            T value = Json.MAPPER.readerFor(type).withHandler(new Strangers()).readValue(tree);
            if (value == null) {
                faults.add(new FieldError("", "required", "must be a JSON object"));
            }
            return value;
        } catch (JsonMappingException misfit) {
            if (misfit.getCause() instanceof Problem problem) {
                throw problem;
            }
            faults.add(fault(tree, misfit));
            return null;
        } catch (IOException impossible) {
            throw new UncheckedIOException("reading from a tree", impossible);
        }
    }

    private static FieldError fault(JsonNode tree, JsonMappingException misfit) {
        String pointer = Pointers.of(misfit.getPath());
        JsonNode sent = tree.at(JsonPointer.compile(pointer));
        if (sent.isMissingNode() || sent.isNull()) {
            return new FieldError(pointer, "required", "is required");
        }
        boolean tooLarge = (misfit.getCause() instanceof InputCoercionException && sent.isIntegralNumber())
                || (sent.isBigInteger() && misfit instanceof MismatchedInputException);
        if (tooLarge) {
            return new FieldError(pointer, "out_of_range", "is too large a number");
        }
        Class<?> target = misfit instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        if (target != null && target.isEnum() && sent.isTextual()) {
            return new FieldError(pointer, "out_of_range", "must be one of " + choices(target));
        }
        return target == null
                ? new FieldError(pointer, "out_of_range", "is not a value that is taken here")
                : new FieldError(pointer, "wrong_type", "must be " + kind(target));
    }

    private static String choices(Class<?> target) {
        return Arrays.stream(target.getEnumConstants())
                .map(constant -> Json.MAPPER.valueToTree(constant).asText())
                .collect(Collectors.joining(", "));
    }

    private static String kind(Class<?> target) {
        if (target == String.class) {
            return "text";
        }
        if (target == UUID.class) {
            return "an id";
        }
        if (target == Instant.class) {
            return "a time as RFC 3339 writes it";
        }
        if (target == Boolean.class || target == boolean.class) {
            return "true or false";
        }
        if (target == BigDecimal.class || target == Double.class || target == double.class) {
            return "a number";
        }
        if (Number.class.isAssignableFrom(target) || target.isPrimitive()) {
            return "a whole number";
        }
        if (target.isEnum()) {
            return "text";
        }
        return Collection.class.isAssignableFrom(target) || target.isArray() ? "a list" : "an object";
    }

    /** Notes a field nobody knows and goes on, so that one answer names all of them. */
    private final class Strangers extends DeserializationProblemHandler {
        @Override
        public boolean handleUnknownProperty(
                DeserializationContext context,
                JsonParser parser,
                JsonDeserializer<?> reader,
                Object owner,
                String name)
                throws IOException {
            String pointer =
                    Pointers.cut(parser.getParsingContext().pathAsPointer().toString());
            faults.add(new FieldError(pointer, "unknown_field", "is not a field of this request"));
            parser.skipChildren();
            return true;
        }
    }
}
