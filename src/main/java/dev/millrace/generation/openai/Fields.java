package dev.millrace.generation.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.platform.http.input.Bodies;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import org.jspecify.annotations.Nullable;

/**
 * The members of a request, taken out one by one: what is left at the end is what nobody here understood. A member that is null
 * counts as not sent, as it does at OpenAI.
 */
final class Fields {
    private final ObjectNode left;

    private Fields(ObjectNode members) {
        this.left = members;
    }

    /** Of a body of JSON. */
    static Fields of(byte[] body) {
        return of(Bodies.tree(body));
    }

    /** Of a body of JSON that may hold a file as text. */
    static Fields withFiles(byte[] body) {
        return of(Bodies.tree(body, body.length));
    }

    private static Fields of(JsonNode body) {
        if (!(body instanceof ObjectNode members)) {
            throw Problem.of(ProblemType.INVALID_REQUEST, "The body must be a JSON object.");
        }
        return new Fields(members);
    }

    /** Of a form, whose values are text. */
    static Fields of(Iterable<Multipart.Part> form) {
        ObjectNode members = JsonNodeFactory.instance.objectNode();
        for (Multipart.Part part : form) {
            if (members.has(part.name())) {
                throw fault(part.name(), "duplicate_key", "may be given once");
            }
            members.put(part.name(), part.text());
        }
        return new Fields(members);
    }

    /** Takes a member as it is; null when it was not sent. */
    @Nullable
    JsonNode take(String name) {
        JsonNode value = left.remove(name);
        return value == null || value.isNull() ? null : value;
    }

    @Nullable
    String text(String name) {
        JsonNode value = take(name);
        if (value != null && !value.isTextual()) {
            throw fault(name, "wrong_type", "must be a string");
        }
        return value == null ? null : value.textValue();
    }

    String required(String name) {
        String text = text(name);
        if (text == null) {
            throw fault(name, "required", "is required");
        }
        return text;
    }

    boolean flag(String name) {
        JsonNode value = take(name);
        if (value != null && !value.isBoolean()) {
            throw fault(name, "wrong_type", "must be true or false");
        }
        return value != null && value.booleanValue();
    }

    /** A whole number, also one that was sent as text; null when it was not sent. */
    @Nullable
    Integer whole(String name) {
        JsonNode value = take(name);
        if (value == null) {
            return null;
        }
        if (value.isTextual() && value.textValue().matches("[0-9]{1,6}")) {
            return Integer.valueOf(value.textValue());
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw fault(name, "wrong_type", "must be a whole number");
        }
        return value.intValue();
    }

    /** Passes over a member that says what is so anyway; any other value of it is refused. */
    void only(String name, JsonNode asItIs) {
        JsonNode value = take(name);
        if (value != null && !same(value, asItIs)) {
            throw fault(name, "unknown_field", "is not taken here with this value");
        }
    }

    /** Passes over a member whose value says nothing; another value stays. */
    void skip(String name, JsonNode saysNothing) {
        JsonNode value = left.get(name);
        if (value != null && (value.isNull() || same(value, saysNothing))) {
            left.remove(name);
        }
    }

    /** What was not taken. */
    ObjectNode left() {
        left.properties().removeIf(member -> member.getValue().isNull());
        return left;
    }

    private static boolean same(JsonNode one, JsonNode other) {
        return one.isNumber() && other.isNumber()
                ? one.decimalValue().compareTo(other.decimalValue()) == 0
                : one.equals(other);
    }

    static Problem fault(String name, String code, String detail) {
        String pointer = "/" + name.replace("~", "~0").replace("/", "~1");
        return Problem.of(ProblemType.INVALID_REQUEST, pointer + " " + detail + ".")
                .at(pointer, code, detail);
    }
}
