package dev.millrace.platform.http;

import dev.millrace.platform.limits.Admission;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;

/** {@code RateLimit-Policy} and {@code RateLimit}: how many calls a caller has, and how many are left. */
public final class RateLimitHeaders {
    private static final HeaderName POLICY = HeaderNames.create("RateLimit-Policy");
    private static final HeaderName LEFT = HeaderNames.create("RateLimit");

    private RateLimitHeaders() {}

    /**
     * Says how the windows stand after this call, and that they are degraded when they are; also right before a problem is thrown,
     * for the headers stay on its answer.
     */
    public static void set(ServerResponse response, Admission admission) {
        String policy = admission.policy();
        if (!policy.isEmpty()) {
            response.header(POLICY, policy);
            response.header(LEFT, admission.rate());
        }
    }
}
