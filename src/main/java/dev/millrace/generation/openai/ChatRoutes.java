package dev.millrace.generation.openai;

import dev.millrace.credits.Spender;
import dev.millrace.generation.Begun;
import dev.millrace.generation.Generations.Outcome;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
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
import dev.millrace.platform.problem.Problem;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code POST /chat/completions}, streamed and not. */
final class ChatRoutes implements Routes {
    private static final String STOP = "stop";

    private final Counter counter;

    ChatRoutes(Counter counter) {
        this.counter = counter;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.post("/openai/v1/chat/completions", Access.CALLER, this::create)
                .scope(Scope.GENERATE)
                .toll(Toll.COUNTED));
    }

    private void create(ServerRequest request, ServerResponse response) throws InterruptedException {
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
        ChatCall call = ChatCall.of(body);
        IdempotencyKey key = IdempotencyHeaders.key(request, body);
        Asking asking = call.asking();
        var chat = key == null ? call.chat() : call.chat().repeatable();
        Begun begun = asking.begin(() -> counter.generations().create(spender, asking.asked(), chat, key));
        return new Started(call, key != null, begun);
    }

    private void answer(ServerRequest request, ServerResponse response, Caller caller, Started started)
            throws InterruptedException {
        var client = new Waiting();
        counter.visits().follow(caller, started.begun(), started.keyed(), client, Exchange.of(request)::whenGone);
        if (client.ending().isAlone()) {
            return;
        }
        Outcome outcome = counter.generations().outcome(caller.account(), started.id());
        Problem refusal = client.ending().refusal(outcome.generation());
        if (refusal != null) {
            throw refusal;
        }
        Answers.json(response, 200, completion(started, outcome, client.toolCalls()));
    }

    @SuppressWarnings("try") // closing it is all that is wanted of it
    private void stream(ServerRequest request, ServerResponse response, Caller caller, Started started)
            throws InterruptedException {
        var chunks = new Chunks(
                started.name(),
                started.begun().createdAt().getEpochSecond(),
                started.model(),
                started.call().usage());
        try (var client = new ChatStream(() -> EventStream.bare(response), chunks, started.keyed())) {
            counter.visits().follow(caller, started.begun(), started.keyed(), client, Exchange.of(request)::whenGone);
            if (client.isBroken()) {
                client.end(Ending.broken(started.keyed()));
            } else if (!client.ending().isAlone()) {
                finish(client, caller.account(), started);
            }
        }
    }

    private void finish(ChatStream client, UUID account, Started started) {
        Problem refusal;
        try {
            Outcome outcome = counter.generations().outcome(account, started.id());
            refusal = client.ending().refusal(outcome.generation());
            if (refusal == null) {
                Usage usage = started.call().usage() ? usage(started, outcome) : null;
                client.end(finish(outcome), usage);
                return;
            }
        } catch (Problem away) {
            refusal = away;
        }
        if (!client.isOpen()) {
            throw refusal;
        }
        client.end(refusal);
    }

    private static Map<String, Object> completion(Started started, Outcome outcome, ToolCalls toolCalls) {
        String text = outcome.generation().text();
        var message = new LinkedHashMap<String, @Nullable Object>();
        message.put("role", "assistant");
        message.put("content", text == null || text.isEmpty() && !toolCalls.isEmpty() ? null : text);
        message.put("refusal", null);
        if (!toolCalls.isEmpty()) {
            message.put("tool_calls", toolCalls.asTold());
        }
        var choice = new LinkedHashMap<String, @Nullable Object>();
        choice.put("index", 0);
        choice.put("message", message);
        choice.put("logprobs", null);
        choice.put("finish_reason", finish(outcome));
        var completion = new LinkedHashMap<String, Object>();
        completion.put("id", started.name());
        completion.put("object", "chat.completion");
        completion.put("created", started.begun().createdAt().getEpochSecond());
        completion.put("model", started.model());
        completion.put("choices", List.of(choice));
        completion.put("usage", usage(started, outcome));
        return completion;
    }

    private static String finish(Outcome outcome) {
        return Objects.requireNonNullElse(outcome.report().finish(), STOP);
    }

    private static Usage usage(Started started, Outcome outcome) {
        return Usage.of(
                outcome, started.call().promptTokens(), outcome.generation().text());
    }

    /**
     * A call, and what it began.
     *
     * @param keyed whether its client may come back under a key
     */
    private record Started(ChatCall call, boolean keyed, Begun begun) {
        UUID id() {
            return begun.generation();
        }

        String name() {
            return "chatcmpl-" + id();
        }

        String model() {
            return begun.model();
        }
    }
}
