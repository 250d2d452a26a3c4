package dev.millrace.platform.http.wire;

import java.time.Duration;

/**
 * How much a client may take: sizes, counts and times. The numbers are promises of the product, so only tests use others.
 *
 * @param sizes how long the parts of a request may be
 * @param load how many connections and requests there may be at once
 * @param headers within this time the head of a request is complete
 * @param idle after this time without a request a connection is closed
 * @param write a write that makes no way for this long ends its connection
 * @param pace how fast a body must come
 */
public record HttpLimits(Sizes sizes, Load load, Duration headers, Duration idle, Duration write, Pace pace) {
    public static final HttpLimits DEFAULTS = new HttpLimits(
            new Sizes(4096, 16 * 1024, 100, 6L * 1024 * 1024 * 1024, 1024 * 1024),
            new Load(20_000, 16_000, 64),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(20),
            new Pace(Duration.ofSeconds(10), 1024, Duration.ofSeconds(2)));

    /**
     * Sizes in bytes, and the number of header fields.
     *
     * @param payload no body of any route is longer; each route sets its own, smaller limit
     * @param linger how much of what a refused client still sends is read and thrown away
     */
    public record Sizes(int line, int headers, int fields, long payload, long linger) {}

    /**
     * Numbers at once.
     *
     * @param incomplete connections of one address whose request is still arriving after {@link Pace#arriving}
     */
    public record Load(int connections, int requests, int incomplete) {}

    /**
     * The least speed of a body.
     *
     * @param grace before this time any speed will do
     * @param bytesPerSecond the least average after it
     * @param arriving a request that takes longer than this to arrive counts as incomplete
     */
    public record Pace(Duration grace, long bytesPerSecond, Duration arriving) {}
}
