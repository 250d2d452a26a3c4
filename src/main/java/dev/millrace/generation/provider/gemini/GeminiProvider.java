package dev.millrace.generation.provider.gemini;

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
import dev.millrace.generation.provider.wire.Pictures;
import dev.millrace.generation.provider.wire.ResultFiles;
import dev.millrace.generation.provider.wire.Streaming;
import dev.millrace.generation.provider.wire.TextReader;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.outbound.Ask;
import dev.millrace.platform.outbound.Outbound;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;

/** Gemini, and Veo for videos. */
public final class GeminiProvider implements Provider {
    private final ProviderConfig config;
    private final Endpoint endpoint;
    private final ResultFiles files;
    private final Veo veo;
    private final Pursuit pursuit;
    private final Tempo tempo;

    /** The lookout begins to watch its videos. */
    public GeminiProvider(ProviderConfig config, Outbound outbound, Lookout lookout, InstantSource clock) {
        this(config, outbound, lookout, clock, Tempo.USUAL);
    }

    GeminiProvider(ProviderConfig config, Outbound outbound, Lookout lookout, InstantSource clock, Tempo tempo) {
        this.config = config;
        this.endpoint =
                Endpoint.of(config, new Endpoint.Credential("x-goog-api-key", "", config.key()), outbound, clock);
        this.files = new ResultFiles(endpoint, ResultFiles.Limits.USUAL);
        this.veo = new Veo(config.name(), new JsonApi(endpoint));
        this.pursuit = new Pursuit(lookout, clock, config.name(), tempo.videos());
        this.tempo = tempo;
        lookout.add(veo);
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
    public int inputs(GenerationKind kind) {
        return kind == GenerationKind.VIDEO ? 1 : 0;
    }

    @Override
    public boolean measures(GenerationKind kind) {
        return false;
    }

    @Override
    public void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        switch (call.request().kind()) {
            case TEXT -> text(call, sink);
            case IMAGE -> pictures(call, sink);
            case VIDEO -> pursuit.run(call, sink, VeoErrand.of(veo, files, call));
        }
    }

    private void text(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        Request request = call.request();
        var reader = new TextReader(endpoint.errors(), request, sink, new ContentDialect(endpoint.errors()));
        Streaming.run(
                endpoint.client(),
                ask(request, Contents.text(request), tempo.text()),
                call.cancellation(),
                reader::read);
    }

    private void pictures(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        Request request = call.request();
        Pictures pictures = Pictures.begin(call, sink);
        while (pictures.missing()) {
            try {
                Streaming.run(
                        endpoint.client(),
                        ask(request, Contents.picture(request, pictures.made()), tempo.pictures()),
                        call.cancellation(),
                        new PictureReading(endpoint.errors(), pictures));
            } catch (ProviderFailure failure) {
                throw pictures.after(failure);
            }
        }
        pictures.finish();
    }

    private Ask ask(Request request, Map<String, Object> body, Patience patience) {
        String model = URLEncoder.encode(request.vendorModel(), StandardCharsets.UTF_8);
        return Ask.post(
                endpoint.at("/v1beta/models/" + model + ":streamGenerateContent?alt=sse"),
                endpoint.headers("text/event-stream"),
                Json.bytes(body),
                patience.with(request));
    }

    /** How long the vendor may be silent, and how often what went wrong with a video is tried again. */
    record Tempo(Patience text, Patience pictures, Cadence videos) {
        static final Tempo USUAL = new Tempo(Patience.USUAL, Patience.PICTURES, Cadence.USUAL);
    }
}
