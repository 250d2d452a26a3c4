package dev.millrace.generation.provider.comfyui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.wire.WireFault;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the history says of a prompt that is over. */
record HistoryEntry(JsonNode json) {
    private static final int LONGEST_CAUSE = 500;

    /** Some servers record an error and call the whole a success: the messages are judged as well. */
    @Nullable
    ProviderFailure failure() {
        JsonNode error = message("execution_error");
        if (error != null) {
            String type = error.path("exception_type").asText("");
            return failure(
                    outOfMemory() ? Kind.OVERLOADED : Kind.INVALID,
                    type + " " + error.path("exception_message").asText(""));
        }
        if (message("execution_interrupted") != null) {
            return failure(Kind.TRANSIENT, "somebody interrupted it");
        }
        boolean failed = json.path("status").path("status_str").asText("").equals("error");
        return failed ? failure(Kind.TRANSIENT, "it failed without a word") : null;
    }

    boolean outOfMemory() {
        JsonNode error = message("execution_error");
        return error != null && error.path("exception_type").asText("").contains("OutOfMemory");
    }

    private static ProviderFailure failure(Kind kind, String theirs) {
        return new ProviderFailure(kind, new WireFault(theirs.substring(0, Math.min(LONGEST_CAUSE, theirs.length()))));
    }

    /** The files it kept; those it wrote on the way, when it kept none. */
    List<JsonNode> files() {
        var all = new ArrayList<JsonNode>();
        collect(json.path("outputs"), all);
        List<JsonNode> kept = all.stream()
                .filter(file -> file.path("type").asText("").equals("output"))
                .toList();
        return kept.isEmpty() ? all : kept;
    }

    /** They stand in lists under names that each node chooses. */
    private static void collect(JsonNode node, List<JsonNode> files) {
        if (node.isObject() && node.path("filename").isTextual()) {
            files.add(node);
        } else {
            node.forEach(child -> collect(child, files));
        }
    }

    /** How long it ran, by the server's own clock. */
    @Nullable
    BigDecimal seconds() {
        JsonNode began = message("execution_start");
        JsonNode ended = message("execution_success");
        long millis = began == null || ended == null
                ? 0
                : ended.path("timestamp").asLong() - began.path("timestamp").asLong();
        return millis <= 0 ? null : BigDecimal.valueOf(millis, 3);
    }

    private @Nullable JsonNode message(String type) {
        for (JsonNode message : json.path("status").path("messages")) {
            if (message.path(0).asText("").equals(type)) {
                return message.path(1);
            }
        }
        return null;
    }
}
