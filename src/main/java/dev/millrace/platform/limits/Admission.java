package dev.millrace.platform.limits;

import java.time.Duration;

/**
 * The answer to one call that counts.
 *
 * @param degraded Redis is away: this node alone decided, on its share of the limit
 * @param key whose call it was
 * @param ticket by which {@link Limits#giveBack} finds the place; zero when none was taken
 */
public record Admission(boolean allowed, Gauge minute, Gauge day, boolean degraded, String key, long ticket) {
    /** How long to wait before a call can be allowed; never shorter than what the violated windows say. */
    public Duration retryAfter() {
        return Duration.ZERO;
    }

    /** Refuses with {@code rate_limited} unless allowed. */
    public Admission require() {
        return this;
    }
}
