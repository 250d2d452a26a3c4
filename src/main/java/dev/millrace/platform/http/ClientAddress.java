package dev.millrace.platform.http;

import dev.millrace.platform.http.wire.Addresses;
import dev.millrace.platform.http.wire.Cidr;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;

/** The address a request came from, as text; guards against floods count its {@link #network}. */
public record ClientAddress(String text) {
    private static final int NETWORK_BYTES = 8;

    /** The nearest address on the way here that is not one of our own proxies. */
    public static ClientAddress of(ServerRequest request) {
        return new ClientAddress(Exchange.of(request).client().getHostAddress());
    }

    /** Walks the way back from our end: what stands left of the first stranger was written by him and proves nothing. */
    static InetAddress behind(ServerRequest request, List<Cidr> proxies) {
        InetAddress nearest = ((InetSocketAddress) request.remotePeer().address()).getAddress();
        if (!trusted(nearest, proxies) || !request.headers().contains(HeaderNames.X_FORWARDED_FOR)) {
            return nearest;
        }
        String way = String.join(
                ",", request.headers().get(HeaderNames.X_FORWARDED_FOR).allValues());
        String[] hops = way.split(",", -1);
        for (int i = hops.length - 1; i >= 0; i--) {
            InetAddress hop = Addresses.address(hops[i].strip());
            if (hop == null) {
                return nearest;
            }
            nearest = hop;
            if (!trusted(hop, proxies)) {
                return hop;
            }
        }
        return nearest;
    }

    static boolean trusted(InetAddress address, List<Cidr> proxies) {
        return proxies.stream().anyMatch(proxy -> proxy.contains(address));
    }

    /**
     * Where calls are counted as those of one caller: the address, and of IPv6 the 64 bits before it, because whoever has one such
     * address has all of them.
     */
    public String network() {
        InetAddress address = Addresses.address(text.replaceFirst("%.*", ""));
        if (address == null) {
            return text;
        }
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
        return Addresses.of(bytes).getHostAddress() + "/" + NETWORK_BYTES * Byte.SIZE;
    }

    /** Whether it is this machine: its operator, or a proxy of his that does not say for whom it asks. */
    public boolean local() {
        InetAddress address = Addresses.address(text);
        return address != null && address.isLoopbackAddress();
    }
}
