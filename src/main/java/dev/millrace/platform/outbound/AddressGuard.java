package dev.millrace.platform.outbound;

import dev.millrace.platform.http.wire.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves names, and refuses those that lead inside.
 *
 * <p>A name is refused when any of its addresses is: whoever answers with a public and a private one is up to something. The
 * client connects to what this answered, so there is no second look-up that could say something else.
 */
final class AddressGuard implements DnsResolver {
    private static final List<Cidr> INSIDE = Stream.of(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/4",
                    "240.0.0.0/4",
                    "::/128",
                    "::1/128",
                    "64:ff9b::/96",
                    "2001::/32",
                    "2002::/16",
                    "2001:db8::/32",
                    "fc00::/7",
                    "fe80::/10",
                    "ff00::/8")
            .map(Cidr::parse)
            .toList();

    private final List<Cidr> allowed;
    private final Set<String> exempt;

    /**
     * @param allowed private ranges that may be reached all the same
     * @param exempt hosts whose addresses are not judged, because the operator named them
     */
    AddressGuard(List<Cidr> allowed, Set<String> exempt) {
        this.allowed = List.copyOf(allowed);
        this.exempt =
                exempt.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = InetAddress.getAllByName(host);
        if (!exempt.contains(host.toLowerCase(Locale.ROOT))) {
            for (InetAddress address : addresses) {
                if (!reachable(address)) {
                    throw new RefusedAddress(host);
                }
            }
        }
        return addresses;
    }

    @Override
    public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
        return Arrays.stream(resolve(host))
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    /** Whether the operator allowed this address, private or not. */
    boolean allowed(InetAddress address) {
        return allowed.stream().anyMatch(range -> range.contains(address));
    }

    boolean reachable(InetAddress address) {
        if (allowed(address)) {
            return true;
        }
        return INSIDE.stream().noneMatch(range -> range.contains(address)) && !ours(address);
    }

    private static boolean ours(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return true;
        }
    }
}
