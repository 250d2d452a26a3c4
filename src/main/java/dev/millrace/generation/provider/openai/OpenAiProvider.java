package dev.millrace.generation.provider.openai;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.job.Cadence;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Pursuit;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.JsonApi;
import dev.millrace.generation.provider.wire.Patience;
import dev.millrace.generation.provider.wire.ResultFiles;
import dev.millrace.platform.outbound.Outbound;
import java.time.InstantSource;

/** OpenAI or a server that speaks like it. */
public final class OpenAiProvider implements Provider {
    private final ProviderConfig config;
    private final OpenAiChat chat;
    private final OpenAiImages images;
    private final VideoApi videos;
    private final ResultFiles files;
    private final Pursuit pursuit;

    /** The lookout begins to watch its videos. */
    public OpenAiProvider(ProviderConfig config, Outbound outbound, Lookout lookout, InstantSource clock) {
        this(config, outbound, lookout, clock, Tempo.USUAL);
    }

    OpenAiProvider(ProviderConfig config, Outbound outbound, Lookout lookout, InstantSource clock, Tempo tempo) {
        var endpoint = Endpoint.of(config, Endpoint.Credential.bearer(config.key()), outbound, clock);
        this.config = config;
        this.chat = new OpenAiChat(endpoint, config.terms().flavour(), tempo.text());
        this.images = new OpenAiImages(endpoint, tempo.pictures());
        this.videos = new VideoApi(new JsonApi(endpoint));
        this.files = new ResultFiles(endpoint, ResultFiles.Limits.USUAL);
        this.pursuit = new Pursuit(lookout, clock, config.name(), tempo.videos());
        lookout.add(new VideoBoard(config.name(), videos));
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public boolean asynchronous(GenerationKind kind) {
        // a picture is no job, but what was asked for once is not asked for again
        return kind != GenerationKind.TEXT;
    }

    @Override
    public boolean measures(GenerationKind kind) {
        return false;
    }

    @Override
    public int inputs(GenerationKind kind) {
        return kind == GenerationKind.VIDEO ? 1 : 0;
    }

    @Override
    public boolean continues(Request request) {
        // a chat that says more than words may have been answered with more than words
        return request.kind() == GenerationKind.TEXT
                && request.chat() == null
                && !request.conduct().thinking()
                && config.terms().flavour().continues();
    }

    @Override
    public boolean takesChats() {
        return true;
    }

    @Override
    public void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        switch (call.request().kind()) {
            case TEXT -> chat.run(call, sink);
            case VIDEO -> pursuit.run(call, sink, VideoErrand.of(videos, files, call));
            case IMAGE -> images.run(call, sink);
        }
    }

    /** How long the vendor may be silent, and how often it is asked. */
    record Tempo(Patience text, Patience pictures, Cadence videos) {
        static final Tempo USUAL = new Tempo(Patience.USUAL, Patience.PICTURES, Cadence.USUAL);
    }
}
