package dev.millrace.platform.http;

import dev.millrace.platform.problem.Problem;
import java.util.Map;

/**
 * A part of the addresses whose clients were made for somebody else's API: how they write addresses, and how they want refusals
 * said. What is refused, and with which status, is the same everywhere.
 */
public interface Face {
    /** Whether the face lives at this address, also where it has no route. */
    boolean covers(String path);

    /** An address of the face as its routes know it. */
    String address(String path);

    /** What is said where the face has no route. */
    Problem nowhere();

    /** The refusal in the face's words. */
    Words words(Problem problem);

    /**
     * A body and its headers.
     *
     * @param body written as JSON
     * @param headers besides those that every refusal has
     */
    record Words(String contentType, Map<String, String> headers, Object body) {
        public Words {
            headers = Map.copyOf(headers);
        }
    }
}
