package dev.millrace.generation.provider.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.wire.Dialect;
import dev.millrace.generation.provider.wire.Ending;
import dev.millrace.generation.provider.wire.TextReader;
import dev.millrace.generation.provider.wire.WireJson;
import org.jspecify.annotations.Nullable;

/** What the lines of an answer mean. */
final class OllamaDialect implements Dialect {
    @Override
    public boolean lines() {
        return true;
    }

    @Override
    public void event(String type, JsonNode line, TextReader reader) {
        hear(line, reader);
    }

    @Override
    public void document(JsonNode json, TextReader reader) {
        hear(json, reader);
    }

    private static void hear(JsonNode line, TextReader reader) {
        reader.say(WireJson.text(line.get("message"), "content"));
        if (!line.path("done").asBoolean(false)) {
            return;
        }
        // of a prompt that was read before, some versions do not tell the length again
        reader.used(WireJson.count(line, "prompt_eval_count"), WireJson.count(line, "eval_count"));
        String reason = WireJson.text(line, "done_reason");
        reader.end(ending(reason), String.valueOf(reason));
        reader.over();
    }

    /** Older versions give no reason; {@code load} and {@code unload} tell of the model and end no answer. */
    private static Ending ending(@Nullable String reason) {
        return switch (reason) {
            case null -> Ending.STOP;
            case "stop" -> Ending.STOP;
            case "length" -> Ending.LENGTH;
            default -> Ending.BROKEN;
        };
    }
}
