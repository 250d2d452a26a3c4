package dev.millrace.platform.http;

import dev.millrace.platform.http.HttpConfig.Listen;
import dev.millrace.platform.http.wire.InFlight;
import dev.millrace.platform.http.wire.Listener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The two listeners: one for clients, one for whoever operates us. */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    /** So long a load balancer has to notice that we are leaving, while we still answer as always. */
    private static final Duration LAME_DUCK = Duration.ofSeconds(2);

    private final RouteTable table;
    private final AtomicReference<OpsRoutes.Stage> stage;
    private final AtomicBoolean leaving = new AtomicBoolean();
    private final InFlight inFlight = new InFlight();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Runnable> hooks = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable Listener> main = new AtomicReference<>();
    private final AtomicReference<@Nullable Listener> ops = new AtomicReference<>();

    private Server(RouteTable table, AtomicReference<OpsRoutes.Stage> stage) {
        this.table = table;
        this.stage = stage;
    }

    /** As below, with nobody to guard against floods of cheap calls. */
    public static Server start(HttpConfig config, Identity identity, Health health, List<Routes> rooms) {
        return start(config, identity, address -> {}, health, rooms);
    }

    /**
     * Opens the listeners; {@code /health/ready} says no until {@link #ready}.
     *
     * @param guard is told from where each call comes that costs nothing, and refuses when there are too many
     */
    public static Server start(
            HttpConfig config, Identity identity, Consumer<ClientAddress> guard, Health health, List<Routes> rooms) {
        var door = new Door(identity, guard);
        var stage = new AtomicReference<>(OpsRoutes.Stage.STARTING);
        var operations = new OpsRoutes(health, stage);
        var all = new ArrayList<>(rooms);
        all.add(operations::health);
        var server = new Server(RouteTable.of(all), stage);
        try {
            server.open(
                    config, door, health.metrics(), RouteTable.of(List.of(operations::health, operations::metrics)));
            return server;
        } catch (RuntimeException failure) {
            server.close();
            throw failure;
        }
    }

    /**
     * Tries the addresses of both listeners, for whoever has slow things to begin before {@link #start}.
     *
     * @throws dev.millrace.platform.CannotStart when one is taken or not of this machine
     */
    public static void requireFree(HttpConfig config) {
        Stream.of(config.ops(), config.main())
                .flatMap(Stream::ofNullable)
                .map(Server::address)
                .forEach(Listener::requireFree);
    }

    private void open(HttpConfig config, Door door, MeterRegistry metrics, RouteTable forOperators) {
        ops.set(listen(config, config.ops(), door, metrics, forOperators));
        Listen clients = config.main();
        if (clients != null) {
            Listener opened = listen(config, clients, door, metrics, table);
            main.set(opened);
            Gauge.builder("http.server.connections", opened, Listener::connections)
                    .register(metrics);
            FunctionCounter.builder("http.server.connections.cut", opened, Listener::cutSoFar)
                    .description("Connections closed for being too slow or idle")
                    .register(metrics);
            Gauge.builder("http.server.requests.active", inFlight, InFlight::count)
                    .register(metrics);
        }
    }

    private Listener listen(HttpConfig config, Listen at, Door door, MeterRegistry metrics, RouteTable routes) {
        Desk desk = Desk.of(config, routes, door, leaving);
        var problems = new Problems(desk);
        var judge = new Judge(desk, problems, new AccessLog(metrics), inFlight);
        return Listener.open(
                address(at),
                config.limits(),
                address -> ClientAddress.trusted(address, config.trustedProxies()),
                problems,
                judge);
    }

    private static InetSocketAddress address(Listen at) {
        return new InetSocketAddress(at.host(), at.port());
    }

    /** From now on this node wants requests. */
    public void ready() {
        stage.compareAndSet(OpsRoutes.Stage.STARTING, OpsRoutes.Stage.SERVING);
    }

    /** The port clients come in at, or 0 on a node that only works. */
    public int port() {
        return port(main.get());
    }

    public int opsPort() {
        return port(ops.get());
    }

    /** Every route for clients, for tests that go through all of them. */
    public List<Route> table() {
        return table.routes();
    }

    /** Runs {@code hook} when draining begins: the place to tell open streams to reconnect. Runs once, on the draining thread. */
    public void onDrain(Runnable hook) {
        hooks.add(hook);
    }

    /** Not ready any more, streams told to reconnect; returns when the last request has ended or {@code grace} is over. */
    public void drain(Duration grace) throws InterruptedException {
        if (stage.getAndSet(OpsRoutes.Stage.DRAINING) == OpsRoutes.Stage.DRAINING) {
            return;
        }
        long end = System.nanoTime() + grace.toNanos();
        Listener clients = main.get();
        if (clients != null && clients.connections() > 0) {
            Duration lame = LAME_DUCK.compareTo(grace.dividedBy(4)) < 0 ? LAME_DUCK : grace.dividedBy(4);
            closed.await(lame.toNanos(), TimeUnit.NANOSECONDS);
        }
        leaving.set(true);
        hooks.forEach(Server::run);
        if (!inFlight.awaitNone(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
            LOG.warn("{} requests had not ended when draining was over", inFlight.count());
        }
    }

    /** Closes both listeners; what is still being answered is cut. */
    @Override
    public void close() {
        stage.set(OpsRoutes.Stage.DRAINING);
        closed.countDown();
        close(main);
        close(ops);
    }

    private static void run(Runnable hook) {
        try {
            hook.run();
        } catch (RuntimeException defect) {
            LOG.error("a hook of draining failed", defect);
        }
    }

    private static int port(@Nullable Listener listener) {
        return listener == null ? 0 : listener.port();
    }

    private static void close(AtomicReference<@Nullable Listener> place) {
        Listener listener = place.getAndSet(null);
        if (listener != null) {
            listener.close();
        }
    }
}
