package dev.millrace.generation.work.text;

import dev.millrace.generation.events.GenerationEvent;
import dev.millrace.generation.provider.ProviderEvent;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The calls to a client's tools that a vendor makes, part by part, each argument as clean text whatever way it was cut. */
public final class ToolParts {
    private static final int BYTES_AROUND_A_PART = 32;

    private final Map<Integer, TextFlow> arguments = new HashMap<>();

    /** What this part adds; null when that is nothing. */
    public GenerationEvent.@Nullable ToolCall next(ProviderEvent.ToolCall part) {
        String more =
                arguments.computeIfAbsent(part.index(), index -> new TextFlow()).pass(part.arguments());
        boolean says = more != null || part.id() != null || part.name() != null;
        return says
                ? new GenerationEvent.ToolCall(
                        part.index(), clean(part.id()), clean(part.name()), more == null ? "" : more)
                : null;
    }

    /** How much of an answer such a part is. */
    public static int bytes(GenerationEvent.ToolCall part) {
        return BYTES_AROUND_A_PART + TextFlow.utf8(part.function().arguments());
    }

    /** Whether there was one at all. */
    public boolean any() {
        return !arguments.isEmpty();
    }

    private static @Nullable String clean(@Nullable String word) {
        return word == null ? null : new TextFlow().pass(word);
    }
}
