package dev.millrace.platform.limits;

/**
 * A window as it stands.
 *
 * @param limit calls in any such window; {@link Limits#NONE} when there is no limit
 * @param remaining calls left now, never below zero
 * @param resetSeconds until one more is free, rounded up; zero when nothing is taken
 */
public record Gauge(long limit, long remaining, long resetSeconds) {
    /** No window at all. */
    public static final Gauge NONE = new Gauge(Limits.NONE, 0, 0);

    public boolean limited() {
        return limit != Limits.NONE;
    }

    /** Whether it lets nobody through now. */
    boolean spent() {
        return limited() && remaining == 0;
    }
}
