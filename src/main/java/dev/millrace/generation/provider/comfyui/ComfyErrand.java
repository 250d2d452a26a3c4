package dev.millrace.generation.provider.comfyui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderCall;
import dev.millrace.generation.provider.ProviderEvent.Artifact;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.ProviderSink;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.job.Errand;
import dev.millrace.generation.provider.job.Job;
import dev.millrace.generation.provider.job.Sighting;
import dev.millrace.generation.provider.job.Vigil;
import dev.millrace.generation.provider.wire.ResultFiles;
import dev.millrace.platform.outbound.MessageSocket;
import dev.millrace.platform.outbound.Outbound;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One prompt. */
final class ComfyErrand implements Errand {
    private static final Logger LOG = LoggerFactory.getLogger(ComfyErrand.class);
    /** An interrupt that comes while a prompt begins is lost. */
    private static final int INTERRUPTS = 5;

    private static final Duration BETWEEN = Duration.ofMillis(200);
    private static final String FEATURES = "{\"type\":\"feature_flags\",\"data\":{\"supports_preview_metadata\":true}}";

    private final ComfyApi api;
    private final ResultFiles files;
    private final Outbound outbound;
    private final ProviderCall call;
    private final Workflow workflow;
    private final Map<String, String> pictures;

    /**
     * An errand whose graph finds these pictures.
     *
     * @param pictures places of the workflow, and the names of files that the server has
     */
    ComfyErrand(
            ComfyApi api,
            ResultFiles files,
            Outbound outbound,
            ProviderCall call,
            Workflow workflow,
            Map<String, String> pictures) {
        this.pictures = pictures;
        this.api = api;
        this.files = files;
        this.outbound = outbound;
        this.call = call;
        this.workflow = workflow;
    }

    /** The same for the same attempt, whoever makes it. */
    private String id() {
        String name = call.generation() + "/" + call.attempt();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.US_ASCII)).toString();
    }

    @Override
    public @Nullable String create() throws IOException, ProviderFailure {
        return api.post(id(), workflow.filled(values(call.request())));
    }

    private Map<String, Object> values(Request request) {
        var values = new HashMap<>(request.options().values());
        values.put("prompt", request.prompt());
        values.putAll(pictures);
        return values;
    }

    @Override
    public boolean findable() {
        return true;
    }

    /** The server holds all its prompts in two lists, and the id is ours. */
    @Override
    public boolean certain() {
        return true;
    }

    @Override
    public List<String> find(Instant intendedAt) throws IOException, ProviderFailure {
        boolean known = api.queue(null).containsKey(id()) || api.history(id(), null) != null;
        return known ? List.of(id()) : List.of();
    }

    @Override
    public Job look(String id) throws IOException, ProviderFailure {
        JsonNode history = api.history(id, call.cancellation());
        if (history == null) {
            Sighting queued = api.queue(call.cancellation()).get(id);
            if (queued == null) {
                throw new ProviderFailure(Kind.NOT_FOUND, Kind.NOT_FOUND.words());
            }
            return new Job(id, queued, null, workflow.graph());
        }
        var entry = new HistoryEntry(history);
        if (entry.outOfMemory()) {
            api.freeMemory();
        }
        return new Job(id, Sighting.OVER, entry.failure(), history);
    }

    @Override
    public Live listen(String id, Vigil vigil) {
        URI base = api.endpoint().base();
        String scheme = "https".equals(base.getScheme()) ? "wss" : "ws";
        String rest = base.toString().substring(base.getScheme().length());
        var ears = new ComfySocket(call, vigil, new Steps(workflow.graph()));
        try {
            Map<String, String> headers = api.endpoint().headers("*/*");
            headers.remove("Accept");
            MessageSocket socket = outbound.socket(URI.create(scheme + rest + "/ws?clientId=" + id), headers, ears);
            socket.send(FEATURES);
            return ears.with(socket);
        } catch (IOException | IllegalArgumentException deaf) {
            LOG.info("prompt {} is followed without its socket: {}", id, deaf.getMessage());
            return Live.NONE;
        }
    }

    @Override
    public void deliver(Job job, ProviderSink sink) throws IOException, ProviderFailure {
        var entry = new HistoryEntry(job.json());
        List<Artifact> artifacts =
                files.fetchAll(call, entry.files().stream().map(api::view).toList());
        var usage = new HashMap<String, BigDecimal>();
        usage.put("calls", BigDecimal.ONE);
        usage.put("images", BigDecimal.valueOf(artifacts.size()));
        usage.put("seconds", BigDecimal.valueOf(call.request().options().whole("seconds", 1)));
        BigDecimal ran = entry.seconds();
        if (ran != null) {
            usage.put("compute_seconds", ran);
        }
        sink.emit(new Usage(usage));
        artifacts.forEach(sink::emit);
        sink.emit(new Finished("stop"));
    }

    /** Both ways to stop a prompt answer the same whatever they did: only the queue tells. */
    @Override
    public void cancel(String id) throws IOException, ProviderFailure {
        for (int i = 0; i < INTERRUPTS; i++) {
            Sighting queued = api.queue(null).get(id);
            if (queued == null) {
                return;
            }
            if (queued.state() == Sighting.State.RUNNING) {
                api.interrupt(id);
            } else {
                api.unqueue(id);
            }
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
        LOG.warn("prompt {} goes on although it was interrupted", id);
    }
}
