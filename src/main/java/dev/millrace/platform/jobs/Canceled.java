package dev.millrace.platform.jobs;

/** What became of a request to cancel a job. */
public enum Canceled {
    /** It was not running and is gone now; whatever it was for is the caller's to settle, in the same transaction. */
    REMOVED,
    /** It runs, or goes on at once: its worker is told, and settles. */
    ASKED,
    /** There is no such job, or it is dead already. */
    ABSENT
}
