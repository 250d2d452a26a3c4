package dev.millrace.generation.openai;

import dev.millrace.generation.AdmissionGate;
import dev.millrace.generation.Generations;
import dev.millrace.media.Media;
import dev.millrace.platform.http.Face;
import dev.millrace.platform.http.Route;
import dev.millrace.platform.http.Routes;
import java.util.List;
import java.util.stream.Stream;

/** {@code /openai/v1}, assembled. */
public final class OpenAiFace implements Routes {
    private final List<Route> routes;

    public OpenAiFace(Generations generations, AdmissionGate gate, Media media) {
        var counter = new Counter(generations, gate, new Visits(generations));
        this.routes = Stream.of(
                        new ModelRoutes(generations),
                        new ChatRoutes(counter),
                        new ImageRoutes(counter, new Results(media)),
                        new VideoRoutes(counter, new Results(media), new References(counter, media)))
                .flatMap(part -> part.routes().stream())
                .toList();
    }

    @Override
    public List<Route> routes() {
        return routes;
    }

    @Override
    public Face face() {
        return new OpenAiManners();
    }
}
