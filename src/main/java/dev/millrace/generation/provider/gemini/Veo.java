package dev.millrace.generation.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.Picture;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.Request;
import dev.millrace.generation.provider.job.Job;
import dev.millrace.generation.provider.job.JobBoard;
import dev.millrace.generation.provider.job.Rhythm;
import dev.millrace.generation.provider.job.Sighting;
import dev.millrace.generation.provider.wire.JsonApi;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.generation.provider.wire.WireJson;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The vendor's operations, each of which makes a video. They cannot be listed, found or stopped, and do not tell how far they are.
 */
record Veo(String provider, JsonApi api) implements JobBoard {
    private static final Rhythm RHYTHM = new Rhythm(Duration.ofSeconds(1), 300, Rhythm.NO_LIST);
    private static final String NAME = "[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+){0,9}";

    /**
     * Begins one; answers its name, null when the answer held none.
     *
     * @param first what it begins with; null for words alone
     */
    @Nullable
    String create(Request request, @Nullable Picture first) throws IOException, ProviderFailure {
        String model = URLEncoder.encode(request.vendorModel(), StandardCharsets.UTF_8);
        JsonNode answer = api.create("/v1beta/models/" + model + ":predictLongRunning", Map.of(), body(request, first));
        ProviderFailure refused = api.endpoint().errors().inside(answer);
        if (refused != null) {
            throw refused;
        }
        return WireJson.text(answer, "name");
    }

    private static Map<String, Object> body(Request request, @Nullable Picture first) {
        GenerationOptions options = request.options();
        boolean upright = options.whole("height", 720) > options.whole("width", 1280);
        long lines = Math.min(options.whole("height", 720), options.whole("width", 1280));
        var parameters = new LinkedHashMap<String, Object>();
        parameters.put("sampleCount", 1);
        parameters.put("aspectRatio", upright ? "9:16" : "16:9");
        parameters.put("resolution", lines >= 1080 ? "1080p" : "720p");
        parameters.put("durationSeconds", options.whole("seconds", 8));
        var seed = options.number("seed");
        if (seed != null) {
            parameters.put("seed", seed);
        }
        var instance = new LinkedHashMap<String, Object>();
        instance.put("prompt", request.prompt());
        if (first != null) {
            instance.put("image", Map.of("bytesBase64Encoded", first.base64(), "mimeType", Picture.CONTENT_TYPE));
        }
        return Map.of("instances", List.of(instance), "parameters", parameters);
    }

    @Override
    public Rhythm rhythm() {
        return RHYTHM;
    }

    @Override
    public Sighting look(String id) throws IOException, ProviderFailure {
        return job(id, null).sighting();
    }

    @Override
    public Map<String, Sighting> sweep(Set<String> ids) {
        return Map.of();
    }

    Job job(String name, @Nullable Cancellation cancellation) throws IOException, ProviderFailure {
        if (!name.matches(NAME)) {
            throw new WireFault("an operation with an odd name: " + name);
        }
        JsonNode operation = api.get("/v1beta/" + name, cancellation);
        boolean done = operation.path("done").asBoolean(false);
        return new Job(name, done ? Sighting.OVER : Sighting.RUNNING, done ? failure(operation) : null, operation);
    }

    /** Where the videos are. */
    static List<String> addresses(JsonNode operation) {
        return samples(operation)
                .valueStream()
                .map(sample -> sample.path("video").path("uri").asText())
                .filter(address -> !address.isEmpty())
                .toList();
    }

    private static JsonNode samples(JsonNode operation) {
        return operation.path("response").path("generateVideoResponse").path("generatedSamples");
    }

    /** One that is done without a video and without an error was filtered: the vendor calls that a success. */
    private @Nullable ProviderFailure failure(JsonNode operation) {
        if (operation.hasNonNull("error")) {
            return failed(operation);
        }
        JsonNode filtered = operation.path("response").path("generateVideoResponse");
        if (!addresses(operation).isEmpty()) {
            return null;
        }
        boolean refused = filtered.path("raiMediaFilteredCount").asInt(0) > 0
                || !filtered.path("raiMediaFilteredReasons").isEmpty();
        return refused
                ? new ProviderFailure(Kind.REFUSED, Kind.REFUSED.words(), null, new WireFault("filtered: " + filtered))
                : new ProviderFailure(Kind.INVALID, "The provider said that it was done and sent nothing.");
    }

    /** Its codes are not HTTP's: 3, 9 and 11 find fault with the request, 8 with how many there are, 14 is overload. */
    private @Nullable ProviderFailure failed(JsonNode operation) {
        ProviderFailure said = api.endpoint().errors().inside(operation);
        if (said == null || said.kind() != Kind.TRANSIENT) {
            return said;
        }
        Kind kind = switch (operation.path("error").path("code").asInt(0)) {
            case 3, 9, 11 -> Kind.INVALID;
            case 5 -> Kind.NOT_FOUND;
            case 7, 16 -> Kind.AUTH;
            case 8 -> Kind.RATE_LIMITED;
            case 14 -> Kind.OVERLOADED;
            default -> Kind.TRANSIENT;
        };
        return new ProviderFailure(kind, kind.words(), said.retryAfter(), said.getCause());
    }
}
