package dev.millrace.generation;

import dev.millrace.generation.events.EventLog.Told;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.store.Order;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/**
 * What stopping costs at most where the bill stops with the call.
 *
 * <p>What was told to have come is not all of it: more comes until it is told and stored, until the answer is read, until the vendor is
 * really cut. So to what was told last belongs what comes in that time at the fastest rate seen lately. Where that cannot be known,
 * because nothing was told to have come yet or all of it comes at once and may come now, it is all that is held.
 */
final class StopBound {
    /** So many progress events tell how fast it goes at present. */
    static final int LATELY = 10;

    /** From what was told last to the end of the vendor's call, a person's hesitation and a slow network included. */
    private static final double SECONDS = 5;

    /** Two that were told together say nothing of how fast it goes. */
    private static final double LEAST_APART = 0.2;

    /** Words are told in small groups; one of them may have come and not have been told. */
    private static final Usage GROUP =
            new Usage(Map.of("words", BigDecimal.valueOf(16), "output_tokens", BigDecimal.valueOf(64)));

    /** Pictures come whole. */
    private static final Usage PICTURE = new Usage(Map.of("images", BigDecimal.ONE));

    private StopBound() {}

    /** In micro-credits; {@code lately} is what was told of a run that has begun, the newest first. */
    static long of(Order order, List<Told> lately) {
        long held = order.money().maximumMicros();
        Told last = lately.isEmpty() ? null : lately.getFirst();
        if (last == null) {
            return held;
        }
        boolean text = order.wish().kind() == GenerationKind.TEXT;
        if (text ? last.costMicros() == 0 || lately.size() == 1 : endsSoon(last)) {
            return held;
        }
        long group = order.price().cost((text ? GROUP : PICTURE).quantities());
        double more = Math.ceil(SECONDS * fastest(lately)) + group;
        return more >= held - last.costMicros() ? held : last.costMicros() + (long) more;
    }

    private static boolean endsSoon(Told last) {
        Double left = last.etaSeconds();
        return left == null || left <= 2 * SECONDS || last.percent() >= 90;
    }

    /** Micro-credits a second. */
    private static double fastest(List<Told> lately) {
        double fastest = 0;
        for (int i = 1; i < lately.size(); i++) {
            Told newer = lately.get(i - 1);
            Told older = lately.get(i);
            double apart = newer.elapsedSeconds() - older.elapsedSeconds();
            if (apart >= LEAST_APART) {
                fastest = Math.max(fastest, (newer.costMicros() - older.costMicros()) / apart);
            }
        }
        return fastest;
    }
}
