package dev.millrace.generation.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /videos} as it was asked for: JSON, or the form that libraries send because a picture may come with it.
 *
 * @param reference the picture it begins with; null for words alone
 * @param fingerprint what an Idempotency-Key stands for: of a form its parts, because its boundary is another each time it is sent
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these
record VideoCall(Asking asking, @Nullable Reference reference, byte[] fingerprint) {
    private static final Pattern DATA_URL = Pattern.compile("(?i)data:image/[a-z0-9.+-]{1,40};base64,");
    private static final String UNNAMED = "picture";

    static VideoCall of(@Nullable String contentType, byte[] body) {
        if (contentType != null && Multipart.is(contentType)) {
            return ofForm(Multipart.parts(contentType, body));
        }
        if (contentType != null && contentType.regionMatches(true, 0, "application/json", 0, 16)) {
            Fields fields = Fields.withFiles(body);
            JsonNode object = fields.take(Reference.NAME);
            return new VideoCall(asking(fields), object == null ? null : reference(object), body);
        }
        throw Problem.of(
                ProblemType.UNSUPPORTED_MEDIA_TYPE,
                "Send application/json, or multipart/form-data with a Content-Length.");
    }

    private static VideoCall ofForm(List<Multipart.Part> parts) {
        Reference file = null;
        var texts = new ArrayList<Multipart.Part>();
        for (Multipart.Part part : parts) {
            String filename = part.filename();
            if (filename == null) {
                texts.add(part);
            } else if (!part.name().equals(Reference.NAME)) {
                throw Fields.fault(part.name(), "unknown_field", "is not taken as a file");
            } else if (file != null) {
                throw Fields.fault(part.name(), "duplicate_key", "may be given once");
            } else {
                file = new Reference.Sent(part.content(), filename.isEmpty() ? UNNAMED : filename);
            }
        }
        Fields fields = Fields.of(texts);
        // libraries write an object so
        String id = fields.text(Reference.NAME + "[file_id]");
        String url = fields.text(Reference.NAME + "[image_url]");
        boolean object = id != null || url != null || fields.take(Reference.NAME) != null;
        if (file != null && object) {
            throw Fields.fault(Reference.NAME, "duplicate_key", "may be given once");
        }
        return new VideoCall(asking(fields), object ? reference(id, url) : file, fingerprint(parts));
    }

    private static Reference reference(JsonNode json) {
        boolean known = (json.has("file_id") ? 1 : 0) + (json.has("image_url") ? 1 : 0) == json.size();
        boolean texts = json.valueStream().allMatch(value -> value.isTextual() || value.isNull());
        if (!json.isObject() || !known || !texts) {
            throw neither();
        }
        return reference(
                json.path("file_id").textValue(), json.path("image_url").textValue());
    }

    /**
     * What stands for a picture: exactly one of both.
     *
     * @param url a data URL with base 64 (RFC 2397); nothing is fetched from anywhere
     */
    private static Reference reference(@Nullable String id, @Nullable String url) {
        if (url != null && id == null) {
            return new Reference.Sent(held(url), UNNAMED);
        }
        if (id == null || url != null) {
            throw neither();
        }
        try {
            return new Reference.Named(UUID.fromString(id));
        } catch (IllegalArgumentException none) {
            throw Fields.fault(Reference.NAME, "unknown_asset", "names no asset of this account");
        }
    }

    private static byte[] held(String url) {
        Matcher data = DATA_URL.matcher(url);
        if (!data.lookingAt()) {
            throw Fields.fault(
                    Reference.NAME, "out_of_range", "must be a data URL in base 64: nothing is fetched from elsewhere");
        }
        try {
            return Base64.getDecoder().decode(url.substring(data.end()));
        } catch (IllegalArgumentException malformed) {
            throw Fields.fault(Reference.NAME, "invalid_text", "must be base 64");
        }
    }

    private static Problem neither() {
        return Fields.fault(
                Reference.NAME, "wrong_type", "must be a file, or an object of either image_url or file_id");
    }

    private static Asking asking(Fields fields) {
        return new Asking(GenerationKind.VIDEO, fields.text("model"))
                .prompt(fields.required("prompt"))
                .option("seconds", fields.whole("seconds"), "seconds")
                .size(fields.text("size"))
                .rest(fields.left());
    }

    /** Names, lengths and contents, so that no two forms run into one another. */
    private static byte[] fingerprint(List<Multipart.Part> parts) {
        var all = new ByteArrayOutputStream();
        for (Multipart.Part part : parts) {
            String head = part.name() + "\n" + (part.file() ? "file" : "text") + "\n" + part.content().length + "\n";
            all.writeBytes(head.getBytes(StandardCharsets.UTF_8));
            all.writeBytes(part.content());
        }
        return all.toByteArray();
    }
}
