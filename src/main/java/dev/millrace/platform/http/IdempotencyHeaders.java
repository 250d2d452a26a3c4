package dev.millrace.platform.http;

import dev.millrace.platform.idempotency.IdempotencyKey;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import org.jspecify.annotations.Nullable;

/** {@code Idempotency-Key} of a request, and {@code Idempotent-Replayed} of its answer. */
public final class IdempotencyHeaders {
    private static final HeaderName KEY = HeaderNames.create("Idempotency-Key");
    private static final HeaderName REPLAYED = HeaderNames.create("Idempotent-Replayed");

    private IdempotencyHeaders() {}

    /** The key a call was sent with; null when there was none. */
    public static @Nullable IdempotencyKey key(ServerRequest request, byte[] body) {
        String header = request.headers().first(KEY).orElse(null);
        String call = request.prologue().method().text() + " "
                + request.prologue().uriPath().path();
        return IdempotencyKey.of(header, call, body);
    }

    /** Says that the answer was given before, under the same key. */
    public static void replayed(ServerResponse response) {
        response.header(REPLAYED, "true");
    }
}
