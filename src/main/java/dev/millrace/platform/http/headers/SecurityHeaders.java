package dev.millrace.platform.http.headers;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import java.util.ArrayList;
import java.util.List;

/** The headers that every answer carries, whoever wrote it. A handler's own value for one of them stays. */
public final class SecurityHeaders {
    public static final HeaderName CSP = HeaderNames.create("Content-Security-Policy");
    public static final HeaderName CORP = HeaderNames.create("Cross-Origin-Resource-Policy");

    private static final Header API_CSP = HeaderValues.createCached(
            CSP, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox");
    private static final Header SAME_ORIGIN = HeaderValues.createCached(CORP, "same-origin");
    private static final Header CROSS_ORIGIN = HeaderValues.createCached(CORP, "cross-origin");
    private static final Header NO_STORE = HeaderValues.createCached(HeaderNames.CACHE_CONTROL, "no-store");

    private final List<Header> common;

    /** {@code secure}: clients come over TLS and may be told to insist on it. */
    public SecurityHeaders(boolean secure) {
        var headers = new ArrayList<Header>();
        headers.add(header("Cross-Origin-Opener-Policy", "same-origin"));
        headers.add(header("Origin-Agent-Cluster", "?1"));
        headers.add(header("Referrer-Policy", "no-referrer"));
        headers.add(header("X-Content-Type-Options", "nosniff"));
        headers.add(header("X-DNS-Prefetch-Control", "off"));
        headers.add(header("X-Download-Options", "noopen"));
        headers.add(header("X-Frame-Options", "SAMEORIGIN"));
        headers.add(header("X-Permitted-Cross-Domain-Policies", "none"));
        headers.add(header("X-XSS-Protection", "0"));
        if (secure) {
            headers.add(header("Strict-Transport-Security", "max-age=31536000; includeSubDomains"));
        }
        this.common = List.copyOf(headers);
    }

    /** Adds what is missing; {@code path} decides who may embed the answer. */
    public void dress(String path, ServerResponseHeaders headers) {
        for (Header header : common) {
            headers.setIfAbsent(header);
        }
        headers.setIfAbsent(API_CSP);
        headers.setIfAbsent(path.startsWith("/media/") ? CROSS_ORIGIN : SAME_ORIGIN);
        headers.setIfAbsent(NO_STORE);
    }

    private static Header header(String name, String value) {
        return HeaderValues.createCached(HeaderNames.create(name), value);
    }
}
