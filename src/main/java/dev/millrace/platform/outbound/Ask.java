package dev.millrace.platform.outbound;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to be sent.
 *
 * @param body null for none
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these
public record Ask(String method, URI uri, Map<String, String> headers, byte @Nullable [] body, Deadlines deadlines) {
    public Ask {
        headers = Map.copyOf(headers);
    }

    public static Ask get(URI uri, Map<String, String> headers, Deadlines deadlines) {
        return new Ask("GET", uri, headers, null, deadlines);
    }

    public static Ask post(URI uri, Map<String, String> headers, byte[] body, Deadlines deadlines) {
        return new Ask("POST", uri, headers, body, deadlines);
    }
}
