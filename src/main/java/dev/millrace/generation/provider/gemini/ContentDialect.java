package dev.millrace.generation.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.wire.Dialect;
import dev.millrace.generation.provider.wire.TextReader;
import dev.millrace.generation.provider.wire.VendorErrors;
import dev.millrace.generation.provider.wire.WireJson;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What the pieces of a text mean. */
final class ContentDialect implements Dialect {
    private final VendorErrors errors;

    ContentDialect(VendorErrors errors) {
        this.errors = errors;
    }

    @Override
    public void event(String type, JsonNode chunk, TextReader reader) {
        used(chunk.path("usageMetadata"), reader);
        for (JsonNode part : chunk.path("candidates").path(0).path("content").path("parts")) {
            if (!part.path("thought").asBoolean(false)) {
                reader.say(WireJson.text(part, "text"));
            }
        }
        String reason = Reasons.of(chunk);
        if (reason != null) {
            reader.end(Reasons.ending(reason), reason);
        }
    }

    /** One chunk, or all of them in an array when somebody on the way took the wish for a stream away. */
    @Override
    public void document(JsonNode json, TextReader reader) throws ProviderFailure {
        if (!json.isArray()) {
            event("", json, reader);
            return;
        }
        for (JsonNode chunk : json) {
            ProviderFailure failure = errors.inside(chunk);
            if (failure != null) {
                throw failure;
            }
            event("", chunk, reader);
        }
    }

    /** Cumulative, on every chunk. Thoughts are billed as output. */
    private static void used(JsonNode usage, TextReader reader) {
        reader.used(
                sum(usage, "promptTokenCount", "toolUsePromptTokenCount"),
                sum(usage, "candidatesTokenCount", "thoughtsTokenCount"));
    }

    private static @Nullable BigDecimal sum(JsonNode usage, String first, String second) {
        BigDecimal one = WireJson.count(usage, first);
        BigDecimal other = WireJson.count(usage, second);
        return one == null ? other : other == null ? one : one.add(other);
    }
}
