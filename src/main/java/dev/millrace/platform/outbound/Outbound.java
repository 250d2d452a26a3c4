package dev.millrace.platform.outbound;

import dev.millrace.platform.http.wire.Cidr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens clients for calls to the outside and closes them again. */
public final class Outbound implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Outbound.class);
    private static final int MOST_CONNECTIONS = 20_000;
    private static final int MOST_HEADERS = 200;
    private static final int LONGEST_HEADER = 32 * 1024;
    private static final int BUFFER = 4 * 1024;
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final List<Cidr> allowPrivate;
    private final Watch watch = new Watch();
    private final Sockets sockets = new Sockets();
    private final Queue<CloseableHttpClient> clients = new ConcurrentLinkedQueue<>();

    /**
     * @param allowPrivate private ranges that calls may reach all the same
     */
    public Outbound(List<Cidr> allowPrivate) {
        this.allowPrivate = List.copyOf(allowPrivate);
    }

    /**
     * A client with connections of its own.
     *
     * @param exempt hosts that the operator configured, which may be private
     */
    public WebClient client(Set<String> exempt) {
        var limits = Http1Config.custom()
                .setBufferSize(BUFFER)
                .setMaxHeaderCount(MOST_HEADERS)
                .setMaxLineLength(LONGEST_HEADER)
                .build();
        var connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(new AddressGuard(allowPrivate, exempt))
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(limits)
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.ofSeconds(5))
                        .setSocketTimeout(Timeout.DISABLED)
                        .setTimeToLive(TimeValue.of(Duration.ofMinutes(5)))
                        .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                        .build())
                // the watch ends what takes too long: a timed read sets and cancels a timer for every chunk
                .setDefaultSocketConfig(
                        SocketConfig.custom().setSoTimeout(Timeout.DISABLED).build())
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setMaxConnPerRoute(MOST_CONNECTIONS)
                .setMaxConnTotal(MOST_CONNECTIONS)
                .build();
        // every layer that would do something by itself is off: one place decides about retries, and it is not here
        CloseableHttpClient client = HttpClients.custom()
                .setConnectionManager(connections)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .disableConnectionState()
                .setUserAgent("Millrace")
                .build();
        clients.add(client);
        return new WebClient(client, watch);
    }

    /** Whether a call may go to this very address; the same is asked again of whatever a name leads to, at each call. */
    public boolean reaches(InetAddress address) {
        return new AddressGuard(allowPrivate, Set.of()).reachable(address);
    }

    /** Whether the operator named this address as one that may be reached although it is private. */
    public boolean allows(InetAddress address) {
        return new AddressGuard(allowPrivate, Set.of()).allowed(address);
    }

    /**
     * Opens a WebSocket.
     *
     * @param uri of a party that the operator configured: where its name leads is not judged
     */
    public MessageSocket socket(URI uri, Map<String, String> headers, MessageSocket.Listener listener)
            throws IOException {
        return MessageSocket.open(sockets.client(), uri, headers, CONNECT, listener);
    }

    @Override
    public void close() {
        watch.close();
        sockets.close();
        for (CloseableHttpClient client : clients) {
            try {
                client.close();
            } catch (IOException failure) {
                LOG.warn("A client could not be closed", failure);
            }
        }
    }
}
