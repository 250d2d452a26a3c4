package dev.millrace.generation.openai;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.credits.Spender;
import dev.millrace.generation.Begun;
import dev.millrace.generation.Generations.Outcome;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Caller;
import dev.millrace.platform.http.Exchange;
import dev.millrace.platform.http.IdempotencyHeaders;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.Scope;
import dev.millrace.platform.http.Toll;
import dev.millrace.platform.http.input.Bodies;
import dev.millrace.platform.http.sse.EventStream;
import dev.millrace.platform.idempotency.IdempotencyKey;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code POST /images/generations}, streamed and not. */
final class ImageRoutes implements Routes {
    /** Images are not counted in tokens here, and some libraries insist on a count. */
    static final Map<String, Object> NO_TOKENS = Map.of(
            "input_tokens",
            0,
            "output_tokens",
            0,
            "total_tokens",
            0,
            "input_tokens_details",
            Map.of("text_tokens", 0, "image_tokens", 0));

    private final Counter counter;
    private final Results results;

    ImageRoutes(Counter counter, Results results) {
        this.counter = counter;
        this.results = results;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.post("/openai/v1/images/generations", Access.CALLER, this::create)
                .scope(Scope.GENERATE)
                .toll(Toll.COUNTED));
    }

    private void create(ServerRequest request, ServerResponse response) throws InterruptedException, IOException {
        Caller caller = Caller.required(request);
        Started started = counter.gate().admit(request, response, spender -> begin(request, spender), Started::begun);
        response.header(ModelRoutes.GENERATION, started.id().toString());
        if (started.call().stream()) {
            stream(request, response, caller, started);
        } else {
            answer(request, response, caller, started);
        }
    }

    private Started begin(ServerRequest request, Spender spender) {
        byte[] body = Bodies.bytes(request);
        ImageCall call = ImageCall.of(body);
        IdempotencyKey key = IdempotencyHeaders.key(request, body);
        Asking asking = call.asking();
        Begun begun = asking.begin(() -> counter.generations().create(spender, asking.asked(), key));
        return new Started(call, key != null, begun);
    }

    private void answer(ServerRequest request, ServerResponse response, Caller caller, Started started)
            throws InterruptedException, IOException {
        var client = new Waiting();
        counter.visits().follow(caller, started.begun(), started.keyed(), client, Exchange.of(request)::whenGone);
        if (client.ending().isAlone()) {
            return;
        }
        List<Results.Made> made = made(caller.account(), started, client.ending());
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        try (OutputStream out = response.outputStream();
                JsonGenerator json = Json.MAPPER.getFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("created", started.begun().createdAt().getEpochSecond());
            json.writeArrayFieldStart("data");
            for (Results.Made image : made) {
                json.writeStartObject();
                if (started.call().urls()) {
                    json.writeStringField("url", absolute(request, image.asset().url()));
                } else {
                    json.writeFieldName("b64_json");
                    Results.base64(image.shown().file(), json);
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeStringField("output_format", made.getFirst().format());
            json.writeStringField("size", made.getFirst().size());
            json.writeEndObject();
        }
    }

    @SuppressWarnings("try") // closing it is all that is wanted of it
    private void stream(ServerRequest request, ServerResponse response, Caller caller, Started started)
            throws InterruptedException {
        int partials = started.call().partials();
        try (var client = new ImageStream(() -> EventStream.bare(response), results, started.id(), partials)) {
            counter.visits().follow(caller, started.begun(), started.keyed(), client, Exchange.of(request)::whenGone);
            if (client.ending().isAlone()) {
                return;
            }
            try {
                made(caller.account(), started, client.ending()).forEach(client::made);
            } catch (Problem refusal) {
                if (!client.isOpen()) {
                    throw refusal;
                }
                client.end(refusal);
            }
        }
    }

    private List<Results.Made> made(UUID account, Started started, Ending ending) {
        Outcome outcome = counter.generations().outcome(account, started.id());
        Problem refusal = ending.refusal(outcome.generation());
        if (refusal != null) {
            throw refusal;
        }
        return results.made(account, outcome.generation().assets());
    }

    /** Addresses are relative where nobody told this server its own: then it has the one the client found it by. */
    private static String absolute(ServerRequest request, @Nullable String url) {
        if (url == null || !url.startsWith("/")) {
            return String.valueOf(url);
        }
        return "http://" + request.authority() + url;
    }

    /** A call, and what it began. */
    private record Started(ImageCall call, boolean keyed, Begun begun) {
        UUID id() {
            return begun.generation();
        }
    }
}
