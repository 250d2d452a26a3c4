package dev.millrace.webhooks;

import dev.millrace.platform.http.wire.Addresses;
import dev.millrace.platform.outbound.Outbound;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Judges the address of an endpoint by its form. Where its name leads is judged at each call: what a name server says today it need
 * not say tomorrow.
 */
final class TargetUrl {
    private static final int LONGEST = 2048;
    private static final int FIRST_FREE_PORT = 1024;
    private static final Pattern NAME =
            Pattern.compile("(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

    /** What some software reads as a number, and so as another address than it looks. */
    private static final Pattern NUMBER = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)");

    private final Outbound outbound;

    TargetUrl(Outbound outbound) {
        this.outbound = outbound;
    }

    /**
     * The address as it came, when it is one that may be called.
     *
     * @throws Problem INVALID_REQUEST at {@code /url}
     */
    String checked(String text) {
        String fault = fault(text);
        if (fault != null) {
            throw Problem.of(ProblemType.INVALID_REQUEST, "/url " + fault + ".").at("/url", "invalid_text", fault);
        }
        return text;
    }

    private @Nullable String fault(String text) {
        if (text.length() > LONGEST) {
            return "must have at most " + LONGEST + " characters";
        }
        if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\')) {
            return "must be written in ASCII, a name with other letters in its xn-- form";
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException malformed) {
            return "must be an address";
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            return "must begin with https://";
        }
        if (uri.getHost() == null
                || uri.getRawUserInfo() != null
                || uri.getRawAuthority().contains("@")) {
            return "must name a host, without credentials";
        }
        if (uri.getRawFragment() != null) {
            return "must not have a fragment";
        }
        return fault(scheme, uri.getHost().toLowerCase(Locale.ROOT), uri.getPort());
    }

    private @Nullable String fault(String scheme, String host, int port) {
        boolean six = host.startsWith("[");
        InetAddress literal = six
                ? Addresses.address(host.substring(1, host.length() - 1))
                : host.equals("localhost") ? InetAddress.getLoopbackAddress() : Addresses.address(host);
        if (literal == null) {
            if (six || NUMBER.matcher(host).matches() || !NAME.matcher(host).matches()) {
                return "must name a host by its whole name or its plain address";
            }
            if (host.endsWith(".localhost")) {
                return "must name a host that calls from here may reach";
            }
        } else if (!outbound.reaches(literal)) {
            return "must name a host that calls from here may reach";
        }
        if (literal != null && outbound.allows(literal)) {
            return port == 0 || port > 65535 ? "must have a port from 1 to 65535" : null;
        }
        if (scheme.equals("http")) {
            return "must begin with https://";
        }
        boolean usual = port == -1 || port == 443 || port >= FIRST_FREE_PORT && port <= 65535;
        return usual ? null : "must have the port 443 or one above 1023";
    }
}
