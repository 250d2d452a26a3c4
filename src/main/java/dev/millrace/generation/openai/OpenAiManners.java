package dev.millrace.generation.openai;

import dev.millrace.platform.http.Face;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.Problem.FieldError;
import dev.millrace.platform.problem.ProblemType;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Refusals as OpenAI says them, and what its libraries need to know to try again or not.
 *
 * <p>They are told to try again only where nothing was begun and waiting helps. What failed at a provider was tried again here
 * already; and a library that is asked to wait for more than a minute does not wait at all.
 */
final class OpenAiManners implements Face {
    private static final String FACE = "/openai";
    private static final String MODELS = FACE + "/v1/models/";
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final Duration USUAL_WAIT = Duration.ofSeconds(1);

    @Override
    public boolean covers(String path) {
        return path.equals(FACE) || path.startsWith(FACE + "/");
    }

    /** Ids of models have a slash in them, which libraries encode. */
    @Override
    public String address(String path) {
        return path.startsWith(MODELS) ? path.replace("%2F", "/").replace("%2f", "/") : path;
    }

    @Override
    public Problem nowhere() {
        return Problem.of(
                ProblemType.NOT_FOUND,
                "This face has no such call. It has /openai/v1/models, /chat/completions (instead of /responses and /completions), "
                        + "/images/generations and /videos; everything else is under /v1.");
    }

    @Override
    public Words words(Problem problem) {
        return new Words("application/json", advice(problem), body(problem));
    }

    /** The body of a refusal, and the data of an event that says that a stream has failed. */
    static Map<String, Object> body(Problem problem) {
        FieldError fault = problem.errors().isEmpty() ? null : problem.errors().getFirst();
        String param = fault == null ? null : param(fault.pointer());
        var error = new LinkedHashMap<String, Object>();
        error.put("message", message(problem, fault, param));
        error.put("type", type(problem.type()));
        error.put("param", param);
        error.put("code", code(problem.type(), fault));
        problem.members().forEach(error::putIfAbsent);
        return Map.of("error", error);
    }

    private static Map<String, String> advice(Problem problem) {
        boolean waiting = switch (problem.type()) {
            case REQUEST_TIMEOUT, RATE_LIMITED, UNAVAILABLE -> true;
            default -> false;
        };
        Duration asked = problem.retryAfter();
        Duration wait = asked == null && waiting ? USUAL_WAIT : asked;
        if (wait == null) {
            return Map.of("x-should-retry", "false");
        }
        return Map.of(
                "x-should-retry",
                String.valueOf(wait.compareTo(LONGEST_WAIT) <= 0),
                "retry-after-ms",
                String.valueOf(wait.toMillis()));
    }

    private static String message(Problem problem, @Nullable FieldError fault, @Nullable String param) {
        String said = problem.detail();
        if (fault == null || param == null) {
            return said;
        }
        if (said.contains(fault.detail())) {
            return said.replace(fault.pointer(), param);
        }
        return said + " " + param + " " + fault.detail() + ".";
    }

    /** {@code /messages/0/content} is {@code messages[0].content} over there. */
    private static @Nullable String param(String pointer) {
        if (!pointer.startsWith("/")) {
            return pointer.isEmpty() ? null : pointer.startsWith("?") ? pointer.substring(1) : pointer;
        }
        var param = new StringBuilder();
        for (String segment : pointer.substring(1).split("/", -1)) {
            String name = segment.replace("~1", "/").replace("~0", "~");
            boolean index = !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
            if (index) {
                param.append('[').append(name).append(']');
            } else {
                param.append(param.isEmpty() ? "" : ".").append(name);
            }
        }
        return param.toString();
    }

    private static String type(ProblemType type) {
        return switch (type) {
            case INSUFFICIENT_CREDITS -> "insufficient_quota";
            case RATE_LIMITED -> "rate_limit_error";
            case FORBIDDEN -> "permission_error";
            default -> {
                if (type.status() == 401) {
                    yield "authentication_error";
                }
                yield type.status() >= 500 ? "server_error" : "invalid_request_error";
            }
        };
    }

    private static String code(ProblemType type, @Nullable FieldError fault) {
        return switch (type) {
            case INSUFFICIENT_CREDITS -> "insufficient_quota";
            case RATE_LIMITED -> "rate_limit_exceeded";
            case UNAUTHENTICATED, INVALID_TOKEN -> "invalid_api_key";
            case INVALID_REQUEST, NOT_FOUND -> fault == null ? type.code() : finer(fault.code());
            default -> type.code();
        };
    }

    private static String finer(String code) {
        return switch (code) {
            case "unknown_model" -> "model_not_found";
            case "unknown_field" -> "unsupported_parameter";
            case "required" -> "missing_required_parameter";
            case "wrong_type" -> "invalid_type";
            case "out_of_range", "invalid_text" -> "invalid_value";
            default -> code;
        };
    }
}
