package dev.millrace.generation.provider.fal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
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
import dev.millrace.generation.provider.job.Vigil;
import dev.millrace.generation.provider.wire.ResultFiles;
import dev.millrace.generation.provider.wire.WireJson;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request.
 *
 * @param pictures what it begins with, by the model's own name for it
 */
record FalErrand(FalApi api, ResultFiles files, ProviderCall call, Map<String, Object> pictures) implements Errand {
    @Override
    public @Nullable String create() throws IOException, ProviderFailure {
        Request request = call.request();
        Duration deadline = Duration.ofSeconds(request.conduct().deadlineSeconds());
        Map<String, Object> input = input(request);
        input.putAll(pictures);
        return api.submit(request.vendorModel(), input, deadline);
    }

    /** The catalogue names a model's options as the model does, save those that have one name with us. */
    private static Map<String, Object> input(Request request) {
        GenerationOptions options = request.options();
        var input = new LinkedHashMap<String, Object>();
        input.put("prompt", request.prompt());
        boolean sized = request.kind() == GenerationKind.IMAGE && options.has("width") && options.has("height");
        if (sized) {
            input.put("image_size", Map.of("width", options.whole("width", 0), "height", options.whole("height", 0)));
        }
        options.values().forEach((name, value) -> {
            switch (name) {
                case "count" -> input.put("num_images", value);
                // a text: a number is refused
                case "seconds" -> input.put("duration", String.valueOf(value));
                case "width", "height" -> {
                    if (!sized) {
                        input.put(name, value);
                    }
                }
                default -> input.put(name, value);
            }
        });
        return input;
    }

    @Override
    public boolean findable() {
        return false;
    }

    @Override
    public List<String> find(Instant intendedAt) {
        return List.of();
    }

    @Override
    public Job look(String id) throws IOException, ProviderFailure {
        return api.look(id, call.cancellation());
    }

    @Override
    public Live listen(String id, Vigil vigil) {
        return new StatusStream(api, call, vigil).begin();
    }

    @Override
    public void deliver(Job job, ProviderSink sink) throws IOException, ProviderFailure {
        JsonNode result = job.json().path("result");
        List<Artifact> artifacts = files.fetchAll(call, clean(addresses(result), result));
        var usage = new HashMap<String, BigDecimal>();
        usage.put("calls", BigDecimal.ONE);
        usage.put("images", BigDecimal.valueOf(artifacts.size()));
        usage.put("seconds", BigDecimal.valueOf(call.request().options().whole("seconds", 1)));
        for (String told : List.of("compute_seconds", "billable_units")) {
            BigDecimal number = WireJson.count(job.json(), told);
            if (number != null) {
                usage.put(told, number);
            }
        }
        sink.emit(new Usage(usage));
        artifacts.forEach(sink::emit);
        sink.emit(new Finished("stop"));
    }

    /** Some models answer with black pictures instead of those they will not show, and say which. */
    private static List<String> clean(List<String> addresses, JsonNode result) throws ProviderFailure {
        JsonNode hidden = result.path("has_nsfw_concepts");
        var clean = new ArrayList<String>();
        for (int i = 0; i < addresses.size(); i++) {
            if (!hidden.path(i).asBoolean(false)) {
                clean.add(addresses.get(i));
            }
        }
        if (clean.isEmpty() && !addresses.isEmpty()) {
            throw new ProviderFailure(Kind.REFUSED, Kind.REFUSED.words());
        }
        return clean;
    }

    /** Files are objects with an address, under names that each model chooses. */
    private static List<String> addresses(JsonNode node) {
        var found = new ArrayList<String>();
        String address = WireJson.text(node, "url");
        if (address != null) {
            found.add(address);
        }
        node.forEach(child -> found.addAll(addresses(child)));
        return found;
    }

    @Override
    public void cancel(String id) throws IOException, ProviderFailure {
        api.cancel(id);
    }
}
