package dev.millrace.generation.provider.fal;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.job.Cadence;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Pursuit;
import dev.millrace.generation.provider.wire.DataUris;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.JsonApi;
import dev.millrace.generation.provider.wire.ResultFiles;
import dev.millrace.platform.outbound.Outbound;
import java.time.InstantSource;

/** Images and videos by models that run at fal. */
public final class FalProvider implements Provider {
    private static final int MOST_PICTURES = 16;
    private static final int MOST_SIDE = 1536;
    /** The vendor names no limit, and says that long ones make requests slow. */
    private static final int MOST_URI = 2 << 20;

    private final String name;
    private final FalApi api;
    private final ResultFiles files;
    private final Pursuit pursuit;

    /** The lookout begins to watch its requests. */
    public FalProvider(ProviderConfig config, Outbound outbound, Lookout lookout, InstantSource clock) {
        this(config, outbound, lookout, clock, Cadence.USUAL);
    }

    FalProvider(ProviderConfig config, Outbound outbound, Lookout lookout, InstantSource clock, Cadence cadence) {
        var endpoint =
                Endpoint.of(config, new Endpoint.Credential("Authorization", "Key ", config.key()), outbound, clock);
        this.name = config.name();
        this.api = new FalApi(new JsonApi(endpoint));
        this.files = new ResultFiles(endpoint, ResultFiles.Limits.USUAL);
        this.pursuit = new Pursuit(lookout, clock, name, cadence);
        lookout.add(new FalBoard(name, api));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean asynchronous(GenerationKind kind) {
        return kind != GenerationKind.TEXT;
    }

    @Override
    public boolean measures(GenerationKind kind) {
        return false;
    }

    @Override
    public int inputs(GenerationKind kind) {
        return kind == GenerationKind.TEXT ? 0 : MOST_PICTURES;
    }

    @Override
    public void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        if (call.request().kind() == GenerationKind.TEXT) {
            throw new ProviderFailure(Kind.INVALID, "This provider makes images and videos, not text.");
        }
        pursuit.run(call, sink, new FalErrand(api, files, call, DataUris.of(call, MOST_SIDE, MOST_URI)));
    }
}
