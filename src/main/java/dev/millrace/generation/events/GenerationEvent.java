package dev.millrace.generation.events;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.millrace.credits.Basis;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is told about a generation. The records are the data on the wire.
 *
 * <p>Exactly one terminal event ends every stream; a stream that stops without one was cut off.
 */
public sealed interface GenerationEvent {
    /** 1 is next; 0 when it need not wait. */
    record Queued(int position) implements GenerationEvent {}

    record Started(String model, String provider, int attempt) implements GenerationEvent {}

    /**
     * How far it is.
     *
     * @param percent never falls within a generation and is at most 99
     * @param etaSeconds half of the like took no longer; absent while nothing is known
     * @param source {@code provider}, {@code measured} or {@code estimated}
     * @param unresolved present while contact with the vendor is lost
     */
    record Progress(
            BigDecimal percent,
            @Nullable BigDecimal etaSeconds,
            @Nullable BigDecimal etaP90Seconds,
            BigDecimal elapsedSeconds,
            String stage,
            String source,
            Cost cost,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Unresolved unresolved)
            implements GenerationEvent {}

    /**
     * In credits.
     *
     * @param basis how what was consumed so far is known; null while nothing is known of it
     */
    record Cost(
            BigDecimal estimated,
            BigDecimal soFar,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Basis basis) {}

    /** Since when there is no word from the vendor, when we ask again, and how long we keep asking. */
    record Unresolved(Instant since, BigDecimal nextCheckSeconds, Instant until) {}

    record Delta(String text) implements GenerationEvent {}

    /** A part of a call to one of the client's tools, as OpenAI's protocol has it; a reset makes all parts before it void. */
    record ToolCall(
            int index,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String id,

            String type,
            Function function) implements GenerationEvent {
        public ToolCall(int index, @Nullable String id, @Nullable String name, String arguments) {
            this(index, id, "function", new Function(name, arguments));
        }
    }

    /** Its name comes with the first part of a call. */
    record Function(
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String name,

            String arguments) {}

    record Preview(String url, int width, int height, int step) implements GenerationEvent {}

    record Retrying(int attempt, String reason, BigDecimal delaySeconds) implements GenerationEvent {}

    /** Replace the text received so far by {@code text}. */
    record Reset(String reason, String text) implements GenerationEvent {}

    /** An asset that can be fetched now, as its own address answers it. */
    record AssetReady(@JsonIgnore UUID id, @JsonValue Object asset) implements GenerationEvent {}

    /** The whole generation, as its own address answers it. */
    record Completed(@JsonValue Object generation) implements GenerationEvent {}

    record Failed(@JsonValue Object generation) implements GenerationEvent {}

    record Canceled(@JsonValue Object generation) implements GenerationEvent {}

    /**
     * What the log keeps of it. Assets and whole generations are told anew to whoever reads the log later, from their own rows: the
     * addresses in them expire, and the text is stored already.
     */
    default Object kept() {
        return switch (this) {
            case AssetReady asset -> Map.of("id", asset.id());
            case Completed completed -> Map.of();
            case Failed failed -> Map.of();
            case Canceled canceled -> Map.of();
            case Queued queued -> this;
            case Started started -> this;
            case Progress progress -> this;
            case Delta delta -> this;
            case ToolCall call -> this;
            case Preview preview -> this;
            case Retrying retrying -> this;
            case Reset reset -> this;
        };
    }

    /** The event's name on the wire and in the log. */
    default String event() {
        return switch (this) {
            case Queued queued -> "queued";
            case Started started -> "started";
            case Progress progress -> PROGRESS;
            case Delta delta -> Frame.DELTA;
            case ToolCall call -> TOOL_CALL;
            case Preview preview -> PREVIEW;
            case Retrying retrying -> "retrying";
            case Reset reset -> RESET;
            case AssetReady asset -> ASSET;
            case Completed completed -> "completed";
            case Failed failed -> "failed";
            case Canceled canceled -> "canceled";
        };
    }

    String PROGRESS = "progress";
    String TOOL_CALL = "tool_call";
    String PREVIEW = "preview";
    String RESET = "reset";
    String ASSET = "asset";
    Set<String> TERMINAL = Set.of("completed", "failed", "canceled");

    /** Whether nothing may follow an event of that name. */
    static boolean terminal(String event) {
        return TERMINAL.contains(event);
    }

    /** Whether an event of that name is kept as a name only, and told from the row it is about. */
    static boolean toldAnew(String event) {
        return event.equals(ASSET) || terminal(event);
    }

    /** Whether an event of that name may be left out for a reader who is behind, and a day after the end. */
    static boolean light(String event) {
        return event.equals(PROGRESS) || event.equals(PREVIEW);
    }
}
