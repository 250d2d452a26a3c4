package dev.millrace.generation.provider.openai;

import dev.millrace.generation.provider.Chat;
import dev.millrace.generation.provider.Flavour;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Message;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.generation.provider.wire.Streaming;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.outbound.Ask;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A chat completion, streamed. */
final class OpenAiChat {
    private final Endpoint endpoint;
    private final Flavour flavour;
    private final Patience patience;

    OpenAiChat(Endpoint endpoint, Flavour flavour, Patience patience) {
        this.endpoint = endpoint;
        this.flavour = flavour;
        this.patience = patience;
    }

    void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        Request request = call.request();
        var headers = endpoint.headers("text/event-stream");
        headers.put("X-Client-Request-Id", call.generation().toString());
        var ask =
                Ask.post(endpoint.at("/chat/completions"), headers, Json.bytes(body(request)), patience.with(request));
        var reader = new ChatReader(endpoint.errors(), request, sink, flavour.givesReasons());
        Streaming.run(endpoint.client(), ask, call.cancellation(), reader::read);
    }

    private Map<String, Object> body(Request request) {
        GenerationOptions options = request.options();
        boolean thinking = request.conduct().thinking();
        var body = new LinkedHashMap<String, Object>();
        body.put("model", request.vendorModel());
        body.put("messages", request.messages().stream().map(OpenAiChat::turn).toList());
        body.put("stream", true);
        body.put("stream_options", Map.of("include_usage", true));
        // OpenAI's newer models refuse max_tokens; many imitators know nothing else
        String limit = flavour.countsCompletions() || thinking ? "max_completion_tokens" : "max_tokens";
        copy(options, "max_tokens", body, limit);
        for (String name : List.of("temperature", "top_p", "seed")) {
            copy(options, name, body, name);
        }
        if (!options.texts("stop").isEmpty()) {
            body.put("stop", options.texts("stop"));
        }
        if (flavour == Flavour.VLLM && request.continues()) {
            body.put("continue_final_message", true);
            body.put("add_generation_prompt", false);
        }
        Chat chat = request.chat();
        if (chat != null) {
            chat.fields().properties().forEach(field -> body.put(field.getKey(), field.getValue()));
        }
        return body;
    }

    private static Map<String, String> turn(Message message) {
        return Map.of("role", message.role(), "content", message.content());
    }

    private static void copy(GenerationOptions options, String name, Map<String, Object> body, String as) {
        var value = options.number(name);
        if (value != null) {
            body.put(as, value);
        }
    }
}
