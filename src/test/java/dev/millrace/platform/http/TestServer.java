package dev.millrace.platform.http;

import dev.millrace.platform.http.HttpConfig.Listen;
import dev.millrace.platform.http.input.Bodies;
import dev.millrace.platform.http.input.Params;
import dev.millrace.platform.http.sse.EventStream;
import dev.millrace.platform.http.wire.Cidr;
import dev.millrace.platform.http.wire.HttpLimits;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A real server with routes that exist for the tests alone. */
final class TestServer implements AutoCloseable {
    static final String ORIGIN = "https://good.com";

    final Server server;
    final AtomicInteger smuggled = new AtomicInteger();
    final AtomicBoolean healthy = new AtomicBoolean(true);

    /** How each stream of {@code /v1/stream} ended. */
    final BlockingQueue<String> ended = new LinkedBlockingQueue<>();

    /** Released events: the stream route sends one for each. */
    final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    private TestServer(HttpConfig config) {
        var health =
                new Health(Map.of("postgres", healthy::get), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        server = Server.start(config, TestServer::identify, health, List.of(this::routes));
        server.ready();
    }

    static TestServer start() {
        return start(HttpLimits.DEFAULTS);
    }

    static TestServer start(HttpLimits limits) {
        return start(limits, null, List.of());
    }

    static TestServer start(HttpLimits limits, @Nullable URI publicUrl, List<Cidr> proxies) {
        var free = new Listen("127.0.0.1", 0);
        return new TestServer(new HttpConfig(free, free, publicUrl, List.of(ORIGIN), proxies, limits));
    }

    int port() {
        return server.port();
    }

    RawClient client() {
        return new RawClient(port());
    }

    @Override
    public void close() {
        server.close();
    }

    record Thing(
            @NotBlank @Size(max = 100) String name,
            @Nullable Integer count) {}

    private List<Route> routes() {
        return List.of(
                Route.get(
                        "/v1/things/{id}",
                        Access.OPEN,
                        (request, response) -> Answers.json(response, 200, Map.of("id", Params.id(request, "id")))),
                Route.get(
                        "/v1/names/{name}",
                        Access.OPEN,
                        (request, response) ->
                                Answers.json(response, 200, Map.of("name", Params.text(request, "name")))),
                Route.post(
                        "/v1/things",
                        Access.OPEN,
                        (request, response) ->
                                Answers.created(response, "/v1/things/1", Bodies.read(request, Thing.class))),
                Route.post("/v1/mine", Access.CALLER, this::mine).scope(Scope.GENERATE),
                Route.get("/v1/mine", Access.CALLER, this::mine),
                Route.get("/v1/admin", Access.ADMIN, this::mine),
                Route.post("/v1/unread", Access.OPEN, (request, response) -> Answers.json(response, 200, Map.of())),
                Route.put("/v1/raw", Access.OPEN, TestServer::count).body(Body.RAW.upTo(8 * 1024 * 1024)),
                Route.get("/v1/boom", Access.OPEN, (request, response) -> {
                    throw new IllegalStateException("secret detail");
                }),
                Route.post("/v1/boom", Access.OPEN, (request, response) -> {
                    throw new IllegalStateException("secret detail");
                }),
                Route.get("/v1/away", Access.OPEN, (request, response) -> {
                    throw Problem.of(ProblemType.UNAVAILABLE, "The database is away.");
                }),
                Route.get("/v1/silent", Access.OPEN, (request, response) -> {}),
                Route.get("/v1/half", Access.OPEN, TestServer::half),
                Route.get("/v1/split", Access.OPEN, (request, response) -> {
                    response.header("X-Echo", "a\r\nSet-Cookie: b=c");
                    Answers.json(response, 200, Map.of());
                }),
                Route.get(
                        "/v1/client",
                        Access.OPEN,
                        (request, response) -> Answers.json(
                                response,
                                200,
                                Map.of("client", ClientAddress.of(request).text()))),
                Route.get("/v1/file", Access.OPEN, TestServer::file),
                Route.get("/v1/stream", Access.OPEN, this::stream),
                Route.get("/media/{asset}", Access.OPEN, TestServer::file),
                Route.get("/SMUGGLED", Access.OPEN, (request, response) -> {
                    smuggled.incrementAndGet();
                    Answers.json(response, 200, Map.of());
                }));
    }

    private void mine(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.required(request);
        if (request.query().contains("limited")) {
            throw Problem.of(ProblemType.RATE_LIMITED, "Too many.").retryAfter(java.time.Duration.ofMillis(1500));
        }
        Answers.json(response, 200, Map.of("account", caller.account()));
    }

    private static void count(ServerRequest request, ServerResponse response) throws Exception {
        long bytes = 0;
        try (InputStream in = Bodies.stream(request)) {
            byte[] piece = new byte[64 * 1024];
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                bytes += read;
            }
        }
        Answers.json(response, 200, Map.of("bytes", bytes));
    }

    private static void half(ServerRequest request, ServerResponse response) throws Exception {
        OutputStream out = response.outputStream();
        out.write("x".repeat(5000).getBytes(StandardCharsets.US_ASCII));
        out.flush();
        throw new IllegalStateException("broken in the middle");
    }

    private static void file(ServerRequest request, ServerResponse response) throws Exception {
        byte[] bytes = new byte[300_000];
        response.header(HeaderNames.CONTENT_TYPE, "image/webp");
        response.header(HeaderNames.CONTENT_LENGTH, String.valueOf(bytes.length));
        OutputStream out = response.outputStream();
        out.write(bytes, 0, 100_000);
        out.write(bytes, 0, 200_000);
    }

    private void stream(ServerRequest request, ServerResponse response) throws Exception {
        try (EventStream stream = EventStream.open(request, response)) {
            for (String event = events.take(); !event.equals("end"); event = events.take()) {
                stream.send("1.1.0", "delta", Map.of("text", event)).flush();
            }
            ended.add("end");
        } catch (EventStream.Gone gone) {
            ended.add("gone");
        }
    }

    private static @Nullable Caller identify(ServerRequest request) {
        String sent = request.headers().first(HeaderNames.AUTHORIZATION).orElse(null);
        return switch (sent) {
            case null -> null;
            case "Bearer user" -> Caller.ofSession(new UUID(1, 1), new UUID(2, 2), Role.USER);
            case "Bearer admin" -> Caller.ofSession(new UUID(1, 2), new UUID(2, 3), Role.ADMIN);
            case "Bearer reader" ->
                Caller.ofKey(
                        new UUID(1, 1), new Caller.Key(new UUID(3, 3), null, null), Role.USER, EnumSet.of(Scope.READ));
            default -> throw Problem.of(ProblemType.INVALID_TOKEN, "The token is not valid.");
        };
    }
}
