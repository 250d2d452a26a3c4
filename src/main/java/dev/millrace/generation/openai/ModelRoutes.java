package dev.millrace.generation.openai;

import dev.millrace.generation.Generations;
import dev.millrace.generation.ModelView;
import dev.millrace.platform.http.Access;
import dev.millrace.platform.http.Answers;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import dev.millrace.platform.http.input.Params;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code GET /models}: those that can be used here. */
final class ModelRoutes implements Routes {
    static final HeaderName GENERATION = HeaderNames.create("X-Generation-Id");

    private final Generations generations;

    ModelRoutes(Generations generations) {
        this.generations = generations;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/openai/v1/models", Access.CALLER, this::list),
                // ids have a slash in them; libraries send it encoded, people do not
                Route.get("/openai/v1/models/{+model}", Access.CALLER, this::find));
    }

    private void list(ServerRequest request, ServerResponse response) {
        List<Map<String, Object>> models = generations.models().stream()
                .filter(ModelView::available)
                .map(ModelRoutes::told)
                .toList();
        Answers.json(response, 200, Map.of("object", "list", "data", models));
    }

    private void find(ServerRequest request, ServerResponse response) {
        String id = Asking.model(Params.text(request, "model"));
        ModelView model;
        try {
            model = generations.model(id);
        } catch (Problem absent) {
            throw absent();
        }
        if (!model.available()) {
            throw absent();
        }
        Answers.json(response, 200, told(model));
    }

    /** The catalogue does not know when a model was made. */
    private static Map<String, Object> told(ModelView model) {
        var told = new LinkedHashMap<String, Object>();
        told.put("id", model.id());
        told.put("object", "model");
        told.put("created", 0);
        told.put("owned_by", model.provider());
        return told;
    }

    private static Problem absent() {
        return Problem.of(ProblemType.NOT_FOUND, "There is no such model.")
                .at("/model", "unknown_model", "There is no such model");
    }
}
