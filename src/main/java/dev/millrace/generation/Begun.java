package dev.millrace.generation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.wire.WireJson;
import dev.millrace.platform.idempotency.Idempotency;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a call that begins something.
 *
 * @param replayed when it was given before under the same key
 * @param began whether anything was begun by this call
 */
public record Begun(Idempotency.Answer answer, boolean replayed, boolean began) {
    /** The generation that was begun. */
    public UUID generation() {
        return UUID.fromString(text("id"));
    }

    public Instant createdAt() {
        return Instant.parse(text("created_at"));
    }

    public String model() {
        return text("model");
    }

    private String text(String member) {
        // the prompt in it may be longer than a text that clients send
        @Nullable JsonNode generation = WireJson.read(answer.body());
        if (generation == null) {
            throw new IllegalStateException("an answer that is no JSON was kept");
        }
        return generation.path(member).asText();
    }
}
