package dev.millrace.platform.limits;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer to one call that counts.
 *
 * @param stands the quotas it is counted under, the caller's own first; never none
 * @param degraded Redis is away: this node alone decided, on its share of the limit
 * @param ticket by which {@link Limits#giveBack} finds the place; zero when none was taken
 */
public record Admission(boolean allowed, List<Stand> stands, boolean degraded, long ticket) {
    public Admission {
        stands = List.copyOf(stands);
    }

    /** The caller's own minute. */
    public Gauge minute() {
        return stands.getFirst().minute();
    }

    /** The caller's own day. */
    public Gauge day() {
        return stands.getFirst().day();
    }

    /** How long to wait before a call can be allowed; zero when this one was. */
    public Duration retryAfter() {
        if (allowed) {
            return Duration.ZERO;
        }
        long seconds = stands.stream()
                .mapToLong(stand -> Math.max(waiting(stand.minute()), waiting(stand.day())))
                .max()
                .orElse(0);
        return Duration.ofSeconds(Math.max(1, seconds));
    }

    /** The window that makes the caller wait longest, named as in {@code RateLimit}; empty when none does. */
    public String full() {
        String full = "";
        long longest = 0;
        for (Stand stand : stands) {
            if (waiting(stand.minute()) > longest) {
                longest = waiting(stand.minute());
                full = stand.prefix() + "minute";
            }
            if (waiting(stand.day()) > longest) {
                longest = waiting(stand.day());
                full = stand.prefix() + "day";
            }
        }
        return full;
    }

    /** Refuses with {@code rate_limited} unless allowed. */
    public Admission require() {
        if (!allowed) {
            throw Problem.of(ProblemType.RATE_LIMITED, "That was too often. Try again in " + words(retryAfter()) + ".")
                    .retryAfter(retryAfter());
        }
        return this;
    }

    /** How it stands after the place was given back. */
    public Admission givenBack() {
        return new Admission(true, stands.stream().map(Stand::givenBack).toList(), degraded, ticket);
    }

    /** The value of {@code RateLimit-Policy}; empty when there is no window. Says so when this node decides alone. */
    public String policy() {
        return each(
                (gauge, seconds) -> ";q=" + gauge.limit() + ";w=" + seconds + (degraded ? ";millrace-degraded=1" : ""));
    }

    /** The value of {@code RateLimit}; empty when there is no window. */
    public String rate() {
        return each((gauge, seconds) -> ";r=" + gauge.remaining() + ";t=" + gauge.resetSeconds());
    }

    List<String> keys() {
        return stands.stream().map(Stand::key).toList();
    }

    static String words(Duration wait) {
        long seconds = wait.toSeconds();
        if (seconds <= 120) {
            return seconds == 1 ? "a second" : seconds + " seconds";
        }
        return seconds <= 7_200 ? Math.ceilDiv(seconds, 60) + " minutes" : Math.ceilDiv(seconds, 3_600) + " hours";
    }

    private String each(Values values) {
        var parts = new ArrayList<String>(stands.size() * 2);
        for (Stand stand : stands) {
            add(parts, stand.prefix() + "minute", stand.minute(), 60, values);
            add(parts, stand.prefix() + "day", stand.day(), 86_400, values);
        }
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, String name, Gauge gauge, long seconds, Values values) {
        if (gauge.limited()) {
            parts.add("\"" + name + "\"" + values.of(gauge, seconds));
        }
    }

    private static long waiting(Gauge gauge) {
        return gauge.spent() ? gauge.resetSeconds() : 0;
    }

    /** What is said of one window. */
    private interface Values {
        String of(Gauge gauge, long seconds);
    }
}
