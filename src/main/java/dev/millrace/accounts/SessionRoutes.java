package dev.millrace.accounts;

import dev.millrace.accounts.Entrance.Entered;
import dev.millrace.accounts.Sessions.End;
import dev.millrace.accounts.Sessions.Origin;
import dev.millrace.accounts.Sessions.Session;
import dev.millrace.accounts.Sessions.Turned;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Body;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.ClientAddress;
import dev.millrace.platform.http.Page;
import dev.millrace.platform.http.Role;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Scope;
import dev.millrace.platform.http.Toll;
import dev.millrace.platform.http.input.Bodies;
import dev.millrace.platform.http.input.Cursors;
import dev.millrace.platform.http.input.Params;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import dev.millrace.platform.sql.Db;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Signing in and out, and the exchange of refresh tokens. */
final class SessionRoutes implements Routes {
    /** No body here is longer than a password and an address. */
    static final Body SMALL = Body.JSON.upTo(16 * 1024);

    private static final String COOKIE = "__Host-refresh";
    private static final String SESSIONS = "sessions";
    private static final Duration LONGEST = Duration.ofDays(30);

    private final Db db;
    private final Entrance entrance;
    private final Sessions sessions;
    private final Tokens tokens;
    private final Cursors cursors;

    SessionRoutes(Db db, Entrance entrance, Sessions sessions, Tokens tokens, Cursors cursors) {
        this.db = db;
        this.entrance = entrance;
        this.sessions = sessions;
        this.tokens = tokens;
        this.cursors = cursors;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post("/v1/sessions", Access.OPEN, this::signIn)
                        .body(SMALL)
                        .toll(Toll.OWN),
                Route.post("/v1/tokens", Access.OPEN, this::refresh).body(SMALL),
                Route.get("/v1/sessions", Access.CALLER, this::list).scope(Scope.ACCOUNT),
                Route.delete("/v1/sessions/current", Access.PERSON, this::signOut),
                Route.delete("/v1/sessions/{id}", Access.PERSON, this::revoke),
                Route.delete("/v1/sessions", Access.PERSON, this::signOutEverywhere));
    }

    private void signIn(ServerRequest request, ServerResponse response) {
        Origin origin = origin(request);
        entrance.guardSignIn(origin);
        var wanted = Bodies.read(request, NewSession.class);
        Entered entered = entrance.signIn(wanted.email(), wanted.password(), origin);
        var refresh = entered.begun().refresh();
        boolean byCookie = Boolean.TRUE.equals(wanted.cookie());
        if (byCookie) {
            keep(response, refresh);
        }
        TokenSet set = set(entered.account(), entered.begun().session(), entered.role(), byCookie ? null : refresh);
        Answers.json(response, 201, set);
    }

    private void refresh(ServerRequest request, ServerResponse response) {
        var sent = Bodies.read(request, Refresh.class).refreshToken();
        boolean byCookie = sent == null;
        String text = sent == null ? cookie(request) : sent;
        Turned turned;
        try {
            turned = sessions.turn(text, origin(request));
        } catch (Problem refused) {
            if (byCookie && refused.type().status() == 401) {
                keep(response, "", Duration.ZERO);
            }
            throw refused;
        }
        if (byCookie) {
            keep(response, turned.refresh());
        }
        Answers.json(
                response,
                200,
                set(turned.account(), turned.session(), turned.role(), byCookie ? null : turned.refresh()));
    }

    private void list(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.required(request);
        int limit = Params.limit(request);
        UUID after = cursors.of(request, SESSIONS);
        List<Session> rows = db.read(tx -> sessions.page(tx, caller.account(), caller.session(), after, limit + 1));
        Answers.json(response, 200, Page.of(rows, limit, row -> cursors.after(SESSIONS, row.id())));
    }

    private void signOut(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.required(request);
        UUID session = caller.session();
        if (session == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "An API key has no session to end.");
        }
        db.run(tx -> sessions.end(tx, caller.account(), session, End.SIGNED_OUT));
        keep(response, "", Duration.ZERO);
        Answers.noContent(response);
    }

    private void revoke(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        UUID session = Params.id(request, "id");
        boolean ended = db.transact(tx -> sessions.end(tx, account, session, End.REVOKED));
        if (!ended) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is no session with this id.");
        }
        Answers.noContent(response);
    }

    private void signOutEverywhere(ServerRequest request, ServerResponse response) {
        UUID account = Caller.required(request).account();
        db.run(tx -> sessions.endAll(tx, account, End.SIGNED_OUT_EVERYWHERE));
        keep(response, "", Duration.ZERO);
        Answers.noContent(response);
    }

    /** What a client needs to go on; the refresh token only where it does not travel in the cookie. */
    TokenSet set(UUID account, UUID session, String role, @Nullable RefreshToken refresh) {
        String access = tokens.issue(account, session, Role.valueOf(role.toUpperCase(Locale.ROOT)));
        return new TokenSet(
                access, "Bearer", Tokens.LIFE.toSeconds(), refresh == null ? null : refresh.text(), session);
    }

    /** Where a request comes from, as the owner of the session will read it. */
    static Origin origin(ServerRequest request) {
        String agent = request.headers().first(HeaderNames.USER_AGENT).orElse("");
        String printable = agent.replaceAll("[^\\x20-\\x7e]", "").strip();
        String shown = printable.substring(0, Math.min(200, printable.length()));
        return new Origin(
                shown.isEmpty() ? null : shown, ClientAddress.of(request).text());
    }

    private static String cookie(ServerRequest request) {
        List<String> sent = request.headers().cookies().contains(COOKIE)
                ? request.headers().cookies().all(COOKIE)
                : List.of();
        if (sent.size() != 1) {
            throw Problem.of(
                    ProblemType.UNAUTHENTICATED, "Send the refresh token in the body or in its cookie, or sign in.");
        }
        return sent.getFirst();
    }

    /** The refresh token travels in the cookie from here on. */
    static void keep(ServerResponse response, RefreshToken refresh) {
        keep(response, refresh.text(), LONGEST);
    }

    /** Only this host, only over TLS (or loopback), never readable by scripts; an empty value takes it away. */
    private static void keep(ServerResponse response, String value, Duration age) {
        response.headers()
                .add(HeaderValues.create(
                        HeaderNames.SET_COOKIE,
                        COOKIE + "=" + value + "; Max-Age=" + age.toSeconds()
                                + "; Path=/; Secure; HttpOnly; SameSite=Strict"));
    }

    record NewSession(
            @NotNull @Size(max = 320) String email,
            @NotNull @Size(max = 1024) String password,
            @Nullable Boolean cookie) {
        @Override
        public String toString() {
            return "NewSession";
        }
    }

    record Refresh(@Nullable @Size(max = 512) String refreshToken) {
        @Override
        public String toString() {
            return "Refresh";
        }
    }
}
