package dev.millrace.generation.provider.openai;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.ProvidersConfig;
import dev.millrace.generation.provider.wire.VendorErrors;
import dev.millrace.platform.outbound.Outbound;
import java.time.InstantSource;
import java.util.Set;

/** OpenAI or a server that speaks like it. */
public final class OpenAiProvider implements Provider {
    private final OpenAiChat chat;
    private final OpenAiVideos videos;

    public OpenAiProvider(ProvidersConfig.OpenAi config, Outbound outbound, InstantSource clock) {
        this(config, outbound, clock, OpenAiVideos.Pace.USUAL);
    }

    OpenAiProvider(ProvidersConfig.OpenAi config, Outbound outbound, InstantSource clock, OpenAiVideos.Pace pace) {
        var client = outbound.client(Set.of(config.baseUrl().getHost()));
        var endpoint = new Endpoint(client, config.baseUrl(), config.key(), new VendorErrors(clock));
        this.chat = new OpenAiChat(endpoint);
        this.videos = new OpenAiVideos(endpoint, clock, pace);
    }

    @Override
    public String name() {
        return "openai";
    }

    @Override
    public boolean asynchronous(GenerationKind kind) {
        return kind == GenerationKind.VIDEO;
    }

    @Override
    public boolean measures(GenerationKind kind) {
        return false;
    }

    @Override
    public void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        switch (call.request().kind()) {
            case TEXT -> chat.run(call, sink);
            case VIDEO -> videos.run(call, sink);
            case IMAGE ->
                throw new ProviderFailure(
                        ProviderFailure.Kind.INVALID, "This provider makes text and videos, not images.");
        }
    }
}
