package dev.millrace.generation.work.text;

import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.Request;
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
public record Spoken(String text, Usage usage) {
    /** What grows with the answer; all else was consumed when it began. */
    private static final List<String> ANSWER = List.of("output_tokens", "words");

    private static final BigDecimal LEAST_TOKENS = BigDecimal.ONE;

    /** What to ask for, so that the whole is no longer than was asked for. */
    public Request rest(Request request) {
        BigDecimal most = request.options().number("max_tokens");
        BigDecimal had = usage.quantities().getOrDefault("output_tokens", BigDecimal.ZERO);
        Request rest = request.continuing(text);
        return most == null
                ? rest
                : rest.with(
                        request.options().with("max_tokens", most.subtract(had).max(LEAST_TOKENS)));
    }

    /**
     * What the whole is charged as: the prompt once, and of the answer what was delivered.
     *
     * @param rest what was consumed by the call that went on
     * @param fresh bytes of it that readers did not have
     * @param repeated bytes of it that they had
     */
    public Usage and(Usage rest, long fresh, long repeated) {
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
