package dev.millrace.generation.provider.fal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.job.Sighting;
import dev.millrace.generation.provider.wire.LogPercent;
import dev.millrace.generation.provider.wire.WireJson;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Where a request stands, as the vendor tells it. */
record FalStatus(JsonNode json) {
    boolean completed() {
        return "COMPLETED".equals(WireJson.text(json, "status"));
    }

    /**
     * What that says to whoever waits.
     *
     * @param log all that the model printed so far
     */
    Sighting sighting(String log) {
        if (completed()) {
            return Sighting.OVER;
        }
        if ("IN_QUEUE".equals(WireJson.text(json, "status"))) {
            BigDecimal ahead = WireJson.count(json, "queue_position");
            return Sighting.waiting(ahead == null ? null : ahead.intValue() + 1);
        }
        return Sighting.running(LogPercent.fraction(log));
    }

    /** The lines it carries: all of them when it was asked for, the new ones when it was streamed. */
    String log() {
        var log = new StringBuilder();
        for (JsonNode line : json.path("logs")) {
            log.append(line.path("message").asText("")).append('\n');
        }
        return log.toString();
    }

    /** What went wrong, where it says so; null in most cases, also when something did. */
    @Nullable
    String trouble() {
        String type = WireJson.text(json, "error_type");
        return type == null ? WireJson.text(json, "error") : type;
    }

    @Nullable
    BigDecimal computeSeconds() {
        return WireJson.count(json.get("metrics"), "inference_time");
    }
}
