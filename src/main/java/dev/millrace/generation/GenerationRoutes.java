package dev.millrace.generation;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.store.Generation;
import dev.millrace.generation.store.Status;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Body;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.IdempotencyHeaders;
import dev.millrace.platform.http.Page;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Scope;
import dev.millrace.platform.http.Toll;
import dev.millrace.platform.http.input.Bodies;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.http.input.Params;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Creating, reading, stopping, trying again and deleting generations; models and estimates. */
final class GenerationRoutes implements Routes {
    private static final String LIST = "generations";

    /** A call that needs no body, and takes an empty object for those who cannot send none. */
    private static final Body NOTHING = Body.RAW.upTo(1024);

    private final Generations generations;
    private final AdmissionGate gate;
    private final Cursors cursors;

    GenerationRoutes(Generations generations, AdmissionGate gate, Cursors cursors) {
        this.generations = generations;
        this.gate = gate;
        this.cursors = cursors;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post("/v1/generations", Access.CALLER, this::create)
                        .scope(Scope.GENERATE)
                        .toll(Toll.COUNTED),
                Route.get("/v1/generations", Access.CALLER, this::list),
                Route.get("/v1/generations/{id}", Access.CALLER, this::find),
                Route.delete("/v1/generations/{id}", Access.CALLER, this::delete)
                        .scope(Scope.GENERATE),
                Route.post("/v1/generations/{id}/retries", Access.CALLER, this::retry)
                        .scope(Scope.GENERATE)
                        .toll(Toll.COUNTED)
                        .body(NOTHING),
                Route.post("/v1/generations/{id}/cancellation", Access.CALLER, this::cancel)
                        .scope(Scope.GENERATE)
                        .body(NOTHING),
                Route.get("/v1/generations/{id}/cancellation", Access.CALLER, this::cancellation),
                Route.post("/v1/estimates", Access.CALLER, this::estimate).scope(Scope.GENERATE),
                Route.get("/v1/models", Access.OPEN, this::models));
    }

    private void create(ServerRequest request, ServerResponse response) {
        answer(response, gate.admit(request, response, spender -> {
            byte[] body = Bodies.bytes(request);
            NewGeneration asked = Bodies.parse(body, NewGeneration.class);
            return generations.create(spender, asked, IdempotencyHeaders.key(request, body));
        }));
    }

    private void retry(ServerRequest request, ServerResponse response) {
        UUID id = Params.id(request, "id");
        answer(response, gate.admit(request, response, spender -> {
            byte[] body = nothing(request);
            return generations.retry(spender, id, IdempotencyHeaders.key(request, body));
        }));
    }

    private void list(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        int limit = Params.limit(request);
        List<Generation> found = generations.list(
                account,
                oneOf(
                        request,
                        "kind",
                        Arrays.stream(GenerationKind.values())
                                .map(GenerationKind::code)
                                .toList()),
                oneOf(
                        request,
                        "status",
                        Arrays.stream(Status.values()).map(Status::code).toList()),
                cursors.of(request, LIST),
                limit + 1);
        Answers.json(response, 200, Page.of(found, limit, generation -> cursors.after(LIST, generation.id())));
    }

    private void find(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        Answers.json(response, 200, generations.find(account, Params.id(request, "id")));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        generations.delete(account, Params.id(request, "id"));
        Answers.noContent(response);
    }

    private void cancel(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        UUID id = Params.id(request, "id");
        nothing(request);
        Generation generation = generations.cancel(account, id);
        Answers.accepted(response, generation.links().self(), generation);
    }

    private void cancellation(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        Answers.json(response, 200, generations.cancellation(account, Params.id(request, "id")));
    }

    private void estimate(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        Answers.json(response, 200, generations.estimate(account, Bodies.read(request, NewGeneration.class)));
    }

    private void models(ServerRequest request, ServerResponse response) {
        Answers.json(response, 200, new Page<>(generations.models(), null));
    }

    private static void answer(ServerResponse response, Begun begun) {
        response.status(begun.answer().status())
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .header(HeaderNames.LOCATION, begun.answer().location())
                .send(begun.answer().body().getBytes(StandardCharsets.UTF_8));
    }

    /** Refuses a body that says anything. */
    private static byte[] nothing(ServerRequest request) {
        byte[] body = Bodies.bytes(request);
        if (body.length > 0) {
            Bodies.parse(body, Nothing.class);
        }
        return body;
    }

    private static @Nullable String oneOf(ServerRequest request, String name, List<String> words) {
        String value = Params.query(request, name);
        if (value != null && !words.contains(value)) {
            throw Params.refusal(name, "out_of_range", "must be one of " + String.join(", ", words));
        }
        return value;
    }

    private record Nothing() {}
}
