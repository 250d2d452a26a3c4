package dev.millrace.platform.limits;

/**
 * So many calls in any span of that length.
 *
 * @param limit {@link Limits#NONE} for as many as one likes
 */
record Window(long limit, long millis) {
    static final long MINUTE = 60_000;
    static final long DAY = 86_400_000;

    static Window minute(long limit) {
        return new Window(limit, MINUTE);
    }

    static Window day(long limit) {
        return new Window(limit, DAY);
    }

    boolean limited() {
        return limit != Limits.NONE;
    }

    /** What one of several nodes may let through by itself; never nothing, unless nothing is allowed at all. */
    Window share(int nodes) {
        return limited() ? new Window(Math.ceilDiv(limit, (long) nodes), millis) : this;
    }
}
