package dev.millrace.generation.provider.job;

import java.time.Duration;

/**
 * How a vendor is asked about jobs.
 *
 * @param pause from one look at a job to the next; longer when there are more jobs than {@code perSecond} allows
 * @param perSecond single looks at most, of all servers together
 * @param single when more jobs than this are due, the vendor's list is read instead; it has none when this is {@code NO_LIST}
 */
public record Rhythm(Duration pause, int perSecond, int single) {
    public static final int NO_LIST = Integer.MAX_VALUE;

    /** The same where jobs are looked at one by one, however many they are. */
    Rhythm listless() {
        return new Rhythm(pause, perSecond, NO_LIST);
    }

    /** Until the next look when so many jobs are looked at one by one. */
    Duration pause(long jobs) {
        Duration fair = Duration.ofMillis(jobs * 1_000 / perSecond);
        return fair.compareTo(pause) > 0 ? fair : pause;
    }
}
