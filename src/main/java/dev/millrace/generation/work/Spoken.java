package dev.millrace.generation.work;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What of an answer is with its readers when a call goes on with it.
 *
 * @param usage what that much is charged as: the prompt, and the answer so far
 */
record Spoken(String text, Map<String, BigDecimal> usage) {
    /** What grows with the answer; all else was consumed when it began. */
    private static final List<String> ANSWER = List.of("output_tokens", "words");

    /**
     * What the whole is charged as: the prompt once, and of the answer what was delivered.
     *
     * @param rest what the vendor counted for the call that went on
     * @param fresh bytes of it that readers did not have
     * @param repeated bytes of it that they had
     */
    Map<String, BigDecimal> and(Map<String, BigDecimal> rest, long fresh, long repeated) {
        var whole = new HashMap<>(usage);
        for (String unit : ANSWER) {
            BigDecimal counted = rest.get(unit);
            if (counted != null) {
                whole.merge(unit, share(counted, fresh, repeated), BigDecimal::add);
            }
        }
        return whole;
    }

    private static BigDecimal share(BigDecimal counted, long fresh, long repeated) {
        return repeated == 0
                ? counted
                : counted.multiply(BigDecimal.valueOf(fresh))
                        .divide(BigDecimal.valueOf(fresh + repeated), 0, RoundingMode.CEILING);
    }
}
