package dev.millrace.generation.openai;

import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /videos} as it was asked for: JSON, or the form that libraries send because a picture may come with it. */
record VideoCall(Asking asking) {
    private static final String REFERENCE = "input_reference";

    static VideoCall of(@Nullable String contentType, byte[] body) {
        Fields fields = fields(contentType, body);
        if (fields.take(REFERENCE) != null) {
            throw noInputs();
        }
        var asking = new Asking(GenerationKind.VIDEO, fields.text("model"))
                .prompt(fields.required("prompt"))
                .option("seconds", fields.whole("seconds"), "seconds")
                .size(fields.text("size"));
        return new VideoCall(asking.rest(fields.left()));
    }

    private static Fields fields(@Nullable String contentType, byte[] body) {
        if (contentType != null && Multipart.is(contentType)) {
            List<Multipart.Part> parts = Multipart.parts(contentType, body);
            if (parts.stream().anyMatch(Multipart.Part::file)) {
                throw noInputs();
            }
            return Fields.of(parts);
        }
        if (contentType != null && contentType.regionMatches(true, 0, "application/json", 0, 16)) {
            return Fields.of(body);
        }
        throw Problem.of(
                ProblemType.UNSUPPORTED_MEDIA_TYPE,
                "Send application/json, or multipart/form-data with a Content-Length.");
    }

    private static Problem noInputs() {
        return Fields.fault(REFERENCE, "unknown_field", "is not taken: no model here takes a picture to begin with");
    }
}
