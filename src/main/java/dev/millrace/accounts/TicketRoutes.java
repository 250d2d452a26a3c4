package dev.millrace.accounts;

import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Scope;
import dev.millrace.platform.http.input.Bodies;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.UUID;

/** Gives out tickets for streams. */
final class TicketRoutes implements Routes {
    private final Tickets tickets;

    TicketRoutes(Tickets tickets) {
        this.tickets = tickets;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.post("/v1/stream-tickets", Access.CALLER, this::issue)
                .scope(Scope.READ)
                .body(SessionRoutes.SMALL));
    }

    private void issue(ServerRequest request, ServerResponse response) {
        Caller caller = Caller.required(request);
        UUID session = caller.session();
        if (session == null) {
            throw Problem.of(
                    ProblemType.FORBIDDEN, "Tickets are for browsers. An API key opens a stream with its own header.");
        }
        String path = Bodies.read(request, Wanted.class).path();
        Answers.json(response, 201, new Given(tickets.issue(caller, session, path), Tickets.LIFE.toSeconds()));
    }

    /** Which address; whether there is something at it, and whose, is found out when it is opened. */
    record Wanted(
            @NotNull
            @Size(max = 200)
            @Pattern(
                    regexp = "/v1/([A-Za-z0-9_-]+/)*(events|socket)",
                    message = "must be the path of an event stream or of the socket, without a query")
            String path) {}

    record Given(String ticket, long expiresIn) {
        @Override
        public String toString() {
            return "Given";
        }
    }
}
