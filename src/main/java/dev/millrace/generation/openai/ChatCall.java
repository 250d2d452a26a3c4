package dev.millrace.generation.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.generation.ChatAsked;
import dev.millrace.generation.provider.Chat;
import dev.millrace.generation.provider.GenerationKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /chat/completions} as it was asked for.
 *
 * @param usage whether a stream ends with a count of tokens
 */
record ChatCall(Asking asking, ChatAsked chat, boolean stream, boolean usage) {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int BYTES_A_TOKEN = 4;

    /** What would come back in places that are not handed on. */
    private static final List<String> NOT_TAKEN =
            List.of("audio", "functions", "function_call", "top_logprobs", "background");

    static ChatCall of(byte[] body) {
        Fields fields = Fields.withFiles(body);
        var asking = new Asking(GenerationKind.TEXT, fields.required("model"));
        JsonNode messages = fields.take("messages");
        if (messages == null) {
            throw Fields.fault("messages", "required", "is required");
        }
        boolean stream = fields.flag("stream");
        boolean usage = usage(fields.take("stream_options"));
        options(fields, asking);
        for (String name : NOT_TAKEN) {
            if (fields.take(name) != null) {
                throw Fields.fault(name, "unknown_field", "is not taken here");
            }
        }
        fields.only("n", JSON.numberNode(1));
        fields.only("logprobs", JSON.booleanNode(false));
        fields.only("modalities", JSON.arrayNode().add("text"));
        skipDefaults(fields);
        JsonNode metadata = fields.left().get("metadata");
        asking.metadata(metadata);
        return new ChatCall(asking, new ChatAsked(messages, fields.left(), stream), stream, usage);
    }

    /** A guess at the tokens of the prompt, for providers that do not count them. */
    long promptTokens() {
        return new Chat(chat.messages()).mostTokens() / BYTES_A_TOKEN;
    }

    private static void options(Fields fields, Asking asking) {
        JsonNode newer = fields.take("max_completion_tokens");
        JsonNode older = fields.take("max_tokens");
        boolean byNewName = newer != null || older == null;
        asking.option("max_tokens", byNewName ? newer : older, byNewName ? "max_completion_tokens" : "max_tokens");
        for (String name : List.of("temperature", "top_p", "stop", "seed")) {
            asking.option(name, fields.take(name), name);
        }
    }

    private static boolean usage(@Nullable JsonNode streamOptions) {
        if (streamOptions == null) {
            return false;
        }
        if (!streamOptions.isObject()) {
            throw Fields.fault("stream_options", "wrong_type", "must be an object");
        }
        return streamOptions.path("include_usage").asBoolean(false);
    }

    /** Libraries send these whether they are meant or not. */
    private static void skipDefaults(Fields fields) {
        ObjectNode text = JSON.objectNode().put("type", "text");
        fields.skip("response_format", text);
        fields.skip("frequency_penalty", JSON.numberNode(0));
        fields.skip("presence_penalty", JSON.numberNode(0));
        fields.skip("logit_bias", JSON.objectNode());
        fields.skip("tools", JSON.arrayNode());
        if (!fields.left().has("tools")) {
            fields.take("parallel_tool_calls");
            fields.skip("tool_choice", JSON.textNode("auto"));
            fields.skip("tool_choice", JSON.textNode("none"));
        }
    }
}
