package dev.millrace.generation.work;

import dev.millrace.generation.provider.ProviderEvent.Usage;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;

/**
 * What of an answer is with its readers when a call goes on with it.
 *
 * @param usage what that much is charged as: the prompt, and the answer so far
 */
record Spoken(String text, Usage usage) {
    /** What grows with the answer; all else was consumed when it began. */
    private static final List<String> ANSWER = List.of("output_tokens", "words");

    /**
     * What the whole is charged as: the prompt once, and of the answer what was delivered.
     *
     * @param rest what was consumed by the call that went on
     * @param fresh bytes of it that readers did not have
     * @param repeated bytes of it that they had
     */
    Usage and(Usage rest, long fresh, long repeated) {
        var whole = new HashMap<>(usage.quantities());
        var counted = new HashSet<>(usage.counted());
        for (String unit : ANSWER) {
            BigDecimal more = rest.quantities().get(unit);
            if (more != null) {
                whole.merge(unit, share(more, fresh, repeated), BigDecimal::add);
                if (repeated > 0 || rest.counted().contains(unit)) {
                    counted.add(unit);
                }
            }
        }
        return new Usage(whole, counted);
    }

    private static BigDecimal share(BigDecimal counted, long fresh, long repeated) {
        return repeated == 0
                ? counted
                : counted.multiply(BigDecimal.valueOf(fresh))
                        .divide(BigDecimal.valueOf(fresh + repeated), 0, RoundingMode.CEILING);
    }
}
