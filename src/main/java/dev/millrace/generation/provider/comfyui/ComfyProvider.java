package dev.millrace.generation.provider.comfyui;

import dev.millrace.generation.provider.Foothold;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.Picture;
import dev.millrace.generation.provider.Provider;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderConfig;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.job.Cadence;
import dev.millrace.generation.provider.job.Lookout;
import dev.millrace.generation.provider.job.Pursuit;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.JsonApi;
import dev.millrace.generation.provider.wire.ResultFiles;
import dev.millrace.media.Fit;
import dev.millrace.platform.outbound.Outbound;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** Images and videos by workflows of the operator's own server. */
public final class ComfyProvider implements Provider {
    private static final int MOST_PICTURES = 16;
    private static final int MOST_SIDE = 2048;

    private final String name;
    private final ComfyApi api;
    private final ResultFiles files;
    private final Outbound outbound;
    private final Pursuit pursuit;
    private final Workflows workflows;

    /** The lookout begins to watch its prompts. */
    public ComfyProvider(
            ProviderConfig config, Outbound outbound, Lookout lookout, Workflows workflows, InstantSource clock) {
        this(config, outbound, lookout, workflows, clock, Cadence.USUAL);
    }

    ComfyProvider(
            ProviderConfig config,
            Outbound outbound,
            Lookout lookout,
            Workflows workflows,
            InstantSource clock,
            Cadence cadence) {
        var endpoint = Endpoint.of(config, new Endpoint.Credential("X-API-Key", "", config.key()), outbound, clock);
        this.name = config.name();
        this.api = new ComfyApi(new JsonApi(endpoint));
        this.files = new ResultFiles(endpoint, ResultFiles.Limits.USUAL);
        this.outbound = outbound;
        this.pursuit = new Pursuit(lookout, clock, name, cadence);
        this.workflows = workflows;
        lookout.add(new ComfyBoard(name, api));
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

    /** A prompt that the server does not know any more was lost with the process that held it: another attempt may post it anew. */
    @Override
    public void run(ProviderCall call, ProviderSink sink) throws ProviderFailure, InterruptedException {
        if (call.request().kind() == GenerationKind.TEXT) {
            throw new ProviderFailure(Kind.INVALID, "This provider makes images and videos, not text.");
        }
        Workflow workflow = workflows.of(call.request().model());
        try {
            pursuit.run(call, sink, new ComfyErrand(api, files, outbound, call, workflow, sent(call)));
        } catch (ProviderFailure failure) {
            throw failure.kind() == Kind.NOT_FOUND && !failure.isLast()
                    ? new ProviderFailure(Kind.TRANSIENT, "The provider lost the job.", null, failure)
                    : failure;
        }
    }

    /** Sends the pictures before there is anything to lose, and answers what the graph calls them: {@code image}, {@code image_2} … */
    private Map<String, String> sent(ProviderCall call) throws ProviderFailure, InterruptedException {
        if (!(call.foothold() instanceof Foothold.None)) {
            return Map.of();
        }
        String place = call.inputs().called();
        var names = new HashMap<String, String>();
        for (Picture picture : call.pictures(Fit.within(MOST_SIDE))) {
            int number = names.size() + 1;
            String file = call.generation() + "-" + number + ".jpg";
            names.put(number == 1 ? place : place + "_" + number, upload(file, picture));
        }
        return names;
    }

    private String upload(String file, Picture picture) throws ProviderFailure {
        try {
            return api.upload(file, picture);
        } catch (IOException silent) {
            throw new ProviderFailure(Kind.TRANSIENT, "The provider cannot be reached.", null, silent);
        }
    }
}
