package dev.millrace.platform.http.input;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.webserver.http.ServerRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What stands in the address of a request. */
public final class Params {
    private Params() {}

    /** A path parameter that is an id; one that cannot be an id names nothing, so it is not found. */
    public static UUID id(ServerRequest request, String name) {
        UUID id = uuid(text(request, name));
        if (id == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is nothing with this id.");
        }
        return id;
    }

    /** A path parameter. */
    public static String text(ServerRequest request, String name) {
        return request.path().pathParameters().get(name);
    }

    /** A query parameter given at most once. */
    public static @Nullable String query(ServerRequest request, String name) {
        return request.query().first(name).asOptional().orElse(null);
    }

    /** {@code ?limit=}: 1 to 100, 20 when it is not given. */
    public static int limit(ServerRequest request) {
        String value = query(request, "limit");
        return value == null ? 20 : Integer.parseInt(value);
    }

    private static @Nullable UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
