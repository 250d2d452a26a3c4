package dev.millrace.platform.http;

import dev.millrace.platform.http.wire.Cidr;
import dev.millrace.platform.http.wire.HttpLimits;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the server listens and whom it trusts.
 *
 * @param main where clients come in; absent on a node that only works
 * @param ops where health and metrics are served
 * @param publicUrl the address clients know this server by; absent means that of the listener
 * @param corsOrigins exact origins that pages of other hosts may call from
 * @param trustedProxies addresses whose {@code X-Forwarded-For} counts
 */
public record HttpConfig(
        @Nullable Listen main,
        Listen ops,
        @Nullable URI publicUrl,
        List<String> corsOrigins,
        List<Cidr> trustedProxies,
        HttpLimits limits) {
    public HttpConfig {
        corsOrigins = List.copyOf(corsOrigins);
        trustedProxies = List.copyOf(trustedProxies);
        corsOrigins.forEach(HttpConfig::requireOrigin);
    }

    /** Loopback on free ports, as tests want it. */
    public static HttpConfig loopback() {
        var free = new Listen("127.0.0.1", 0);
        return new HttpConfig(free, free, null, List.of(), List.of(), HttpLimits.DEFAULTS);
    }

    /** Whether clients reach us over TLS, so that browsers may be told to insist on it. */
    public boolean secure() {
        return publicUrl != null && "https".equals(publicUrl.getScheme());
    }

    private static void requireOrigin(String origin) {
        URI uri = URI.create(origin);
        boolean exact = ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                && uri.getHost() != null
                && origin.equals(uri.getScheme() + "://" + uri.getRawAuthority());
        if (!exact) {
            throw new IllegalArgumentException(
                    "must be an exact origin such as https://app.example.com, without path and without *: " + origin);
        }
    }

    /** A listener's address; port 0 takes any that is free. */
    public record Listen(String host, int port) {
        private static final Set<String> EVERYWHERE = Set.of("0.0.0.0", "::");

        /** Whether it listens at all addresses of this machine. */
        public boolean everywhere() {
            return EVERYWHERE.contains(host);
        }

        /** Whether both cannot be open at once. */
        public boolean meets(Listen other) {
            boolean sameHost = host.equals(other.host) || everywhere() || other.everywhere();
            return port != 0 && port == other.port && sameHost;
        }
    }
}
