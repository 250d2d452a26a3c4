package dev.millrace.generation.provider.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderFailure;
import org.jspecify.annotations.Nullable;

/**
 * A job as one look at it told, whole.
 *
 * @param failure why it failed; null while it is not over, and when it ended well
 * @param json what the vendor said
 */
public record Job(String id, Sighting sighting, @Nullable ProviderFailure failure, JsonNode json) {
    boolean over() {
        return sighting.state() == Sighting.State.OVER;
    }
}
