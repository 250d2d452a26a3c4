package dev.millrace.platform.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.stream.Collectors;

/** {@code RateLimit-Policy} and {@code RateLimit}: how many calls a caller has, and how many are left. */
public final class RateLimitHeaders {
    private static final HeaderName POLICY = HeaderNames.create("RateLimit-Policy");
    private static final HeaderName LEFT = HeaderNames.create("RateLimit");

    private RateLimitHeaders() {}

    /** Also right for an answer that becomes a problem: the headers stay on it. */
    public static void set(ServerResponse response, Window... windows) {
        List<Window> all = List.of(windows);
        response.header(POLICY, all.stream().map(Window::policy).collect(Collectors.joining(", ")));
        response.header(LEFT, all.stream().map(Window::left).collect(Collectors.joining(", ")));
    }

    /**
     * One sliding window as it stands after this call.
     *
     * @param seconds how long the window is
     * @param reset seconds until a place is free again
     */
    public record Window(String name, long limit, long seconds, long remaining, long reset) {
        public static Window minute(long limit, long remaining, long reset) {
            return new Window("minute", limit, 60, remaining, reset);
        }

        public static Window day(long limit, long remaining, long reset) {
            return new Window("day", limit, 86_400, remaining, reset);
        }

        private String policy() {
            return "\"" + name + "\";q=" + limit + ";w=" + seconds;
        }

        private String left() {
            return "\"" + name + "\";r=" + Math.max(0, remaining) + ";t=" + Math.max(0, reset);
        }
    }
}
