package dev.millrace.generation.provider.replicate;

import dev.millrace.generation.provider.Callback;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.job.Cadence;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Pursuit;
import dev.millrace.generation.provider.job.Rhythm;
import dev.millrace.generation.provider.wire.DataUris;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.JsonApi;
import dev.millrace.generation.provider.wire.ResultFiles;
import dev.millrace.platform.outbound.Outbound;
import java.time.InstantSource;
import java.util.Map;

/** Text, images and videos by models that run at Replicate. */
public final class ReplicateProvider implements Provider {
    private static final int MOST_PICTURES = 16;
    private static final int MOST_SIDE = 1280;
    /** What is larger the vendor wants to fetch from somewhere. */
    private static final int MOST_URI = 256 * 1024;

    private final String name;
    private final ReplicateApi api;
    private final ResultFiles files;
    private final Pursuit pursuit;

    /** The lookout begins to watch its predictions. */
    public ReplicateProvider(ProviderConfig config, Outbound outbound, Lookout lookout, InstantSource clock) {
        this(config, outbound, lookout, clock, Tempo.USUAL);
    }

    ReplicateProvider(ProviderConfig config, Outbound outbound, Lookout lookout, InstantSource clock, Tempo tempo) {
        var endpoint = Endpoint.of(config, Endpoint.Credential.bearer(config.key()), outbound, clock);
        Callback callback = config.callback();
        this.name = config.name();
        this.api = new ReplicateApi(new JsonApi(endpoint), callback == null ? null : callback.address());
        this.files = new ResultFiles(endpoint, ResultFiles.Limits.USUAL);
        this.pursuit = new Pursuit(lookout, clock, name, tempo.tries());
        lookout.add(new ReplicateBoard(name, api, tempo.looks()));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean asynchronous(GenerationKind kind) {
        return true;
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
        var tally = new Tally(sink);
        Map<String, Object> pictures = DataUris.of(call, MOST_SIDE, MOST_URI);
        pursuit.run(call, tally, new ReplicateErrand(api, files, call, tally, pictures));
    }

    /** How often what went wrong is tried again, and how often is looked where predictions stand. */
    record Tempo(Cadence tries, Rhythm looks) {
        static final Tempo USUAL = new Tempo(Cadence.USUAL, ReplicateBoard.RHYTHM);
    }
}
