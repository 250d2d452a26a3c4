package dev.millrace.platform.jobs;

import java.time.Duration;

/**
 * How this node takes part in the queue.
 *
 * @param works whether it runs jobs; one that does not only enqueues, and watches over the others
 * @param slots how many jobs at once
 * @param times how often things happen, and how long things last
 * @param backoff how long a failed job waits
 */
public record JobsConfig(boolean works, Slots slots, Times times, Backoff backoff) {
    private static final Times TIMES = new Times(
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ofDays(14));
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(2), Duration.ofMinutes(10));

    /** The product's figures: 7,500 waiting jobs and 1,200 errands, as many long ones as said, and one short one. */
    public static JobsConfig of(boolean works, int transcodeThreads) {
        return new JobsConfig(works, new Slots(7_500, 1_200, transcodeThreads, 1), TIMES, BACKOFF);
    }

    /** How many jobs of each {@link Lane} run at once. */
    public record Slots(int io, int errand, int media, int brief) {
        public Slots {
            if (io < 1 || errand < 1 || media < 1 || brief < 1) {
                throw new IllegalArgumentException("every lane needs a slot");
            }
        }

        int of(Lane lane) {
            return switch (lane) {
                case IO -> io;
                case ERRAND -> errand;
                case MEDIA -> media;
                case SHORT -> brief;
            };
        }
    }

    /**
     * The queue's beats.
     *
     * @param heartbeat a node says this often that it lives; dead ones are looked for as often
     * @param lease after so long without a heartbeat a node is dead
     * @param poll at least this often the table is asked for work
     * @param sweep this often jobs are looked for that no living or dead node owns
     * @param history finished jobs are remembered for so long
     */
    public record Times(Duration heartbeat, Duration lease, Duration poll, Duration sweep, Duration history) {
        public Times {
            if (heartbeat.multipliedBy(3).compareTo(lease) > 0) {
                throw new IllegalArgumentException("a lease must outlive three heartbeats");
            }
        }
    }

    /**
     * A failed job waits a random time, at most {@code base} after the first attempt and twice as long after each further one, but
     * never longer than {@code most}.
     */
    public record Backoff(Duration base, Duration most) {}
}
