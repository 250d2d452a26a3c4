package dev.millrace.generation.provider.replicate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.job.Job;
import dev.millrace.generation.provider.job.Sighting;
import dev.millrace.generation.provider.wire.LogPercent;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.generation.provider.wire.WireJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A prediction as the vendor describes it; every member may be missing. */
record Prediction(JsonNode json) {
    /** What models write when they do not want to; there is no code for it. */
    private static final Pattern REFUSAL = Pattern.compile(
            "nsfw|flagged as sensitive|\\(E005\\)|safety (?:filter|checker|system)|content (?:policy|moderation)|moderation",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern WRONG_INPUT =
            Pattern.compile("input validation|invalid input|must be one of|E1002", Pattern.CASE_INSENSITIVE);
    private static final int LONGEST_CAUSE = 500;

    @Nullable
    String id() {
        return WireJson.text(json, "id");
    }

    /** Null when the vendor does not say, or says it in a way we do not read. */
    @Nullable
    Instant createdAt() {
        String text = WireJson.text(json, "created_at");
        try {
            return text == null ? null : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException unreadable) {
            return null;
        }
    }

    /** Where its text is streamed; null when it is not. */
    @Nullable
    String stream() {
        return WireJson.text(json.get("urls"), "stream");
    }

    Sighting sighting() {
        return switch (status()) {
            case "starting", "queued" -> Sighting.waiting(null);
            case "succeeded", "failed", "canceled", "aborted" -> Sighting.OVER;
            default -> Sighting.running(LogPercent.fraction(WireJson.text(json, "logs")));
        };
    }

    Job job(String id) {
        return new Job(id, sighting(), failure(), json);
    }

    /** The text so far: models write it in pieces, or whole. */
    String text() {
        JsonNode output = json.path("output");
        if (!output.isArray()) {
            return output.asText("");
        }
        var text = new StringBuilder();
        output.forEach(piece -> text.append(piece.asText("")));
        return text.toString();
    }

    /** Every address in the output, whatever its shape. */
    List<String> addresses() {
        var found = new ArrayList<String>();
        collect(json.path("output"), found);
        return found;
    }

    private static void collect(JsonNode node, List<String> found) {
        if (node.isTextual() && node.textValue().matches("(?is)(?:https?://|data:).+")) {
            found.add(node.textValue());
        }
        node.forEach(child -> collect(child, found));
    }

    private String status() {
        String status = WireJson.text(json, "status");
        return status == null ? "" : status;
    }

    private @Nullable ProviderFailure failure() {
        return switch (status()) {
            case "failed" -> said();
            case "canceled" -> new ProviderFailure(Kind.NOT_FOUND, "The provider gave the job up.");
            case "aborted" -> new ProviderFailure(Kind.OVERLOADED, "The provider did not begin in time.");
            default -> null;
        };
    }

    private ProviderFailure said() {
        String error = json.path("error").asText("");
        Kind kind = REFUSAL.matcher(error).find()
                ? Kind.REFUSED
                : WRONG_INPUT.matcher(error).find() ? Kind.INVALID : Kind.TRANSIENT;
        return new ProviderFailure(kind, new WireFault(error.substring(0, Math.min(LONGEST_CAUSE, error.length()))));
    }
}
