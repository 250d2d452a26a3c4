package dev.millrace.platform.http.wire;

import dev.millrace.platform.CannotStart;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.function.Predicate;

/** One listening socket: Helidon with every limit set and everything it would discover by itself switched off. */
public final class Listener implements AutoCloseable {
    private static final Duration NEVER = Duration.ofDays(365);

    private final Lines lines;
    private final WebServer server;

    private Listener(Lines lines, WebServer server) {
        this.lines = lines;
        this.server = server;
    }

    /** Opens the socket; every request goes to {@code judge}, whatever its method and path. */
    public static Listener open(
            InetSocketAddress address,
            HttpLimits limits,
            Predicate<InetAddress> proxy,
            Refusals refusals,
            Handler judge) {
        var lines = new Lines(limits, refusals, proxy);
        WebServer server = config(address, limits, lines)
                .routing(HttpRouting.builder().any(judge))
                .build();
        lines.start();
        try {
            server.start();
            if (!server.isRunning()) { // Helidon writes the cause to the log and throws nothing
                throw new IllegalStateException("the address is taken or not one of this machine");
            }
            return new Listener(lines, server);
        } catch (RuntimeException taken) {
            lines.close();
            throw refusal(address, taken);
        }
    }

    /**
     * Tries an address before anything slow is begun on the way to {@link #open}; Helidon would write two stack traces about it.
     *
     * @throws CannotStart when it is taken or not one of this machine
     */
    public static void requireFree(InetSocketAddress address) {
        try (var trial = new ServerSocket()) {
            trial.bind(address);
        } catch (IOException taken) {
            throw refusal(address, taken);
        }
    }

    static WebServerConfig.Builder config(InetSocketAddress address, HttpLimits limits, Lines lines) {
        return WebServer.builder()
                .bindAddress(address)
                .backlog(4096)
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .protocolsDiscoverServices(false)
                .addConnectionSelector(new LineSelector(lines))
                .mediaContext(MediaContext.builder()
                        .mediaSupportsDiscoverServices(false)
                        .build())
                .useNio(false)
                .writeBufferSize(512)
                .writeQueueLength(0)
                .connectionOptions(options -> options.tcpNoDelay(true).socketKeepAlive(true))
                .maxPayloadSize(limits.sizes().payload())
                .maxTcpConnections(Descriptors.connections(limits.load().connections()))
                .maxConcurrentRequests(limits.load().requests())
                // ours is the watchdog: Helidon's would interrupt threads
                .idleConnectionTimeout(NEVER)
                .idleConnectionPeriod(NEVER)
                .shutdownGracePeriod(Duration.ofSeconds(1))
                // the words stay inside: only one is compared, to tell too large a head from a bad one
                .errorHandling(errors -> errors.includeEntity(true));
    }

    public int port() {
        return server.port();
    }

    /** Connections open now. */
    public int connections() {
        return lines.count();
    }

    /** Connections the watchdog closed since the start. */
    public long cutSoFar() {
        return lines.cutSoFar();
    }

    /** Closes the socket and, after a second, what is still open on it. */
    @Override
    public void close() {
        server.stop();
        lines.close();
    }

    private static CannotStart refusal(InetSocketAddress address, Exception failure) {
        return new CannotStart(
                "Cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + cause(failure),
                failure);
    }

    private static String cause(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
