package dev.millrace.generation.provider.anthropic;

import dev.millrace.generation.provider.GenerationKind;
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
import java.util.regex.Pattern;

/** Anthropic. */
public final class AnthropicProvider implements Provider {
    private static final String VERSION = "2023-06-01";
    /** Models after these refuse a conversation that ends with the assistant's turn. */
    private static final Pattern CONTINUING =
            Pattern.compile("claude-(?:3\\S*|(?:opus|sonnet|haiku)-4(?:-[015])?(?:-20\\d{6}|-latest)?)");

    private final ProviderConfig config;
    private final Endpoint endpoint;
    private final Patience patience;

    public AnthropicProvider(ProviderConfig config, Outbound outbound, InstantSource clock) {
        this(config, outbound, clock, Patience.USUAL);
    }

    AnthropicProvider(ProviderConfig config, Outbound outbound, InstantSource clock, Patience patience) {
        this.config = config;
        this.endpoint = Endpoint.of(config, new Endpoint.Credential("x-api-key", "", config.key()), outbound, clock);
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
    public boolean continues(Request request) {
        return !request.conduct().thinking()
                && CONTINUING.matcher(request.vendorModel()).matches();
    }

    @Override
    public void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        Request request = call.request();
        if (request.kind() != GenerationKind.TEXT) {
            throw new ProviderFailure(Kind.INVALID, "This provider makes texts and nothing else.");
        }
        var conversation = new Conversation(request);
        var headers = endpoint.headers("text/event-stream");
        headers.put("anthropic-version", VERSION);
        boolean versioned = config.baseUrl().getPath().endsWith("/v1");
        var ask = Ask.post(
                endpoint.at(versioned ? "/messages" : "/v1/messages"),
                headers,
                Json.bytes(conversation.body()),
                patience.with(request));
        var reader = new TextReader(endpoint.errors(), request, sink, new MessagesDialect(conversation.withheld()));
        Streaming.run(endpoint.client(), ask, call.cancellation(), reader::read);
    }
}
