package dev.millrace.generation.provider;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a provider says while it works. {@link Finished} is the last; without it the call was cut off. */
public sealed interface ProviderEvent {
    /** The create of a job is about to leave: committed before {@code emit} returns. */
    record Intended() implements ProviderEvent {}

    /**
     * The job waits at the vendor or for a free place in this process.
     *
     * @param position 1 is next; null when the vendor does not tell
     */
    record Queued(@Nullable Integer position) implements ProviderEvent {}

    /** It is being made; how far it is the vendor does not tell. */
    record Working() implements ProviderEvent {}

    /**
     * How far the work is.
     *
     * @param fraction 0 to 1, as the source tells it: it may fall or stand still, the caller smooths it
     * @param secondsLeft where the source knows it
     * @param source {@code provider} when the vendor counts, {@code measured} when we do
     */
    record Progress(double fraction, @Nullable Double secondsLeft, String source) implements ProviderEvent {}

    /** More text; never empty. */
    record Delta(String text) implements ProviderEvent {}

    /**
     * A part of a call to one of the client's tools; a later part of the same call goes on where the one before ended.
     *
     * @param index which call; they may come mixed
     * @param id and the name come with the first part of a call
     * @param arguments a piece of JSON text
     */
    record ToolCall(
            int index, @Nullable String id, @Nullable String name, String arguments) implements ProviderEvent {}

    /**
     * An image in the making, a file in the call's folder.
     *
     * @param step counts from 1
     */
    record Preview(Path file, String contentType, int width, int height, int step) implements ProviderEvent {}

    /** A complete result, a file in the call's folder. */
    record Artifact(Path file, String contentType) implements ProviderEvent {}

    /**
     * What was consumed so far, in the units of the price lines ({@code images}, {@code seconds}, {@code words}, {@code
     * input_tokens}, {@code output_tokens}). A later one replaces an earlier one; an explicit zero is zero.
     *
     * @param counted the units of those that nobody reported: we counted them, by what was delivered
     */
    record Usage(Map<String, BigDecimal> quantities, Set<String> counted) implements ProviderEvent {
        public static final Usage NONE = new Usage(Map.of());

        public Usage {
            quantities = Map.copyOf(quantities);
            counted = Set.copyOf(counted);
        }

        public Usage(Map<String, BigDecimal> reported) {
            this(reported, Set.of());
        }

        /** With what another count says of these units and this one does not; what is said here stands, a zero too. */
        public Usage and(Usage other, Set<String> units) {
            var all = new HashMap<>(quantities);
            var ours = new HashSet<>(counted);
            for (String unit : units) {
                BigDecimal more = other.quantities.get(unit);
                if (more != null && all.putIfAbsent(unit, more) == null && other.counted.contains(unit)) {
                    ours.add(unit);
                }
            }
            return new Usage(all, ours);
        }

        /** Whether anything was consumed at all. */
        public boolean any() {
            return quantities.values().stream().anyMatch(quantity -> quantity.signum() > 0);
        }
    }

    /**
     * The vendor said that this is all.
     *
     * @param reason {@code stop}, {@code length} when the limit of tokens cut it, {@code tool_calls} when the client is to go on
     */
    record Finished(String reason) implements ProviderEvent {}
}
