package dev.millrace.generation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Callback;
import dev.millrace.generation.provider.Protocol;
import dev.millrace.generation.provider.Providers;
import dev.millrace.generation.provider.wire.WireJson;
import dev.millrace.platform.WebhookSignature;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Body;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.input.Bodies;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The door at which Replicate knocks when a prediction is over. What it says there is a hint and no more: whoever waits for that
 * prediction asks for it at once, and what is answered then counts. So a knock twice, late, out of order or for somebody else's
 * prediction does no harm.
 */
final class CallbackRoutes implements Routes {
    /** A prediction with a long text in it. */
    private static final Body PREDICTION = Body.RAW.upTo(4 * 1024 * 1024);

    private final Providers providers;
    private final InstantSource clock;

    CallbackRoutes(Providers providers, InstantSource clock) {
        this.providers = providers;
        this.clock = clock;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(Callback.REPLICATE, Access.OPEN, this::replicate).body(PREDICTION));
    }

    private void replicate(ServerRequest request, ServerResponse response) {
        String provider = Protocol.REPLICATE.code();
        Callback callback = providers.callback(provider);
        if (callback == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "Webhooks of Replicate are not set up on this server.");
        }
        byte[] body = Bodies.bytes(request);
        var headers = new WebhookSignature.Headers(
                single(request, "webhook-id"),
                single(request, "webhook-timestamp"),
                single(request, "webhook-signature"));
        if (!WebhookSignature.good(callback.keys(), headers, body, clock.instant())) {
            throw Problem.of(ProblemType.INVALID_REQUEST, "This is not signed as it should be.");
        }
        JsonNode prediction = WireJson.read(new String(body, StandardCharsets.UTF_8));
        String id = WireJson.text(prediction, "id");
        if (id == null) {
            throw Problem.of(ProblemType.INVALID_REQUEST, "This is not a prediction.");
        }
        providers.hint(provider, id);
        Answers.json(response, 200, new Taken(id));
    }

    /** The one header there may be. */
    private static @Nullable String single(ServerRequest request, String name) {
        var named = HeaderNames.create(name);
        if (!request.headers().contains(named)) {
            return null;
        }
        Header header = request.headers().get(named);
        return header.valueCount() == 1 ? header.get() : null;
    }

    private record Taken(String received) {}
}
