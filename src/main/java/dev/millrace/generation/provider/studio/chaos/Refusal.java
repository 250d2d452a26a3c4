package dev.millrace.generation.provider.studio.chaos;

import dev.millrace.platform.json.Json;
import dev.millrace.platform.outbound.Answer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer whose status is an error, as a vendor words it. */
final class Refusal implements Answer {
    private final int status;
    private final Map<String, String> headers = new HashMap<>(Map.of("content-type", "application/json"));

    Refusal(int status, long retryAfter) {
        this.status = status;
        if (retryAfter >= 0) {
            headers.put("retry-after", String.valueOf(retryAfter));
        }
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public @Nullable String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public InputStream body() {
        return new ByteArrayInputStream(Json.bytes(Map.of("error", error())));
    }

    @Override
    public void close() {
        // nothing is open
    }

    private Map<String, @Nullable Object> error() {
        var error = new HashMap<String, @Nullable Object>();
        error.put("message", "a fault that was asked for");
        error.put("type", status >= 500 ? "server_error" : "invalid_request_error");
        error.put("param", null);
        error.put("code", code());
        return error;
    }

    private @Nullable String code() {
        return switch (status) {
            case 401 -> "invalid_api_key";
            case 402 -> "insufficient_quota";
            case 404 -> "model_not_found";
            case 429 -> "rate_limit_exceeded";
            case 503 -> "unavailable_error";
            default -> null;
        };
    }
}
