package dev.millrace.platform.http;

import dev.millrace.platform.limits.Admission;
import dev.millrace.platform.limits.Gauge;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;

/** {@code RateLimit-Policy} and {@code RateLimit}: how many calls a caller has, and how many are left. */
public final class RateLimitHeaders {
    private static final HeaderName POLICY = HeaderNames.create("RateLimit-Policy");
    private static final HeaderName LEFT = HeaderNames.create("RateLimit");

    private RateLimitHeaders() {}

    /** Says how the windows stand after this call; also right before a problem is thrown, for the headers stay on its answer. */
    public static void set(ServerResponse response, Admission admission) {
        List<String> policies = new ArrayList<>(2);
        List<String> left = new ArrayList<>(2);
        window("minute", 60, admission.minute(), policies, left);
        window("day", 86_400, admission.day(), policies, left);
        if (!policies.isEmpty()) {
            response.header(POLICY, String.join(", ", policies));
            response.header(LEFT, String.join(", ", left));
        }
    }

    private static void window(String name, long seconds, Gauge gauge, List<String> policies, List<String> left) {
        if (gauge.limited()) {
            policies.add("\"" + name + "\";q=" + gauge.limit() + ";w=" + seconds);
            left.add("\"" + name + "\";r=" + gauge.remaining() + ";t=" + gauge.resetSeconds());
        }
    }
}
