package dev.millrace.credits;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.millrace.platform.Micros;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Body;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.input.Bodies;
import dev.millrace.platform.sql.Db;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import java.math.BigDecimal;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reading the caps on spending, and setting the account's own; those of keys are set when a key is made. */
final class CapRoutes implements Routes {
    private final Db db;
    private final Caps caps;

    CapRoutes(Db db, Caps caps) {
        this.db = db;
        this.caps = caps;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/v1/caps", Access.CALLER, this::read),
                Route.put("/v1/caps", Access.PERSON, this::set).body(Body.JSON.upTo(1024)));
    }

    private void read(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        Answers.json(response, 200, db.read(tx -> CapsView.of(tx, account)));
    }

    private void set(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        BigDecimal day = Bodies.read(request, Wanted.class).day();
        Long micros = day == null ? null : Micros.exact("/day", day);
        Answers.json(response, 200, db.transact(tx -> {
            caps.set(tx, account, micros);
            return CapsView.of(tx, account);
        }));
    }

    /** Null takes the cap away, and must be said: nobody loses a cap for a member he forgot. */
    record Wanted(
            @JsonProperty(required = true) @Nullable @DecimalMin("0") @DecimalMax("1000000000")
            BigDecimal day) {}
}
