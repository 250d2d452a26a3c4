package dev.millrace.webhooks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.platform.Ids;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Body;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.IdempotencyHeaders;
import dev.millrace.platform.http.Page;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Scope;
import dev.millrace.platform.http.input.Bodies;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.http.input.Params;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import dev.millrace.platform.sql.Tx;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What was told to endpoints, telling it again, and trying an endpoint out. */
final class DeliveryRoutes implements Routes {
    /** No body, or one that says nothing. */
    static final Body NOTHING = Body.RAW.upTo(1024);

    private static final String ENDPOINT = EndpointRoutes.ALL + "/{id}";
    private static final String ONE = "/v1/webhooks/deliveries/{id}";
    private static final String LIST = "webhook-deliveries";
    private static final List<String> STATES = List.of("pending", "delivered", "failed");

    private final Db db;
    private final Webhooks.Tables tables;
    private final Cursors cursors;

    DeliveryRoutes(Db db, Webhooks.Tables tables, Cursors cursors) {
        this.db = db;
        this.tables = tables;
        this.cursors = cursors;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(ENDPOINT + "/deliveries", Access.CALLER, this::list).scope(Scope.ACCOUNT),
                Route.post(ENDPOINT + "/retries", Access.CALLER, this::retryAll).body(Body.JSON.upTo(1024)),
                Route.post(ENDPOINT + "/test", Access.CALLER, this::test).body(NOTHING),
                Route.get(ONE, Access.CALLER, this::find).scope(Scope.ACCOUNT),
                Route.post(ONE + "/retries", Access.CALLER, this::retry).body(NOTHING));
    }

    private void list(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        UUID endpoint = Params.id(request, "id");
        int limit = Params.limit(request);
        String state = Params.query(request, "status");
        if (state != null && !STATES.contains(state)) {
            throw Params.refusal("status", "out_of_range", "must be one of " + String.join(", ", STATES));
        }
        UUID after = cursors.of(request, LIST);
        List<Delivery> rows = db.read(tx -> {
            tables.endpoints().find(tx, account, endpoint);
            return tables.deliveries().page(tx, account, endpoint, state, new Deliveries.Place(after, limit + 1));
        });
        Answers.json(response, 200, Page.of(rows, limit, row -> cursors.after(LIST, row.id())));
    }

    private void find(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        UUID id = Params.id(request, "id");
        Answers.json(response, 200, db.read(tx -> tables.deliveries().find(tx, account, id)));
    }

    private void retry(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        UUID id = Params.id(request, "id");
        byte[] body = nothing(request);
        EndpointRoutes.answer(response, tables.once().tell(account, IdempotencyHeaders.key(request, body), tx -> {
            UUID endpoint = tables.deliveries().find(tx, account, id).endpoint();
            begin(tx, account, endpoint);
            tables.deliveries().again(tx, id);
            return made(tx, account, id);
        }));
    }

    private void retryAll(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        UUID endpoint = Params.id(request, "id");
        byte[] body = Bodies.bytes(request);
        Instant since = Bodies.parse(body, Retries.class).since();
        EndpointRoutes.answer(response, tables.once().tell(account, IdempotencyHeaders.key(request, body), tx -> {
            begin(tx, account, endpoint);
            Deliveries.Revived revived = tables.deliveries().again(tx, endpoint, since);
            String log = EndpointRoutes.ALL + "/" + endpoint + "/deliveries";
            return new Once.Made(202, log, new Retried(revived.count(), revived.more()), null);
        }));
    }

    private void test(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        UUID endpoint = Params.id(request, "id");
        byte[] body = nothing(request);
        EndpointRoutes.answer(response, tables.once().tell(account, IdempotencyHeaders.key(request, body), tx -> {
            begin(tx, account, endpoint);
            var data = JsonNodeFactory.instance.objectNode().put("endpoint", endpoint.toString());
            UUID id = tables.outbox().add(tx, endpoint, new Outbox.Message(Ids.next(), EventType.TEST, endpoint, data));
            return made(tx, account, id);
        }));
    }

    /** Locks the endpoint and sends for its courier: before deliveries, as everywhere. */
    private void begin(Tx tx, UUID account, UUID endpoint) {
        if (tables.endpoints().locked(tx, account, endpoint).disabled() != null) {
            throw Problem.of(ProblemType.CONFLICT, "The endpoint is disabled. Enable it first.");
        }
        tables.outbox().send(tx, account, endpoint);
    }

    private Once.Made made(Tx tx, UUID account, UUID delivery) {
        return new Once.Made(
                202, "/v1/webhooks/deliveries/" + delivery, tables.deliveries().find(tx, account, delivery), null);
    }

    /** Refuses a body that says anything. */
    static byte[] nothing(ServerRequest request) {
        byte[] body = Bodies.bytes(request);
        if (body.length > 0) {
            Bodies.parse(body, Nothing.class);
        }
        return body;
    }

    private record Nothing() {}

    record Retries(@NotNull Instant since) {}

    /** {@code more}: another call sends the rest. */
    private record Retried(int retried, boolean more) {}
}
