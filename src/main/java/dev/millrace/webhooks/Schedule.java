package dev.millrace.webhooks;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** When a message is tried again: the schedule of Standard Webhooks, over some three days. */
final class Schedule {
    /** After the first attempt, the second, and so on; behind the last there is none. */
    private static final List<Duration> WAITS = List.of(
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30),
            Duration.ofHours(2),
            Duration.ofHours(5),
            Duration.ofHours(10),
            Duration.ofHours(14),
            Duration.ofHours(20),
            Duration.ofHours(24));

    static final int ATTEMPTS = WAITS.size() + 1;

    /** However long a server asks to be left alone. */
    static final Duration LONGEST_REST = Duration.ofHours(24);

    private static final double JITTER = 0.1;

    private Schedule() {}

    /**
     * How long to wait after an attempt that failed; null when it was the last one.
     *
     * @param attempt the how-manyth it was, from 1
     * @param asked what the server asked for; it only ever makes the wait longer
     */
    static @Nullable Duration after(int attempt, @Nullable Duration asked, RandomGenerator random) {
        if (attempt >= ATTEMPTS) {
            return null;
        }
        long planned = WAITS.get(attempt - 1).toMillis();
        Duration wait = Duration.ofMillis(Math.round(planned * (1 - JITTER + 2 * JITTER * random.nextDouble())));
        return asked == null || asked.compareTo(wait) < 0 ? wait : asked;
    }

    /** What {@code Retry-After} asks for, in seconds or as a date, at most a day; null when it says nothing sensible. */
    static @Nullable Duration asked(@Nullable String retryAfter, Instant now) {
        if (retryAfter == null) {
            return null;
        }
        String text = retryAfter.strip();
        Duration wait;
        if (!text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            wait = Duration.ofSeconds(Integer.parseInt(text));
        } else {
            try {
                var date = DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT);
                wait = Duration.between(now, ZonedDateTime.parse(text, date).toInstant());
            } catch (DateTimeParseException neither) {
                return null;
            }
        }
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : wait;
    }
}
