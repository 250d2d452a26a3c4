package dev.millrace.platform.http;

import dev.millrace.platform.http.headers.Cors;
import dev.millrace.platform.http.input.Paths;
import dev.millrace.platform.http.sse.EventStream;
import dev.millrace.platform.http.wire.InFlight;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpMediaType;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges each request in one order, and the first refusal answers: framing and size, route and method, media type, identity, role
 * and scope, too many calls; then its handler goes on with the rest.
 *
 * <p>What follows an answer is decided here too. An answer that closes ends the connection for certain, because what the client
 * sent behind it would otherwise be read as its next request.
 */
final class Judge implements io.helidon.webserver.http.Handler {
    /** The member of a problem that becomes the header. */
    static final String ALLOW = "allow";

    private static final Logger LOG = LoggerFactory.getLogger(Judge.class);
    private static final Duration COME_BACK = Duration.ofSeconds(5);
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private final Desk desk;
    private final Problems problems;
    private final AccessLog log;
    private final InFlight inFlight;

    Judge(Desk desk, Problems problems, AccessLog log, InFlight inFlight) {
        this.desk = desk;
        this.problems = problems;
        this.log = log;
        this.inFlight = inFlight;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        var exchange = new Exchange(desk, request, response);
        if (exchange.method().equals("HEAD")) {
            exchange.line().headOnly();
        }
        boolean whole;
        inFlight.began();
        try {
            whole = answer(exchange);
        } finally {
            inFlight.ended();
        }
        log.ended(exchange);
        if (!whole || exchange.closes()) {
            throw new CloseConnectionException("answered");
        }
        if (exchange.unread()) {
            drain(exchange);
        }
        exchange.line().finished();
    }

    /** True when a whole answer is out and the connection can go on. */
    private boolean answer(Exchange exchange) {
        try {
            try {
                judge(exchange);
            } catch (Exception failure) {
                if (exchange.line().broken() || exchange.upgraded()) {
                    return false;
                }
                if (!exchange.line().headWritten() && !problems.answer(exchange, failure)) {
                    // part of an answer is out: cut it, so that nobody takes it for the whole
                    return false;
                }
            }
            if (exchange.upgraded()) {
                return false;
            }
            exchange.line().discardRest();
            ((RoutingResponse) exchange.response()).commit();
            return true;
        } catch (RuntimeException gone) {
            LOG.debug("the answer to request {} did not get out", exchange.id(), gone);
            return false;
        }
    }

    private void judge(Exchange exchange) throws Exception {
        refuseFraming(exchange);
        refuseTunnel(exchange);
        Face face = desk.table().face(exchange.path());
        String address = face == null ? exchange.path() : face.address(exchange.path());
        RouteTable.Place place = desk.table().find(Paths.segments(address));
        RouteTable.Match match = place == null ? null : place.route(exchange.method());
        if (exchange.method().equals("OPTIONS")
                && place != null
                && (match == null || Cors.preflight(headers(exchange)))) {
            options(exchange, place);
            return;
        }
        refuseSize(exchange, match);
        if (place == null) {
            throw face == null
                    ? Problem.of(ProblemType.NOT_FOUND, "There is nothing at this address.")
                    : face.nowhere();
        }
        if (match == null) {
            throw Problem.of(ProblemType.METHOD_NOT_ALLOWED, "This address does not know this method.")
                    .with(ALLOW, place.allow());
        }
        exchange.found(match);
        Route route = match.route();
        refuseMediaType(exchange, route);
        if (!known(exchange, route)) {
            EventStream.sendAway(exchange.request(), exchange.response(), COME_BACK, "overload");
            return;
        }
        refuseStranger(exchange, route);
        if (!SAFE.contains(exchange.method())) {
            desk.cors().refuseForeign(headers(exchange));
        } else if (exchange.upgrades()) {
            desk.cors().refuseForeignPage(headers(exchange), desk.config().publicUrl());
        }
        if (route.toll() == Toll.GUARDED) {
            desk.door().guard().accept(new ClientAddress(exchange.client().getHostAddress()));
        }
        route.handler().handle(exchange.request(), exchange.response());
        if (!exchange.upgraded() && !((RoutingResponse) exchange.response()).hasEntity()) {
            throw new IllegalStateException(
                    "the handler of " + route.method() + " " + route.path() + " did not answer");
        }
    }

    /** The target of CONNECT is another server, and no path that could be looked for here. */
    private void refuseTunnel(Exchange exchange) {
        if (exchange.method().equals("CONNECT")) {
            throw Problem.of(ProblemType.METHOD_NOT_ALLOWED, "This server is no proxy.")
                    .with(ALLOW, desk.table().allow());
        }
    }

    private static void refuseFraming(Exchange exchange) {
        if (exchange.chunked()) {
            throw Problem.of(ProblemType.LENGTH_REQUIRED, "A body needs a Content-Length; chunks are not taken.");
        }
        var headers = headers(exchange);
        if (headers.contains(HeaderNames.EXPECT)
                && !headers.get(HeaderNames.EXPECT).get().equalsIgnoreCase("100-continue")) {
            throw Problem.of(ProblemType.EXPECTATION_FAILED, "Only 100-continue can be expected.");
        }
    }

    private static void refuseSize(Exchange exchange, RouteTable.@Nullable Match match) {
        if (match == null || exchange.length() <= match.route().body().limit()) {
            return;
        }
        Body body = match.route().body();
        throw Problem.of(
                        ProblemType.PAYLOAD_TOO_LARGE,
                        body.kind() == Body.Kind.NONE
                                ? "This call takes no body."
                                : "This call takes a body of at most " + body.limit() + " bytes.")
                .with("limit", body.limit());
    }

    private static void refuseMediaType(Exchange exchange, Route route) {
        if (route.body().kind() != Body.Kind.JSON) {
            return;
        }
        String sent = headers(exchange).first(HeaderNames.CONTENT_TYPE).orElse("");
        if (!json(sent)) {
            throw Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send Content-Type: application/json, in UTF-8.");
        }
    }

    private static boolean json(String sent) {
        try {
            HttpMediaType type = HttpMediaType.create(sent);
            boolean utf8 = type.charset()
                    .map(charset -> charset.toLowerCase(Locale.ROOT).equals("utf-8"))
                    .orElse(true);
            return utf8 && type.mediaType().text().toLowerCase(Locale.ROOT).equals("application/json");
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /** Finds out who is asking; false when that cannot be known now and the client must not be refused for it. */
    private boolean known(Exchange exchange, Route route) {
        if (route.access() == Access.OPEN) {
            return true;
        }
        try {
            exchange.calledBy(desk.door().identity().identify(exchange.request()));
            return true;
        } catch (Problem away) {
            if (route.access() == Access.READER && away.type() == ProblemType.UNAVAILABLE && !exchange.upgrades()) {
                return false;
            }
            throw away;
        }
    }

    private static void refuseStranger(Exchange exchange, Route route) {
        if (route.access() == Access.OPEN) {
            return;
        }
        Caller caller = exchange.caller();
        if (caller == null) {
            throw Problem.of(ProblemType.UNAUTHENTICATED, "Sign in, or send an API key, to do this.");
        }
        if (route.access() == Access.ADMIN && caller.role() != Role.ADMIN) {
            throw Problem.of(ProblemType.FORBIDDEN, "Only administrators may do this.");
        }
        if (route.access() == Access.PERSON && caller.session() == null) {
            throw Problem.of(ProblemType.FORBIDDEN, "An API key may not do this. Sign in with your password.");
        }
        if (!caller.scopes().contains(route.scope())) {
            throw Problem.of(
                    ProblemType.FORBIDDEN,
                    "This API key was not made for that: it lacks the scope "
                            + route.scope().code() + ".");
        }
    }

    private void options(Exchange exchange, RouteTable.Place place) {
        var headers = exchange.response().headers();
        if (Cors.preflight(headers(exchange))) {
            desk.cors().allow(headers(exchange), place.allow(), headers);
        } else {
            headers.set(HeaderNames.ALLOW, place.allow());
        }
        exchange.response().status(Status.NO_CONTENT_204).send();
    }

    private static void drain(Exchange exchange) {
        try {
            exchange.request().content().consume();
        } catch (CloseConnectionException gone) {
            throw gone;
        } catch (RuntimeException failure) {
            throw new CloseConnectionException("the rest of the body did not come", failure);
        }
    }

    private static Headers headers(Exchange exchange) {
        return exchange.request().headers();
    }
}
