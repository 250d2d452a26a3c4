package dev.millrace.generation.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.generation.provider.GenerationKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /images/generations} as it was asked for.
 *
 * @param urls whether addresses are answered, and not the images themselves
 * @param partials how many pictures in the making a stream shows at most
 */
record ImageCall(Asking asking, boolean urls, boolean stream, int partials) {
    private static final int MOST_PARTIALS = 3;

    /** What some models have as options and most do not; {@code auto} leaves it to the model. */
    private static final List<String> LOOKS = List.of("quality", "background", "moderation");

    static ImageCall of(byte[] body) {
        Fields fields = Fields.of(body);
        var asking = new Asking(GenerationKind.IMAGE, fields.text("model"))
                .prompt(fields.required("prompt"))
                .option("count", fields.whole("n"), "n")
                .size(fields.text("size"));
        for (String look : LOOKS) {
            fields.skip(look, JsonNodeFactory.instance.textNode("auto"));
        }
        boolean urls = urls(fields.text("response_format"));
        boolean stream = fields.flag("stream");
        Integer partials = fields.whole("partial_images");
        if (partials != null && (partials < 0 || partials > MOST_PARTIALS)) {
            throw Fields.fault("partial_images", "out_of_range", "must be 0 to " + MOST_PARTIALS);
        }
        fields.text("user");
        return new ImageCall(asking.rest(fields.left()), urls, stream, partials == null ? 0 : partials);
    }

    private static boolean urls(@Nullable String format) {
        return switch (format) {
            case null -> false;
            case "b64_json" -> false;
            case "url" -> true;
            default -> throw Fields.fault("response_format", "out_of_range", "must be b64_json or url");
        };
    }
}
