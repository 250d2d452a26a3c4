package dev.millrace.platform.http.input;

import dev.millrace.platform.json.Json;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

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

    /** The same for JSON that came by another way. */
    public static <T> T parse(byte[] json, Class<T> type) {
        try {
            return Json.MAPPER.readValue(json, type);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
