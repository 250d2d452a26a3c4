package dev.millrace.accounts;

import dev.millrace.accounts.Watch.Standing;
import dev.millrace.accounts.keys.KeyCheck;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Exchange;
import dev.millrace.platform.http.Identity;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.input.Params;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns {@code Authorization: Bearer …} (an access token or an API key), or the ticket in the address of a stream, into who is calling. */
final class Gate implements Identity {
    private static final String SCHEME = "Bearer ";

    private final Tokens tokens;
    private final Tickets tickets;
    private final KeyCheck keys;
    private final Watch watch;

    Gate(Tokens tokens, Tickets tickets, KeyCheck keys, Watch watch) {
        this.tokens = tokens;
        this.tickets = tickets;
        this.keys = keys;
        this.watch = watch;
    }

    @Override
    public @Nullable Caller identify(ServerRequest request) {
        if (!request.headers().contains(HeaderNames.AUTHORIZATION)) {
            String ticket = takesTickets(request) ? Params.query(request, "ticket") : null;
            return ticket == null ? null : byTicket(request, ticket);
        }
        List<String> sent = request.headers().get(HeaderNames.AUTHORIZATION).allValues();
        String header = sent.getFirst();
        if (sent.size() != 1 || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw Problem.of(
                    ProblemType.INVALID_TOKEN,
                    "Send one header Authorization: Bearer, followed by the access token or an API key.");
        }
        String text = header.substring(SCHEME.length());
        return KeyCheck.claims(text) ? admit(keys.holder(text)) : admit(tokens.verify(text));
    }

    private static boolean takesTickets(ServerRequest request) {
        Route route = Exchange.of(request).route();
        return route != null && route.access() == Access.READER;
    }

    /** A ticket for another address finds nothing here; it is not used up by the mistake. */
    private Caller byTicket(ServerRequest request, String text) {
        Ticket ticket = tickets.read(text);
        if (ticket == null) {
            throw Problem.of(ProblemType.INVALID_TOKEN, "The ticket is not valid.");
        }
        if (!ticket.path().equals(request.prologue().uriPath().rawPath())) {
            throw Problem.of(ProblemType.NOT_FOUND, "This ticket is for another address.");
        }
        Caller caller = admit(ticket.claims());
        if (!returns(request, ticket)) {
            tickets.use(ticket);
            if (!request.headers().contains(HeaderNames.UPGRADE)) {
                Exchange.of(request).answerWith(HeaderValues.create(HeaderNames.SET_COOKIE, tickets.cookie(ticket)));
            }
        }
        return caller;
    }

    /** Whether this is the browser that used the ticket, coming back by itself. */
    private boolean returns(ServerRequest request, Ticket ticket) {
        String name = Tickets.cookieName(ticket);
        var cookies = request.headers().cookies();
        return cookies.contains(name)
                && cookies.all(name).stream().anyMatch(cookie -> tickets.goesWith(ticket, cookie));
    }

    private Caller admit(Claims claims) {
        Standing standing = watch.standing(claims);
        if (standing.ended()) {
            throw Problem.of(ProblemType.INVALID_TOKEN, "This session has ended. Sign in again.");
        }
        if (standing.suspended()) {
            throw Accounts.suspended();
        }
        return Caller.ofSession(claims.account(), claims.session(), standing.role());
    }

    private Caller admit(KeyCheck.Holder holder) {
        Standing standing = watch.standing(holder);
        if (standing.ended()) {
            throw Problem.of(ProblemType.INVALID_TOKEN, "This API key was revoked or has expired.");
        }
        if (standing.suspended() || holder.suspended()) {
            throw Accounts.suspended();
        }
        return Caller.ofKey(
                holder.account(),
                new Caller.Key(holder.key(), holder.perMinute(), holder.perDay()),
                standing.role(),
                holder.scopes());
    }
}
