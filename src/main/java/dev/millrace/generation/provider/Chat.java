package dev.millrace.generation.provider;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a chat says beyond words and options, in the terms of OpenAI's protocol: {@code messages} where they are more than words,
 * {@code tools}, {@code response_format} and whatever else was sent. Providers that speak the protocol hand it on as it came.
 */
public record Chat(@JsonValue JsonNode fields) {
    /** More than any vendor counts for one picture in a prompt: some say 2,833, and 5,667 for each of eight tiles. */
    private static final long TOKENS_A_PICTURE = 50_000;

    private static final int BYTES_AROUND_A_VALUE = 8;

    /** What is said to the vendor about the caller or the bill: an answer is the same without it. */
    private static final Set<String> LABELS = Set.of(
            "user",
            "metadata",
            "store",
            "service_tier",
            "safety_identifier",
            "prompt_cache_key",
            "prompt_cache_retention");

    @JsonCreator
    public Chat {}

    /** Whether the conversation itself is in here, and not only what is beside it. */
    public boolean hasMessages() {
        return fields.has("messages");
    }

    /** Something it asks for that only who speaks the protocol understands; null when there is no such thing. */
    public @Nullable String demand() {
        for (Map.Entry<String, JsonNode> field : fields.properties()) {
            if (!LABELS.contains(field.getKey())) {
                return field.getKey();
            }
        }
        return null;
    }

    /** No vendor reads it as more tokens than that. */
    public long mostTokens() {
        if (fields.isArray()) {
            return conversation(fields);
        }
        long sum = BYTES_AROUND_A_VALUE;
        for (Map.Entry<String, JsonNode> field : fields.properties()) {
            boolean messages = field.getKey().equals("messages");
            sum += utf8(field.getKey()) + (messages ? conversation(field.getValue()) : tokens(field.getValue()));
        }
        return sum;
    }

    private static long conversation(JsonNode messages) {
        long sum = BYTES_AROUND_A_VALUE;
        for (JsonNode message : messages) {
            sum += BYTES_AROUND_A_VALUE;
            for (Map.Entry<String, JsonNode> member : message.properties()) {
                boolean parts =
                        member.getKey().equals("content") && member.getValue().isArray();
                sum += utf8(member.getKey()) + (parts ? parts(member.getValue()) : tokens(member.getValue()));
            }
        }
        return sum;
    }

    /** What stands in the place of a picture is one, however long its address is; all else is read as it is. */
    private static long parts(JsonNode content) {
        long sum = BYTES_AROUND_A_VALUE;
        for (JsonNode part : content) {
            JsonNode picture = part.path("image_url").path("url");
            boolean shown = part.path("type").asText().equals("image_url") && picture.isTextual();
            sum += tokens(part) + (shown ? TOKENS_A_PICTURE - utf8(picture.textValue()) : 0);
        }
        return sum;
    }

    private static long tokens(JsonNode node) {
        if (node.isTextual()) {
            return utf8(node.textValue()) + BYTES_AROUND_A_VALUE;
        }
        long sum = BYTES_AROUND_A_VALUE;
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            sum += utf8(member.getKey()) + tokens(member.getValue());
        }
        if (node.isArray()) {
            for (JsonNode element : node) {
                sum += tokens(element);
            }
        }
        return sum;
    }

    private static long utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
