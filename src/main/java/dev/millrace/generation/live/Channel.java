package dev.millrace.generation.live;

import dev.millrace.generation.events.Outlet;
import java.time.Duration;

/**
 * The way of one stream over a connection that it shares with others. Everything but {@code flush} only gathers, and belongs to
 * one thread; {@code flush} may block for as long as the connection's watchdog lets it, and throws when the client is gone.
 */
interface Channel extends Outlet {
    /** What is not logged and cannot be resumed after; {@code json} is one line. */
    void aside(String event, byte[] json);

    /** When to come back, for clients that do so by themselves. */
    void retry(Duration delay);
}
