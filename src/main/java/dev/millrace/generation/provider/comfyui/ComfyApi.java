package dev.millrace.generation.provider.comfyui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.Picture;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.job.Sighting;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.Form;
import dev.millrace.generation.provider.wire.JsonApi;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.generation.provider.wire.WireJson;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calls that a prompt needs. */
record ComfyApi(JsonApi json) {
    private static final String FOLDER = "millrace";

    Endpoint endpoint() {
        return json.endpoint();
    }

    /** Posts a graph under an id of ours. Posting it twice would run it twice. */
    @Nullable
    String post(String id, JsonNode graph) throws IOException, ProviderFailure {
        Map<String, Object> body = Map.of("prompt", graph, "prompt_id", id, "client_id", id);
        return WireJson.text(json.create("/prompt", Map.of(), body), "prompt_id");
    }

    /**
     * Puts a picture where graphs find it, in the place of one of the same name, and answers what they call it.
     *
     * @param name a file's, of which there is no other
     */
    String upload(String name, Picture picture) throws IOException, ProviderFailure {
        Form form = Form.of(Map.of("type", "input", "subfolder", FOLDER, "overwrite", "true"))
                .with("image", name, Picture.CONTENT_TYPE, picture.jpeg());
        JsonNode kept = json.create("/upload/image", Map.of(), form);
        String folder = kept.path("subfolder").asText("");
        String file = WireJson.text(kept, "name");
        if (file == null) {
            throw new WireFault("a picture was taken and got no name");
        }
        return folder.isEmpty() ? file : folder + "/" + file;
    }

    /** What the history says of a prompt; null while it says nothing. */
    @Nullable
    JsonNode history(String id, @Nullable Cancellation cancellation) throws IOException, ProviderFailure {
        return json.get("/history/" + id, cancellation).get(id);
    }

    /** The prompts that run or wait. */
    Map<String, Sighting> queue(@Nullable Cancellation cancellation) throws IOException, ProviderFailure {
        JsonNode queue = json.get("/queue", cancellation);
        var seen = new HashMap<String, Sighting>();
        var waiting = new ArrayList<JsonNode>();
        queue.path("queue_pending").forEach(waiting::add);
        // each entry begins with its number: lower ones run first
        waiting.sort((one, other) ->
                Double.compare(one.path(0).asDouble(), other.path(0).asDouble()));
        for (int i = 0; i < waiting.size(); i++) {
            seen.put(waiting.get(i).path(1).asText(), Sighting.waiting(i + 1));
        }
        queue.path("queue_running").forEach(entry -> seen.put(entry.path(1).asText(), Sighting.RUNNING));
        return seen;
    }

    void unqueue(String id) throws IOException, ProviderFailure {
        json.tell("POST", "/queue", Map.of("delete", List.of(id)));
    }

    /** Only for a prompt that is known to run: old servers stop whatever runs. */
    void interrupt(String id) throws IOException, ProviderFailure {
        json.tell("POST", "/interrupt", Map.of("prompt_id", id));
    }

    void freeMemory() throws IOException, ProviderFailure {
        json.tell("POST", "/free", Map.of("unload_models", true, "free_memory", true));
    }

    /** Where a file of a result is. */
    String view(JsonNode file) {
        return json.endpoint()
                .at("/view?filename=" + escaped(file, "filename") + "&subfolder=" + escaped(file, "subfolder")
                        + "&type=" + escaped(file, "type"))
                .toString();
    }

    private static String escaped(JsonNode file, String member) {
        return URLEncoder.encode(file.path(member).asText(""), StandardCharsets.UTF_8);
    }
}
