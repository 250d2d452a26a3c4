package dev.millrace.platform.http;

import java.time.Duration;
import java.util.List;

/** The two listeners, and the judge between the wire and the rooms. */
public final class Server implements AutoCloseable {
    private final RouteTable table;

    private Server(RouteTable table) {
        this.table = table;
    }

    /** Opens both listeners; {@code /health/ready} says no until {@link #ready}. */
    public static Server start(HttpConfig config, Identity identity, Health health, List<Routes> rooms) {
        return new Server(RouteTable.of(rooms));
    }

    /** From now on this node wants requests. */
    public void ready() {}

    /** The port clients come in at, or 0 on a node that only works. */
    public int port() {
        return 0;
    }

    public int opsPort() {
        return 0;
    }

    /** Every route, for tests that go through all of them. */
    public List<Route> table() {
        return table.routes();
    }

    /** Runs {@code hook} when draining begins: the place to tell open streams to reconnect. */
    public void onDrain(Runnable hook) {}

    /** Not ready any more, no new connections, streams told to reconnect; returns when the last request ended or time is up. */
    public void drain(Duration grace) {}

    @Override
    public void close() {}
}
