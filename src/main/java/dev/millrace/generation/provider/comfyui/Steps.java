package dev.millrace.generation.provider.comfyui;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How far a prompt is, from what the server tells of its nodes. Nodes that sample take most of the time; those that are cached take
 * none.
 */
final class Steps {
    private static final double SAMPLING = 20;

    private final Map<String, Double> weights = new HashMap<>();
    private final Map<String, Double> done = new HashMap<>();
    private final Set<String> cached = new HashSet<>();
    private String running = "";

    Steps(JsonNode graph) {
        graph.propertyStream()
                .forEach(node -> weights.put(
                        node.getKey(),
                        node.getValue().path("class_type").asText("").contains("Sampler") ? SAMPLING : 1));
    }

    void cached(JsonNode nodes) {
        nodes.forEach(node -> cached.add(node.asText()));
    }

    /** Another node begins: the one before is done. */
    void running(String node) {
        if (!running.isEmpty() && !running.equals(node)) {
            done.put(running, 1.0);
        }
        running = node;
    }

    void step(String node, double value, double most) {
        if (most > 0 && value >= 0) {
            done.put(node, Math.min(1, value / most));
        }
    }

    void states(JsonNode nodes) {
        nodes.propertyStream().forEach(node -> {
            JsonNode state = node.getValue();
            if (state.path("state").asText("").equals("finished")) {
                done.put(node.getKey(), 1.0);
            } else {
                step(
                        node.getKey(),
                        state.path("value").asDouble(-1),
                        state.path("max").asDouble(0));
            }
        });
    }

    /** From 0 to 1. */
    double fraction() {
        double all = 0;
        double made = 0;
        for (var node : weights.entrySet()) {
            if (!cached.contains(node.getKey())) {
                all += node.getValue();
                made += node.getValue() * done.getOrDefault(node.getKey(), 0.0);
            }
        }
        return all == 0 ? 0 : made / all;
    }
}
