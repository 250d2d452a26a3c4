package dev.millrace.generation.provider.job;

import java.time.Duration;

/** How often something is tried again: soon at first, then ever less often. */
public record Tempo(Duration first, Duration longest) {
    public static final Tempo USUAL = new Tempo(Duration.ofMillis(500), Duration.ofSeconds(8));

    Duration after(Duration pause) {
        Duration longer = pause.multipliedBy(3).dividedBy(2);
        return longer.compareTo(longest) > 0 ? longest : longer;
    }
}
