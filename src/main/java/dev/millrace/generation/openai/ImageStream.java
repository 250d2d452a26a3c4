package dev.millrace.generation.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.events.Frame;
import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.platform.http.sse.EventStream;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.problem.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Images as a stream: some pictures in the making, then each one that is made. */
final class ImageStream implements Guest, AutoCloseable {
    private static final String PARTIAL = "image_generation.partial_image";
    private static final String COMPLETED = "image_generation.completed";

    private final Supplier<EventStream> opening;
    private final Results results;
    private final UUID generation;
    private final int most;
    private final Ending ending = new Ending();
    private @Nullable EventStream stream;
    private int partials;

    ImageStream(Supplier<EventStream> opening, Results results, UUID generation, int most) {
        this.opening = opening;
        this.results = results;
        this.generation = generation;
        this.most = most;
    }

    @Override
    public Ending ending() {
        return ending;
    }

    boolean isOpen() {
        return stream != null;
    }

    @Override
    public void mayLeave(Runnable leave) {
        // it goes when its connection does
    }

    @Override
    public boolean heardTheEnd() {
        return ending.isOver();
    }

    @Override
    public void tell(Frame frame) {
        if (frame.isTerminal()) {
            ending.over();
        } else if (frame.event().equals(GenerationEvent.PREVIEW) && partials < most) {
            JsonNode preview = Json.read(frame.data(), JsonNode.class);
            String picture = results.preview(generation, preview.path("url").asText());
            if (picture != null) {
                var told = told(PARTIAL, picture, preview.path("width") + "x" + preview.path("height"), "webp");
                told.put("partial_image_index", partials);
                partials++;
                open().send(null, PARTIAL, told);
            }
        }
    }

    @Override
    public void flush() {
        if (stream != null) {
            stream.flush();
        }
    }

    @Override
    public void silence() {
        open().comment();
    }

    @Override
    public void part(Parting why) {
        ending.part(why);
    }

    /** One image is made. */
    void made(Results.Made made) {
        var told = told(COMPLETED, Results.base64(made.shown().file()), made.size(), made.format());
        told.put("usage", ImageRoutes.NO_TOKENS);
        open().send(null, COMPLETED, told).flush();
    }

    /** The end of a stream that is not whole. */
    void end(Problem problem) {
        open().send(null, "error", OpenAiManners.body(problem)).flush();
    }

    @Override
    public void close() {
        if (stream != null) {
            stream.close();
        }
    }

    private static Map<String, Object> told(String type, String base64, String size, String format) {
        var told = new LinkedHashMap<String, Object>();
        told.put("type", type);
        told.put("b64_json", base64);
        told.put("size", size);
        told.put("quality", "auto");
        told.put("background", "auto");
        told.put("output_format", format);
        return told;
    }

    private EventStream open() {
        EventStream out = stream;
        if (out == null) {
            out = opening.get();
            stream = out;
        }
        return out;
    }
}
