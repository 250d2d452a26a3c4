package dev.millrace.platform.http.input;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.Problem.FieldError;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Request bodies: strict JSON into a record whose constraints hold. */
public final class Bodies {
    private Bodies() {}

    /** The body as a valid {@code type}; throws INVALID_REQUEST with one error for each fault. */
    public static <T> T read(ServerRequest request, Class<T> type) {
        return parse(bytes(request), type);
    }

    /** The body as it came, at most as long as the route allows. */
    public static byte[] bytes(ServerRequest request) {
        try (InputStream in = request.content().inputStream()) {
            return in.readAllBytes();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The body as it comes. Reading throws {@link BodyCut} when the client goes away or is cut off before the end. */
    public static InputStream stream(ServerRequest request) {
        return new BodyStream(request.content().inputStream());
    }

    /** The same as {@link #read} for JSON that came by another way. */
    public static <T> T parse(byte[] json, Class<T> type) {
        return bind(StrictJson.read(json), type);
    }

    /** The body as a tree of well-formed parts, for what is passed on without being understood. */
    public static JsonNode tree(ServerRequest request) {
        return StrictJson.read(bytes(request));
    }

    /** The same for JSON that came by another way. */
    public static JsonNode tree(byte[] json) {
        return StrictJson.read(json);
    }

    /** The same for JSON that holds a file as text, which is longer than any text is. */
    public static JsonNode tree(byte[] json, int longestText) {
        return StrictJson.read(json, longestText);
    }

    /** A part of a tree as a valid {@code type}. */
    public static <T> T bind(JsonNode tree, Class<T> type) {
        List<FieldError> faults = new ArrayList<>();
        T value = new Binding(faults).bind(tree, type);
        if (value != null) {
            faults.addAll(Constraints.check(value));
            if (faults.isEmpty()) {
                return value;
            }
        }
        throw refusal(faults);
    }

    private static Problem refusal(List<FieldError> faults) {
        FieldError first = faults.getFirst();
        String where = first.pointer().isEmpty() ? "The body" : first.pointer();
        String more = faults.size() == 1 ? "" : " (" + (faults.size() - 1) + " more in errors)";
        Problem problem = Problem.of(ProblemType.INVALID_REQUEST, where + " " + first.detail() + more + ".");
        faults.forEach(fault -> problem.at(fault.pointer(), fault.code(), fault.detail()));
        return problem;
    }
}
