package dev.millrace.platform.http.headers;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.ServerResponseHeaders;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which pages of other hosts may call us: exactly those configured, compared as bytes.
 *
 * <p>An origin that is not listed gets no header at all, so that its browser keeps the answer from it.
 */
public final class Cors {
    private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");
    private static final Header VARY = HeaderValues.createCached(HeaderNames.VARY, "Origin");
    private static final Header CREDENTIALS =
            HeaderValues.createCached(HeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    private static final Header MAX_AGE = HeaderValues.createCached(HeaderNames.ACCESS_CONTROL_MAX_AGE, "600");
    private static final Header EXPOSED = HeaderValues.createCached(
            HeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS,
            "Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, X-Generation-Id, Idempotent-Replayed, "
                    + "Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm, Upload-Offset, "
                    + "Upload-Length, Upload-Metadata, Upload-Expires, Upload-Concat, Upload-Asset");
    private static final Header ALLOWED = HeaderValues.createCached(
            HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS,
            "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, Last-Event-ID, Range, "
                    + "X-Request-Id, Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata, Upload-Checksum, "
                    + "Upload-Concat, Upload-Defer-Length");
    private static final Set<String> KNOWN = Set.of(
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "if-none-match",
            "if-range",
            "last-event-id",
            "range",
            "x-request-id",
            "tus-resumable",
            "upload-length",
            "upload-offset",
            "upload-metadata",
            "upload-checksum",
            "upload-concat",
            "upload-defer-length",
            "accept",
            "cache-control",
            "pragma");

    private final Set<String> origins;

    public Cors(List<String> origins) {
        this.origins = Set.copyOf(origins);
    }

    /** Adds what a browser needs to hand the answer to a listed origin; the answer differs by origin either way. */
    public void dress(Headers request, ServerResponseHeaders response) {
        if (!response.contains(HeaderNames.VARY)) {
            response.set(VARY);
        } else if (!response.values(HeaderNames.VARY).contains("Origin")) {
            response.add(VARY);
        }
        String origin = listed(request);
        if (origin != null) {
            response.set(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            response.set(CREDENTIALS);
            response.setIfAbsent(EXPOSED);
        }
    }

    public static boolean preflight(Headers request) {
        return request.contains(HeaderNames.ORIGIN) && request.contains(HeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
    }

    /**
     * Says yes to a preflight, or throws.
     *
     * @param methods those of the address, as {@code Allow} says them
     */
    public void allow(Headers request, String methods, ServerResponseHeaders response) {
        String method = request.get(HeaderNames.ACCESS_CONTROL_REQUEST_METHOD).get();
        boolean there = Arrays.asList(methods.split(", ", -1)).contains(method);
        if (listed(request) == null || !there || !known(request)) {
            throw Problem.of(ProblemType.FORBIDDEN, "Pages of this origin may not make this call.");
        }
        response.set(HeaderNames.ACCESS_CONTROL_ALLOW_METHODS, methods);
        response.set(ALLOWED);
        response.set(MAX_AGE);
    }

    /** Refuses a change that a page of another site sends behind its visitor's back. */
    public void refuseForeign(Headers request) {
        String site = request.first(FETCH_SITE).orElse("");
        if ((site.equals("cross-site") || site.equals("same-site")) && listed(request) == null) {
            throw Problem.of(ProblemType.FORBIDDEN, "Pages of other sites may not change anything here.");
        }
    }

    /**
     * Refuses a conversation that a page of another host opens: browsers let any page open a socket and leave it to the server to
     * look at its origin. Programs send none.
     *
     * @param own the address clients know this server by, when it is not that of the listener
     */
    public void refuseForeignPage(Headers request, @Nullable URI own) {
        if (!request.contains(HeaderNames.ORIGIN) || listed(request) != null) {
            return;
        }
        String origin = request.get(HeaderNames.ORIGIN).get().toLowerCase(Locale.ROOT);
        String host = request.first(HeaderNames.HOST).orElse("").toLowerCase(Locale.ROOT);
        boolean ours = origin.equals("http://" + host)
                || origin.equals("https://" + host)
                || (own != null && origin.equals(own.getScheme() + "://" + own.getRawAuthority()));
        if (!ours) {
            throw Problem.of(ProblemType.FORBIDDEN, "Pages of this origin may not open a connection here.");
        }
    }

    private @Nullable String listed(Headers request) {
        if (!request.contains(HeaderNames.ORIGIN)) {
            return null;
        }
        Header origin = request.get(HeaderNames.ORIGIN);
        return origin.valueCount() == 1 && origins.contains(origin.get()) ? origin.get() : null;
    }

    private static boolean known(Headers request) {
        if (!request.contains(HeaderNames.ACCESS_CONTROL_REQUEST_HEADERS)) {
            return true;
        }
        for (String list :
                request.get(HeaderNames.ACCESS_CONTROL_REQUEST_HEADERS).allValues()) {
            for (String name : list.split(",", -1)) {
                if (!KNOWN.contains(name.strip().toLowerCase(Locale.ROOT))) {
                    return false;
                }
            }
        }
        return true;
    }
}
