package dev.millrace.accounts;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.millrace.accounts.AccountsConfig.Signup;
import dev.millrace.accounts.Entrance.Entered;
import dev.millrace.accounts.Sessions.Origin;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Scope;
import dev.millrace.platform.http.Toll;
import dev.millrace.platform.http.input.Bodies;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Signing up, one's own account, and the keys by which others can check our tokens. */
final class AccountRoutes implements Routes {
    private final Db db;
    private final Signup signup;
    private final Register register;
    private final Entrance entrance;
    private final SessionRoutes sessions;
    private final Tokens tokens;

    AccountRoutes(Db db, Signup signup, Register register, Entrance entrance, SessionRoutes sessions, Tokens tokens) {
        this.db = db;
        this.signup = signup;
        this.register = register;
        this.entrance = entrance;
        this.sessions = sessions;
        this.tokens = tokens;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post("/v1/accounts", Access.OPEN, this::signUp)
                        .body(SessionRoutes.SMALL)
                        .toll(Toll.OWN),
                Route.get("/v1/me", Access.CALLER, this::me).scope(Scope.READ),
                Route.patch("/v1/me", Access.PERSON, this::change).body(SessionRoutes.SMALL),
                Route.get("/.well-known/jwks.json", Access.OPEN, this::keys));
    }

    private void signUp(ServerRequest request, ServerResponse response) {
        if (signup == Signup.CLOSED) {
            throw Problem.of(ProblemType.FORBIDDEN, "Accounts are made by the operator here.");
        }
        Origin origin = SessionRoutes.origin(request);
        entrance.guardSignUp(origin);
        var wanted = Bodies.read(request, NewAccount.class);
        Entered entered = entrance.signUp(wanted.email(), wanted.password(), wanted.name(), origin);
        var begun = entered.begun();
        boolean byCookie = Boolean.TRUE.equals(wanted.cookie());
        if (byCookie) {
            SessionRoutes.keep(response, begun.refresh());
        }
        TokenSet set =
                sessions.set(entered.account(), begun.session(), entered.role(), byCookie ? null : begun.refresh());
        Answers.json(response, 201, new Welcome(entered.made(), set));
    }

    private void me(ServerRequest request, ServerResponse response) {
        UUID id = Caller.required(request).account();
        Answers.json(response, 200, present(db.read(tx -> register.find(tx, id))));
    }

    private void change(ServerRequest request, ServerResponse response) {
        UUID id = Caller.required(request).account();
        String name = Entrance.named(Bodies.read(request, Change.class).name());
        Answers.json(response, 200, present(db.transact(tx -> register.rename(tx, id, name))));
    }

    private void keys(ServerRequest request, ServerResponse response) {
        var all = tokens.keys().all().stream().map(SigningKey::jwk).toList();
        Answers.json(response, 200, new KeySet(all));
    }

    private static Account present(@Nullable Account account) {
        if (account == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is no such account any more.");
        }
        return account;
    }

    record NewAccount(
            @NotNull @Size(max = 320) String email,
            @NotNull @Size(max = 1024) String password,
            @Nullable @Size(max = 100) String name,
            @Nullable Boolean cookie) {
        @Override
        public String toString() {
            return "NewAccount";
        }
    }

    /** A blank name takes the name away. */
    record Change(@NotNull @Size(max = 100) String name) {}

    private record Welcome(
            @Nullable Account account, @JsonUnwrapped TokenSet tokens) {}

    private record KeySet(List<SigningKey.Jwk> keys) {}
}
