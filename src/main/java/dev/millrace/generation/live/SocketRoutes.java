package dev.millrace.generation.live;

import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Toll;
import dev.millrace.platform.http.socket.TextSocket;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** The WebSocket that carries the same events as the streams do. */
public final class SocketRoutes implements Routes {
    private static final int TRY_AGAIN_LATER = 1013;

    private final Sources sources;
    private final Turnstile turnstile;

    public SocketRoutes(Sources sources, Turnstile turnstile) {
        this.sources = sources;
        this.turnstile = turnstile;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/v1/socket", Access.READER, this::socket).toll(Toll.FREE));
    }

    private void socket(ServerRequest request, ServerResponse response) throws InterruptedException {
        Caller caller = Caller.required(request);
        TextSocket socket = TextSocket.open(request);
        try {
            if (turnstile.enter(caller.account())) {
                new Conversation(sources, caller, socket).hold();
            } else {
                Farewell.limit(new SocketOutlet(socket, Conversation.ACCOUNT));
                socket.close(TRY_AGAIN_LATER, "too many connections of this account");
                while (socket.receive() != null) {
                    // what the client still says is not heard
                }
            }
        } finally {
            turnstile.leave(caller.account());
        }
    }
}
