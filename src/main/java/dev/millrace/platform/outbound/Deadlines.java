package dev.millrace.platform.outbound;

import java.time.Duration;

/**
 * How long a call may take.
 *
 * @param connect until there is a connection, TLS included
 * @param firstByte from the sent request to the first byte of the answer's body
 * @param idle between two reads that brought something
 * @param total all of it
 */
public record Deadlines(Duration connect, Duration firstByte, Duration idle, Duration total) {
    /** For answers that are not streamed. */
    public static Deadlines brief(Duration total) {
        return new Deadlines(Duration.ofSeconds(5), total, total, total);
    }
}
