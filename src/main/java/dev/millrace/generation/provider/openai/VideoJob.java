package dev.millrace.generation.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.job.Sighting;
import dev.millrace.generation.provider.wire.WireJson;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job as the vendor describes it; every member may be missing.
 *
 * @param percent as told, which may be nonsense
 */
record VideoJob(
        @Nullable String id,
        State state,
        @Nullable Double percent,
        @Nullable Instant createdAt,
        Maker maker,
        JsonNode json) {

    /** Where a job stands. What we do not know counts as running: the deadline ends it. */
    enum State {
        QUEUED,
        RUNNING,
        COMPLETED,
        FAILED,
        GONE
    }

    /** What tells one job from another when its id is lost. */
    record Maker(
            @Nullable String prompt,
            @Nullable String model,
            @Nullable String seconds,
            @Nullable String size) {
        /** Whether a job that says this may be the one that was asked for; what it leaves out counts as equal, save the prompt. */
        boolean mayBe(Maker asked) {
            return prompt != null
                    && prompt.equals(asked.prompt)
                    && same(model, asked.model)
                    && same(seconds, asked.seconds)
                    && same(size, asked.size);
        }

        private static boolean same(@Nullable String theirs, @Nullable String ours) {
            return theirs == null || theirs.equals(ours);
        }
    }

    Sighting sighting() {
        return switch (state) {
            case QUEUED -> Sighting.waiting(null);
            case RUNNING -> Sighting.running(percent == null ? null : percent / 100);
            case COMPLETED, FAILED, GONE -> Sighting.OVER;
        };
    }

    static VideoJob of(JsonNode json) {
        BigDecimal created = WireJson.count(json, "created_at");
        JsonNode seconds = json.get("seconds");
        return new VideoJob(
                WireJson.text(json, "id"),
                state(WireJson.text(json, "status")),
                percent(json.get("progress")),
                created == null ? null : Instant.ofEpochSecond(created.longValue()),
                new Maker(
                        WireJson.text(json, "prompt"),
                        WireJson.text(json, "model"),
                        seconds == null || seconds.isNull() ? null : seconds.asText(),
                        WireJson.text(json, "size")),
                json);
    }

    private static State state(@Nullable String status) {
        return switch (status == null ? "" : status) {
            case "queued", "pending" -> State.QUEUED;
            case "completed", "succeeded" -> State.COMPLETED;
            case "failed", "error", "dead" -> State.FAILED;
            case "cancelled", "canceled", "expired" -> State.GONE;
            default -> State.RUNNING;
        };
    }

    private static @Nullable Double percent(@Nullable JsonNode progress) {
        if (progress == null || !progress.isNumber()) {
            return null;
        }
        double value = progress.doubleValue();
        return Double.isFinite(value) && value >= 0 && value <= 100 ? value : null;
    }
}
