package dev.millrace.webhooks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.credits.Credits;
import dev.millrace.platform.Micros;
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
import dev.millrace.webhooks.Endpoints.Wanted;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Making, reading, changing and deleting endpoints, and giving them new secrets. */
final class EndpointRoutes implements Routes {
    static final String ALL = "/v1/webhooks/endpoints";
    private static final String ONE = ALL + "/{id}";
    private static final String LIST = "webhook-endpoints";
    private static final Body SMALL = Body.JSON.upTo(16 * 1024);

    private final Db db;
    private final Webhooks.Tables tables;
    private final TargetUrl urls;
    private final Credits credits;
    private final Cursors cursors;

    EndpointRoutes(Db db, Webhooks.Tables tables, TargetUrl urls, Credits credits, Cursors cursors) {
        this.db = db;
        this.tables = tables;
        this.urls = urls;
        this.credits = credits;
        this.cursors = cursors;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(ALL, Access.CALLER, this::create).body(SMALL),
                Route.get(ALL, Access.CALLER, this::list).scope(Scope.ACCOUNT),
                Route.get(ONE, Access.CALLER, this::find).scope(Scope.ACCOUNT),
                Route.patch(ONE, Access.CALLER, this::change).body(SMALL),
                Route.delete(ONE, Access.CALLER, this::delete),
                Route.post(ONE + "/secret", Access.CALLER, this::rotate).body(DeliveryRoutes.NOTHING));
    }

    private void create(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        byte[] body = Bodies.bytes(request);
        NewEndpoint asked = Bodies.parse(body, NewEndpoint.class);
        Wanted wanted = new Wanted(
                urls.checked(asked.url()),
                asked.description() == null ? "" : asked.description(),
                events(asked.events()),
                micros(asked.creditsLowBelow()));
        requireThreshold(wanted);
        answer(response, tables.once().tell(account, IdempotencyHeaders.key(request, body), tx -> {
            Endpoints.Fresh fresh = tables.endpoints().add(tx, account, wanted, available(tx, account));
            Endpoint made = tables.endpoints().find(tx, account, fresh.id());
            return new Once.Made(201, ALL + "/" + fresh.id(), made, fresh.secret());
        }));
    }

    private void list(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        int limit = Params.limit(request);
        UUID after = cursors.of(request, LIST);
        List<Endpoint> rows = db.read(tx -> tables.endpoints().page(tx, account, after, limit + 1));
        Answers.json(response, 200, Page.of(rows, limit, row -> cursors.after(LIST, row.id())));
    }

    private void find(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        UUID id = Params.id(request, "id");
        Answers.json(response, 200, db.read(tx -> tables.endpoints().find(tx, account, id)));
    }

    private void change(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        UUID id = Params.id(request, "id");
        JsonNode tree = Bodies.tree(request);
        Change asked = Bodies.bind(tree, Change.class);
        String url = asked.url() == null ? null : urls.checked(asked.url());
        List<EventType> events = asked.events() == null ? null : events(asked.events());
        Long below = micros(asked.creditsLowBelow());
        boolean told = tree.has("credits_low_below");
        Endpoint changed = db.transact(tx -> {
            Endpoint present = tables.endpoints().locked(tx, account, id);
            Wanted wanted = new Wanted(
                    url == null ? present.url() : url,
                    asked.description() == null ? present.description() : asked.description(),
                    events == null ? present.events() : events,
                    told ? below : micros(present.creditsLowBelow()));
            requireThreshold(wanted);
            boolean enabled = asked.enabled() == null ? present.disabled() == null : asked.enabled();
            tables.endpoints().change(tx, id, wanted, enabled, available(tx, account));
            if (!enabled) {
                tables.deliveries().endAll(tx, id, Deliveries.DISABLED);
            }
            return tables.endpoints().find(tx, account, id);
        });
        Answers.json(response, 200, changed);
    }

    private void delete(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        UUID id = Params.id(request, "id");
        db.run(tx -> tables.endpoints().delete(tx, account, id));
        Answers.noContent(response);
    }

    private void rotate(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        UUID id = Params.id(request, "id");
        byte[] body = DeliveryRoutes.nothing(request);
        answer(response, tables.once().tell(account, IdempotencyHeaders.key(request, body), tx -> {
            Endpoints.Fresh fresh = tables.endpoints().rotate(tx, account, id);
            return new Once.Made(201, ALL + "/" + id, tables.endpoints().find(tx, account, id), fresh.secret());
        }));
    }

    static void answer(ServerResponse response, Once.Told told) {
        if (told.replayed()) {
            IdempotencyHeaders.replayed(response);
        }
        response.header(HeaderNames.LOCATION, told.location());
        Answers.json(response, told.status(), told.body());
    }

    private long available(Tx tx, UUID account) {
        return credits.balance(tx, account).available();
    }

    private static List<EventType> events(List<EventType> asked) {
        if (asked.contains(null)) {
            throw Problem.of(ProblemType.INVALID_REQUEST, "/events must be a list of events.")
                    .at("/events", "wrong_type", "must be a list of events");
        }
        return List.copyOf(EnumSet.copyOf(asked));
    }

    private static @Nullable Long micros(@Nullable BigDecimal credits) {
        return credits == null ? null : Micros.exact("/credits_low_below", credits);
    }

    private static void requireThreshold(Wanted wanted) {
        if (wanted.events().contains(EventType.CREDITS_LOW) && wanted.creditsLowBelow() == null) {
            throw Problem.of(ProblemType.INVALID_REQUEST, "/credits_low_below is needed with the event credits.low.")
                    .at("/credits_low_below", "required", "is needed with the event credits.low");
        }
    }

    record NewEndpoint(
            @NotNull @Size(max = 2048) String url,
            @NotNull @Size(min = 1, max = 20) List<EventType> events,
            @Nullable @Size(max = 500) String description,

            @Nullable @DecimalMin("0.000001") @DecimalMax("1000000000")
            BigDecimal creditsLowBelow) {}

    /** What is absent stays as it is; {@code credits_low_below} is taken away by null. */
    record Change(
            @Nullable @Size(max = 2048) String url,
            @Nullable @Size(min = 1, max = 20) List<EventType> events,
            @Nullable @Size(max = 500) String description,

            @Nullable @DecimalMin("0.000001") @DecimalMax("1000000000")
            BigDecimal creditsLowBelow,

            @Nullable Boolean enabled) {}
}
