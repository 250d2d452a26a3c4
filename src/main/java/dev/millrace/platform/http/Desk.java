package dev.millrace.platform.http;

import dev.millrace.platform.http.headers.Cors;
import dev.millrace.platform.http.headers.SecurityHeaders;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What every exchange of a listener needs at hand.
 *
 * @param leaving set once the server drains: answers then close their connections
 */
record Desk(
        HttpConfig config, RouteTable table, Door door, SecurityHeaders security, Cors cors, AtomicBoolean leaving) {
    static Desk of(HttpConfig config, RouteTable table, Door door, AtomicBoolean leaving) {
        return new Desk(
                config, table, door, new SecurityHeaders(config.secure()), new Cors(config.corsOrigins()), leaving);
    }

    boolean draining() {
        return leaving.get();
    }
}
