package dev.millrace.platform.limits;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.time.Duration;

/**
 * The answer to one call that counts.
 *
 * @param degraded Redis is away: this node alone decided, on its share of the limit
 * @param key whose call it was
 * @param ticket by which {@link Limits#giveBack} finds the place; zero when none was taken
 */
public record Admission(boolean allowed, Gauge minute, Gauge day, boolean degraded, String key, long ticket) {
    /** How long to wait before a call can be allowed; zero when this one was. */
    public Duration retryAfter() {
        if (allowed) {
            return Duration.ZERO;
        }
        long seconds = Math.max(waiting(minute), waiting(day));
        return Duration.ofSeconds(Math.max(1, seconds));
    }

    /** Refuses with {@code rate_limited} unless allowed. */
    public Admission require() {
        if (!allowed) {
            throw Problem.of(ProblemType.RATE_LIMITED, "That was too often. Try again in " + words(retryAfter()) + ".")
                    .retryAfter(retryAfter());
        }
        return this;
    }

    /** The value of {@code RateLimit-Policy}; empty when there is no window. */
    public String policy() {
        return joined(part("minute", minute, policy(minute, 60)), part("day", day, policy(day, 86_400)));
    }

    /** The value of {@code RateLimit}; empty when there is no window. */
    public String rate() {
        return joined(part("minute", minute, rate(minute)), part("day", day, rate(day)));
    }

    static String words(Duration wait) {
        long seconds = wait.toSeconds();
        if (seconds <= 120) {
            return seconds == 1 ? "a second" : seconds + " seconds";
        }
        return seconds <= 7_200 ? Math.ceilDiv(seconds, 60) + " minutes" : Math.ceilDiv(seconds, 3_600) + " hours";
    }

    private String policy(Gauge gauge, long seconds) {
        return ";q=" + gauge.limit() + ";w=" + seconds + (degraded ? ";millrace-degraded=1" : "");
    }

    private static String rate(Gauge gauge) {
        return ";r=" + gauge.remaining() + ";t=" + gauge.resetSeconds();
    }

    private static String part(String name, Gauge gauge, String values) {
        return gauge.limited() ? "\"" + name + "\"" + values : "";
    }

    private static String joined(String one, String other) {
        return one.isEmpty() || other.isEmpty() ? one + other : one + ", " + other;
    }

    private static long waiting(Gauge gauge) {
        return gauge.spent() ? gauge.resetSeconds() : 0;
    }
}
