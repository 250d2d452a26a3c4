package dev.millrace.generation.provider.comfyui;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.sql.Db;

/** The table {@code comfyui_workflow}, read for each call, so that an operator's change is in effect at once. */
public final class Workflows {
    private final Db db;

    public Workflows(Db db) {
        this.db = db;
    }

    private static final String GRAPH = """
            SELECT graph::text FROM comfyui_workflow WHERE model = :model""";

    Workflow of(String model) throws ProviderFailure {
        String graph = db.read(tx -> tx.query(GRAPH)
                .bind("model", model)
                .mapTo(String.class)
                .findOne()
                .orElse(null));
        if (graph == null) {
            throw new ProviderFailure(Kind.INVALID, "The model has no workflow on this server.");
        }
        return new Workflow(Json.read(graph, JsonNode.class));
    }
}
