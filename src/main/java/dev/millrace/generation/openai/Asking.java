package dev.millrace.generation.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.generation.NewGeneration;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.platform.http.input.Bodies;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.Problem.FieldError;
import dev.millrace.platform.problem.ProblemType;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the native face would be asked for, put together from what this one was. It remembers what each thing is called here, so
 * that a refusal names what the client sent.
 */
final class Asking {
    private static final String ELSEWHERE = "openai/";
    private static final String OPTIONS = "/options/";

    private final ObjectNode said = JsonNodeFactory.instance.objectNode();
    private final ObjectNode options = JsonNodeFactory.instance.objectNode();
    private final Map<String, String> names = new HashMap<>();

    /**
     * @param model as it was sent; the first of its kind when it was not
     */
    Asking(GenerationKind kind, @Nullable String model) {
        said.put("kind", kind.code());
        if (model != null) {
            said.put("model", model(model));
        }
    }

    /** A bare name means OpenAI's model of that name. */
    static String model(String name) {
        return name.indexOf('/') < 0 ? ELSEWHERE + name : name;
    }

    Asking prompt(String prompt) {
        said.put("prompt", prompt);
        return this;
    }

    /** An option of the model; left out when it was not sent. */
    Asking option(String name, @Nullable JsonNode value, String calledHere) {
        if (value != null) {
            options.set(name, value);
        }
        names.put(OPTIONS + name, "/" + calledHere);
        return this;
    }

    Asking option(String name, @Nullable Integer value, String calledHere) {
        return option(name, value == null ? null : JsonNodeFactory.instance.numberNode(value), calledHere);
    }

    /** {@code <width>x<height>}; {@code auto} leaves it to the model. */
    Asking size(@Nullable String size) {
        if (size == null || size.equals("auto")) {
            return this;
        }
        if (!size.matches("[0-9]{1,5}x[0-9]{1,5}")) {
            throw Fields.fault("size", "out_of_range", "must be <width>x<height>, such as 1024x1024, or auto");
        }
        String[] sides = size.split("x", -1);
        return option("width", Integer.valueOf(sides[0]), "size").option("height", Integer.valueOf(sides[1]), "size");
    }

    /** What is not understood here may be an option of the model; if it is none, it is refused by its name. */
    Asking rest(ObjectNode left) {
        left.properties().forEach(member -> option(member.getKey(), member.getValue(), member.getKey()));
        return this;
    }

    /** The picture it begins with, in place of one that was given before. */
    Asking input(UUID asset, String calledHere) {
        said.putArray("inputs").add(asset.toString());
        names.put("/inputs", "/" + calledHere);
        names.put("/inputs/0", "/" + calledHere);
        return this;
    }

    Asking metadata(@Nullable JsonNode metadata) {
        if (metadata != null) {
            said.set("metadata", metadata);
        }
        return this;
    }

    /** As the native face would have read it. */
    NewGeneration asked() {
        said.set("options", options);
        return Bodies.bind(said, NewGeneration.class);
    }

    /** Begins something, and says refusals in the names of this face. A model that is not there is not found. */
    <T> T begin(Supplier<T> call) {
        try {
            return call.get();
        } catch (Problem refused) {
            throw renamed(refused);
        }
    }

    private Problem renamed(Problem refused) {
        if (refused.errors().isEmpty()) {
            return refused;
        }
        FieldError first = refused.errors().getFirst();
        boolean noModel = first.pointer().equals("/model") && first.code().equals("unknown_model");
        Problem problem = noModel
                ? Problem.of(ProblemType.NOT_FOUND, "model: " + first.detail() + ".")
                : Problem.of(refused.type(), refused.detail().replace(first.pointer(), called(first.pointer())));
        for (FieldError error : refused.errors()) {
            problem.at(called(error.pointer()), error.code(), error.detail());
        }
        refused.members().forEach(problem::with);
        return problem;
    }

    private String called(String pointer) {
        String known = names.get(pointer);
        boolean option = known == null && pointer.startsWith(OPTIONS);
        return known != null ? known : option ? pointer.substring(OPTIONS.length() - 1) : pointer;
    }
}
