package dev.millrace.generation.provider.openai;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.generation.provider.wire.Stopped;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.Ask;
import dev.millrace.platform.outbound.NotSent;
import dev.millrace.platform.outbound.TimedOut;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** A chat completion, streamed. Closing the connection is how it is cancelled. */
final class OpenAiChat {
    private final Endpoint endpoint;

    OpenAiChat(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    @SuppressWarnings("try") // the hook is there to be closed
    void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        Cancellation cancellation = call.cancellation();
        cancellation.check();
        Request request = call.request();
        var headers = endpoint.headers("text/event-stream");
        headers.put("X-Client-Request-Id", call.generation().toString());
        var ask =
                Ask.post(endpoint.at("/chat/completions"), headers, Json.bytes(body(request)), Patience.with(request));
        var stop = new AtomicReference<Runnable>(() -> {});
        try (var hook = cancellation.onCancel(() -> stop.get().run());
                Answer answer = endpoint.client().send(ask, abort -> {
                    stop.set(abort);
                    if (cancellation.requested()) {
                        abort.run();
                    }
                })) {
            new ChatReader(endpoint.errors(), request, sink, endpoint.original()).read(answer);
        } catch (ProviderFailure failure) {
            Stopped.check(cancellation);
            throw failure;
        } catch (IOException failure) {
            Stopped.check(cancellation);
            throw unanswered(failure);
        }
    }

    /** A chat that was asked for and not answered may be asked for again: nobody has seen any of it. */
    private static ProviderFailure unanswered(IOException failure) {
        return switch (failure) {
            case NotSent unreachable ->
                new ProviderFailure(Kind.TRANSIENT, "The provider cannot be reached.", null, unreachable);
            case TimedOut late -> new ProviderFailure(Kind.DEADLINE, late);
            default -> new ProviderFailure(Kind.TRANSIENT, failure);
        };
    }

    private Map<String, Object> body(Request request) {
        GenerationOptions options = request.options();
        boolean thinking = request.conduct().thinking();
        var body = new LinkedHashMap<String, Object>();
        body.put("model", request.vendorModel());
        body.put(
                "messages",
                request.messages().stream()
                        .map(message -> Map.of("role", message.role(), "content", message.content()))
                        .toList());
        body.put("stream", true);
        body.put("stream_options", Map.of("include_usage", true));
        // OpenAI's newer models refuse max_tokens; many imitators know nothing else
        String limit = endpoint.original() || thinking ? "max_completion_tokens" : "max_tokens";
        copy(options, "max_tokens", body, limit);
        for (String name : List.of("temperature", "top_p", "seed")) {
            copy(options, name, body, name);
        }
        if (!options.texts("stop").isEmpty()) {
            body.put("stop", options.texts("stop"));
        }
        return body;
    }

    private static void copy(GenerationOptions options, String name, Map<String, Object> body, String as) {
        var value = options.number(name);
        if (value != null) {
            body.put(as, value);
        }
    }
}
