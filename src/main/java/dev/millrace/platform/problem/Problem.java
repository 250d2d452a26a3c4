package dev.millrace.platform.problem;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A refusal on its way to the client. Not a defect: it carries no stack trace.
 *
 * <p>The {@code with…} and {@code at} methods add to this problem and return it, so that a refusal reads as one expression.
 */
@SuppressWarnings("serial") // never serialised: it ends in the renderer
public final class Problem extends RuntimeException {
    private final ProblemType type;
    private final Map<String, Object> members = new LinkedHashMap<>();
    private final List<FieldError> errors = new ArrayList<>();
    private @Nullable Duration retryAfter;

    private Problem(ProblemType type, String detail) {
        super(detail, null, false, false);
        this.type = type;
    }

    /** A refusal; {@code detail} is a sentence a person can act on and never holds secrets or other people's data. */
    public static Problem of(ProblemType type, String detail) {
        return new Problem(type, detail);
    }

    /** An extra member of the answer, such as {@code reason} or {@code missing}. */
    public Problem with(String member, Object value) {
        members.put(member, value);
        return this;
    }

    /** One fault of the request: where (JSON Pointer), which finer code, what to do. */
    public Problem at(String pointer, String code, String fault) {
        errors.add(new FieldError(pointer, code, fault));
        return this;
    }

    /** When trying again makes sense; becomes {@code Retry-After} in whole seconds, rounded up. */
    public Problem retryAfter(Duration delay) {
        this.retryAfter = delay;
        return this;
    }

    public ProblemType type() {
        return type;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }

    public Map<String, Object> members() {
        return Collections.unmodifiableMap(members);
    }

    public List<FieldError> errors() {
        return Collections.unmodifiableList(errors);
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** Where a request is at fault: an RFC 6901 pointer into its body (or {@code ?name} for a query parameter). */
    public record FieldError(String pointer, String code, String detail) {}
}
