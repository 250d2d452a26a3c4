package dev.millrace.platform.http;

import static net.logstash.logback.argument.StructuredArguments.value;

import dev.millrace.platform.http.input.Percent;
import dev.millrace.platform.http.wire.Line;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.http.DirectHandler.TransportRequest;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line and one measurement a request, when it has ended. */
final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("access");

    /** Secrets that travel in addresses, because the browser leaves no other way. */
    private static final Set<String> SECRETS = Set.of("ticket", "signature", "token", "key", "code");

    private static final Pattern SIGNED = Pattern.compile("^(/media/[^/]*/[^./]*\\.)[^/]*");

    private final MeterRegistry metrics;
    private final Map<Measured, Timer> timers = new ConcurrentHashMap<>();

    AccessLog(MeterRegistry metrics) {
        this.metrics = metrics;
    }

    void ended(Exchange exchange) {
        int status = exchange.status();
        long nanos = exchange.nanos();
        Route route = exchange.route();
        measure(new Measured(method(exchange), route == null ? "none" : route.path(), status), nanos);
        if (!LOG.isInfoEnabled()) {
            return;
        }
        Caller caller = exchange.caller();
        ProblemType refusal = exchange.refusal();
        LOG.info(
                "{} {} {} in {} ms",
                value("method", exchange.method()),
                value(
                        "path",
                        redacted(
                                exchange.path(),
                                exchange.request().prologue().query().rawValue())),
                value("status", status),
                value("ms", Math.round(nanos / 1e4) / 1e2),
                value("bytes", exchange.response().bytesWritten()),
                value("request_id", exchange.id()),
                value("client", exchange.client().getHostAddress()),
                value("account", caller == null ? null : caller.account()),
                value("code", refusal == null ? null : refusal.code()));
    }

    /** A request that never became one. */
    static void refused(Line line, String id, TransportRequest request, ProblemType type) {
        LOG.info(
                "{} {} {}",
                value("method", request.method()),
                value("path", redacted(request.path(), "")),
                value("status", type.status()),
                value("request_id", id),
                value(
                        "client",
                        ((InetSocketAddress) line.remotePeer().address())
                                .getAddress()
                                .getHostAddress()),
                value("code", type.code()));
    }

    private void measure(Measured measured, long nanos) {
        timers.computeIfAbsent(measured, this::timer).record(Duration.ofNanos(nanos));
    }

    private Timer timer(Measured measured) {
        return Timer.builder("http.server.requests")
                .description("Requests by route and status, from their head to the end of their answer")
                .tag("method", measured.method)
                .tag("route", measured.route)
                .tag("status", String.valueOf(measured.status))
                .serviceLevelObjectives(
                        Duration.ofMillis(5),
                        Duration.ofMillis(25),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2))
                .register(metrics);
    }

    /** Strangers choose the method, so only known ones become a label. */
    private static String method(Exchange exchange) {
        return exchange.route() == null ? "other" : exchange.method();
    }

    static String redacted(String path, String query) {
        String shown = SIGNED.matcher(path).replaceFirst("$1***");
        if (query.isEmpty()) {
            return shown;
        }
        return shown + "?"
                + Stream.of(query.split("&", -1)).map(AccessLog::redacted).collect(Collectors.joining("&"));
    }

    /** The name is read as those read it who use the value: escaped it means the same. */
    private static String redacted(String pair) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? null : Percent.decodeQuery(pair.substring(0, equals));
        return name != null && SECRETS.contains(name) ? pair.substring(0, equals + 1) + "***" : pair;
    }

    private record Measured(String method, String route, int status) {}
}
