package dev.millrace.accounts.keys;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.accounts.keys.ApiKeys.Wanted;
import dev.millrace.platform.Ids;
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
import dev.millrace.platform.idempotency.Idempotency;
import dev.millrace.platform.idempotency.IdempotencyKey;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Making, reading and revoking API keys. */
final class KeyRoutes implements Routes {
    private static final String LIST = "api-keys";
    private static final String ONE = "/v1/api-keys/{id}";
    private static final int LONGEST_NAME = 100;

    private final Db db;
    private final ApiKeys keys;
    private final byte[] house;
    private final Cursors cursors;

    KeyRoutes(Db db, ApiKeys keys, byte[] house, Cursors cursors) {
        this.db = db;
        this.keys = keys;
        this.house = house.clone();
        this.cursors = cursors;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post("/v1/api-keys", Access.PERSON, this::create).body(Body.JSON.upTo(16 * 1024)),
                Route.get("/v1/api-keys", Access.CALLER, this::list).scope(Scope.ACCOUNT),
                Route.get(ONE, Access.CALLER, this::find).scope(Scope.ACCOUNT),
                Route.delete(ONE, Access.PERSON, this::revoke));
    }

    private void create(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        byte[] body = Bodies.bytes(request);
        Wanted wanted = Bodies.parse(body, NewKey.class).wanted();
        Made made = made(account, wanted, IdempotencyHeaders.key(request, body));
        if (made.replayed()) {
            IdempotencyHeaders.replayed(response);
        }
        // the secret is in no table: it is found again from the id
        ObjectNode told = Json.read(made.answer().body(), ObjectNode.class);
        UUID id = UUID.fromString(told.path("id").asText());
        told.put("key", KeyText.of(house, id).text());
        Answers.created(response, made.answer().location(), told);
    }

    private Made made(UUID account, Wanted wanted, @Nullable IdempotencyKey key) {
        return db.transact(tx -> {
            Idempotency.Answer before = key == null ? null : Idempotency.begin(tx, account, key);
            if (before != null) {
                return new Made(before, true);
            }
            UUID id = Ids.next();
            keys.add(tx, id, account, wanted, KeyText.of(house, id));
            var answer = new Idempotency.Answer(201, "/v1/api-keys/" + id, Json.write(keys.find(tx, account, id)));
            if (key != null) {
                Idempotency.keep(tx, account, key, answer);
            }
            return new Made(answer, false);
        });
    }

    private void list(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        int limit = Params.limit(request);
        UUID after = cursors.of(request, LIST);
        List<ApiKey> rows = db.read(tx -> keys.page(tx, account, after, limit + 1));
        Answers.json(response, 200, Page.of(rows, limit, row -> cursors.after(LIST, row.id())));
    }

    private void find(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        UUID id = Params.id(request, "id");
        Answers.json(response, 200, db.read(tx -> keys.find(tx, account, id)));
    }

    private void revoke(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        UUID id = Params.id(request, "id");
        db.run(tx -> keys.revoke(tx, account, id));
        Answers.noContent(response);
    }

    private record Made(Idempotency.Answer answer, boolean replayed) {}

    record NewKey(
            @NotNull @Size(max = 400) String name,
            @Nullable @Size(min = 1, max = 16) List<Scope> scopes,
            @Nullable Instant expiresAt,

            @Nullable @DecimalMin("0") @DecimalMax("1000000000")
            BigDecimal capDay,

            @Nullable @Min(1) @Max(1_000_000) Long perMinute,
            @Nullable @Min(1) @Max(100_000_000) Long perDay) {
        Wanted wanted() {
            String kept = Normalizer.normalize(name.strip(), Normalizer.Form.NFC);
            if (kept.isEmpty() || kept.codePointCount(0, kept.length()) > LONGEST_NAME) {
                throw Problem.of(ProblemType.INVALID_REQUEST, "/name must have 1 to 100 characters.")
                        .at("/name", kept.isEmpty() ? "required" : "out_of_range", "must have 1 to 100 characters");
            }
            if (scopes != null && scopes.contains(null)) {
                throw Problem.of(ProblemType.INVALID_REQUEST, "/scopes must be a list of scopes.")
                        .at("/scopes", "wrong_type", "must be a list of scopes");
            }
            EnumSet<Scope> asked = scopes == null ? EnumSet.allOf(Scope.class) : EnumSet.copyOf(scopes);
            Long cap = capDay == null ? null : Micros.exact("/cap_day", capDay);
            return new Wanted(kept, List.copyOf(asked), expiresAt, cap, perMinute, perDay);
        }
    }
}
