package dev.millrace.platform.http.input;

import dev.millrace.platform.http.Exchange;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.webserver.http.ServerRequest;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What stands in the address of a request. */
public final class Params {
    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private static final int LIMIT = 20;
    private static final int MOST = 100;

    private Params() {}

    /** A path parameter that is an id; one that cannot be an id names nothing, so it is not found. */
    public static UUID id(ServerRequest request, String name) {
        UUID id = uuid(text(request, name));
        if (id == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is nothing with this id.");
        }
        return id;
    }

    /** A path parameter: well-formed text without control characters, one segment unless the route takes the rest. */
    public static String text(ServerRequest request, String name) {
        return Exchange.of(request).parameter(name);
    }

    /** A query parameter given at most once: well-formed text without control characters. */
    public static @Nullable String query(ServerRequest request, String name) {
        String raw = request.prologue().query().rawValue();
        String found = null;
        for (int from = 0; from < raw.length(); ) {
            int end = raw.indexOf('&', from);
            String pair = raw.substring(from, end < 0 ? raw.length() : end);
            from += pair.length() + 1;
            int equals = pair.indexOf('=');
            if (!name.equals(Percent.decodeQuery(equals < 0 ? pair : pair.substring(0, equals)))) {
                continue;
            }
            if (found != null) {
                throw refusal(name, "duplicate_key", "may be given once");
            }
            found = Percent.decodeQuery(equals < 0 ? "" : pair.substring(equals + 1));
            if (found == null) {
                throw refusal(name, "invalid_text", "must be valid UTF-8 without control characters");
            }
        }
        return found;
    }

    /** A query parameter that is an id. */
    public static @Nullable UUID queryId(ServerRequest request, String name) {
        String text = query(request, name);
        if (text == null) {
            return null;
        }
        UUID id = uuid(text);
        if (id == null) {
            throw refusal(name, "wrong_type", "must be an id");
        }
        return id;
    }

    /** {@code ?limit=}: 1 to 100, 20 when it is not given. */
    public static int limit(ServerRequest request) {
        return whole(request, "limit", MOST, LIMIT);
    }

    /** A query parameter that is a whole number from 1 to {@code most}, or {@code otherwise} when it is not given. */
    public static int whole(ServerRequest request, String name, int most, int otherwise) {
        String text = query(request, name);
        if (text == null) {
            return otherwise;
        }
        String detail = "must be a whole number from 1 to " + most;
        if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw refusal(name, "wrong_type", detail);
        }
        int number = Integer.parseInt(text);
        if (number < 1 || number > most) {
            throw refusal(name, "out_of_range", detail);
        }
        return number;
    }

    /** A refusal that points at a query parameter. */
    public static Problem refusal(String name, String code, String detail) {
        return Problem.of(ProblemType.INVALID_REQUEST, "The query parameter " + name + " " + detail + ".")
                .at("?" + name, code, detail);
    }

    /** The id a text is, or nothing: the JDK would also take {@code 1-1-1-1-1}. */
    public static @Nullable UUID uuid(String text) {
        return UUID_TEXT.matcher(text).matches() ? UUID.fromString(text) : null;
    }
}
