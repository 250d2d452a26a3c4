package dev.millrace.platform.jobs;

/** Where a job runs, so that work on the processor never holds up waiting for the network. */
public enum Lane {
    /** Waits for others: a virtual thread each, thousands at once. */
    IO,
    /**
     * Short waiting for others that nobody may keep from its turn: payments and messages. However long the jobs of {@link #IO} wait
     * for a vendor, these find room.
     */
    ERRAND,
    /** Long work on the processor, FFmpeg above all: a few platform threads. */
    MEDIA,
    /** Short work on the processor, such as probes, posters and images: one platform thread that never waits behind the long. */
    SHORT
}
