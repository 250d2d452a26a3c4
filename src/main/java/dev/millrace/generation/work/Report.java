package dev.millrace.generation.work;

import dev.millrace.platform.sql.Tx;
import java.math.BigDecimal;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the last call to a provider for a generation told.
 *
 * @param model the one that is called now, which need not be the one that was asked for; null while none is
 * @param usage in the units of the price lines; empty while it runs
 * @param finish {@code stop}, {@code length} or {@code tool_calls}; null when it has not ended, or not well
 */
public record Report(
        @Nullable String model,
        Map<String, BigDecimal> usage,
        @Nullable String finish) {
    private static final Report NOTHING = new Report(null, Map.of(), null);

    public Report {
        usage = Map.copyOf(usage);
    }

    public static Report of(Tx tx, UUID generation) {
        Calls.Last last = Calls.last(tx, generation);
        return last == null
                ? NOTHING
                : new Report(
                        last.isOpen() ? last.model() : null, last.consumed().quantities(), last.finish());
    }
}
