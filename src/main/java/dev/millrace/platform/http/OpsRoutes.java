package dev.millrace.platform.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** Whether we live, whether we want requests, and what is measured. */
final class OpsRoutes {
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final Health health;
    private final AtomicReference<Stage> stage;

    /** A node wants requests only between having started and beginning to drain. */
    enum Stage {
        STARTING,
        SERVING,
        DRAINING
    }

    OpsRoutes(Health health, AtomicReference<Stage> stage) {
        this.health = health;
        this.stage = stage;
    }

    List<Route> health() {
        return List.of(
                Route.get("/health/live", Access.OPEN, this::live).toll(Toll.FREE),
                Route.get("/health/ready", Access.OPEN, this::ready).toll(Toll.FREE));
    }

    List<Route> metrics() {
        return List.of(Route.get("/metrics", Access.OPEN, this::metrics).toll(Toll.FREE));
    }

    private void live(ServerRequest request, ServerResponse response) {
        Answers.json(response, 200, Map.of("status", "live"));
    }

    private void ready(ServerRequest request, ServerResponse response) {
        Map<String, Object> checks = new LinkedHashMap<>();
        Stage now = stage.get();
        boolean ready = now == Stage.SERVING;
        for (var check : health.checks().entrySet()) {
            boolean works = check.getValue().getAsBoolean();
            checks.put(check.getKey(), works ? "up" : "down");
            ready &= works;
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(
                "status",
                ready ? "ready" : now == Stage.SERVING ? "unready" : now.name().toLowerCase(Locale.ROOT));
        body.put("checks", checks);
        if (!ready) {
            response.header(HeaderNames.RETRY_AFTER, "1");
        }
        Answers.json(response, ready ? 200 : 503, body);
    }

    private void metrics(ServerRequest request, ServerResponse response) {
        response.header(HeaderNames.CONTENT_TYPE, PROMETHEUS);
        response.send(health.metrics().scrape().getBytes(StandardCharsets.UTF_8));
    }
}
