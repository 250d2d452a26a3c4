package dev.millrace.generation.provider.ollama;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.generation.provider.wire.Streaming;
import dev.millrace.generation.provider.wire.TextReader;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.outbound.Ask;
import dev.millrace.platform.outbound.Outbound;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ollama, in its own protocol. */
public final class OllamaProvider implements Provider {
    private final ProviderConfig config;
    private final Endpoint endpoint;
    private final Patience patience;

    public OllamaProvider(ProviderConfig config, Outbound outbound, InstantSource clock) {
        this(config, outbound, clock, Patience.USUAL);
    }

    OllamaProvider(ProviderConfig config, Outbound outbound, InstantSource clock, Patience patience) {
        this.config = config;
        this.endpoint = Endpoint.of(config, Endpoint.Credential.bearer(config.key()), outbound, clock);
        this.patience = patience;
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public boolean asynchronous(GenerationKind kind) {
        return false;
    }

    @Override
    public boolean measures(GenerationKind kind) {
        return false;
    }

    @Override
    public void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        Request request = call.request();
        if (request.kind() != GenerationKind.TEXT) {
            throw new ProviderFailure(Kind.INVALID, "This provider makes texts and nothing else.");
        }
        boolean rooted = config.baseUrl().getPath().endsWith("/api");
        var ask = Ask.post(
                endpoint.at(rooted ? "/chat" : "/api/chat"),
                endpoint.headers("application/x-ndjson"),
                Json.bytes(body(request)),
                patience.with(request));
        var reader = new TextReader(endpoint.errors(), request, sink, new OllamaDialect());
        Streaming.run(endpoint.client(), ask, call.cancellation(), reader::read);
    }

    private static Map<String, Object> body(Request request) {
        var body = new LinkedHashMap<String, Object>();
        body.put("model", request.vendorModel());
        body.put(
                "messages",
                request.messages().stream()
                        .map(message -> Map.of("role", message.role(), "content", message.content()))
                        .toList());
        body.put("stream", true);
        body.put("options", options(request.options()));
        return body;
    }

    private static Map<String, Object> options(GenerationOptions asked) {
        var options = new LinkedHashMap<String, Object>();
        var most = asked.number("max_tokens");
        if (most != null) {
            options.put("num_predict", most);
        }
        for (String name : List.of("temperature", "top_p", "top_k", "seed")) {
            var value = asked.number(name);
            if (value != null) {
                options.put(name, value);
            }
        }
        if (!asked.texts("stop").isEmpty()) {
            options.put("stop", asked.texts("stop"));
        }
        return options;
    }
}
