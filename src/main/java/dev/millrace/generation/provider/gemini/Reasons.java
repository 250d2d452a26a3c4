package dev.millrace.generation.provider.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.wire.Ending;
import dev.millrace.generation.provider.wire.WireJson;
import org.jspecify.annotations.Nullable;

/** Why an answer ends. */
final class Reasons {
    private Reasons() {}

    /** What a chunk says about it; null when it says nothing. */
    static @Nullable String of(JsonNode chunk) {
        String blocked = WireJson.text(chunk.get("promptFeedback"), "blockReason");
        return blocked != null
                ? "blocked: " + blocked
                : WireJson.text(chunk.path("candidates").path(0), "finishReason");
    }

    static Ending ending(String reason) {
        return switch (reason) {
            case "STOP" -> Ending.STOP;
            case "MAX_TOKENS" -> Ending.LENGTH;
            case "SAFETY",
                    "RECITATION",
                    "BLOCKLIST",
                    "PROHIBITED_CONTENT",
                    "SPII",
                    "IMAGE_SAFETY",
                    "IMAGE_PROHIBITED_CONTENT",
                    "IMAGE_RECITATION" -> Ending.REFUSED;
            // malformed calls of functions, pictures that did not come about, and what nobody knows yet
            default -> reason.startsWith("blocked: ") ? Ending.REFUSED : Ending.BROKEN;
        };
    }
}
