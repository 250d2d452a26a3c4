package dev.millrace.generation.provider.job;

import java.time.Duration;

/** How often something is tried again: soon at first, then ever less often. */
public record Cadence(Duration first, Duration longest) {
    public static final Cadence USUAL = new Cadence(Duration.ofMillis(500), Duration.ofSeconds(8));

    Duration after(Duration pause) {
        Duration longer = pause.multipliedBy(3).dividedBy(2);
        return longer.compareTo(longest) > 0 ? longest : longer;
    }
}
