package dev.millrace.generation.provider.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long a vendor asks to wait, wherever it says so: {@code retry-after-ms}, {@code Retry-After} (seconds or a date), the time
 * at which a spent window opens again, and in the end its prose.
 */
final class WaitHint {
    private static final Duration LONGEST = Duration.ofDays(30);
    private static final Pattern SPAN = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|h|m|s)");
    private static final Pattern PROSE = Pattern.compile(
            "(?:again in|resets? in|wait)\\s+~?\\s*((?:\\d+(?:\\.\\d+)?\\s?(?:ms|h|m|s)(?:[a-z]*)\\s*)+)");
    private static final String[] WINDOWS = {"requests", "tokens"};
    private static final String[] SPENT = {"requests", "tokens", "input-tokens", "output-tokens"};

    private final InstantSource clock;

    /** {@code clock} is asked where an answer does not say when it was given. */
    WaitHint(InstantSource clock) {
        this.clock = clock;
    }

    /** Null when there is no hint; never negative. */
    @Nullable
    Duration of(Function<String, @Nullable String> headers, @Nullable JsonNode error) {
        Instant told = date(headers.apply("date"));
        Instant now = told == null ? clock.instant() : told;
        Duration found = number(headers.apply("retry-after-ms"), 1);
        if (found == null) {
            found = retryAfter(headers.apply("retry-after"), now);
        }
        for (int i = 0; found == null && i < WINDOWS.length; i++) {
            if ("0".equals(headers.apply("x-ratelimit-remaining-" + WINDOWS[i]))) {
                found = span(headers.apply("x-ratelimit-reset-" + WINDOWS[i]));
            }
        }
        for (int i = 0; found == null && i < SPENT.length; i++) {
            if ("0".equals(headers.apply("anthropic-ratelimit-" + SPENT[i] + "-remaining"))) {
                found = until(headers.apply("anthropic-ratelimit-" + SPENT[i] + "-reset"), now);
            }
        }
        for (JsonNode detail : error == null ? MissingNode.getInstance() : error.path("details")) {
            found = found == null ? span(WireJson.text(detail, "retryDelay")) : found;
        }
        return found != null ? found : prose(VendorErrors.message(error));
    }

    private static @Nullable Duration retryAfter(@Nullable String value, Instant now) {
        Duration seconds = number(value, 1000);
        Instant at = seconds == null ? date(value) : null;
        return at == null ? seconds : between(now, at);
    }

    /** A date of HTTP; null when it is none. */
    private static @Nullable Instant date(@Nullable String value) {
        try {
            return value == null
                    ? null
                    : ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
        } catch (DateTimeParseException none) {
            return null;
        }
    }

    private static @Nullable Duration until(@Nullable String time, Instant now) {
        try {
            return time == null ? null : between(now, Instant.parse(time.strip()));
        } catch (DateTimeParseException nonsense) {
            return null;
        }
    }

    private static Duration between(Instant now, Instant at) {
        Duration wait = Duration.between(now, at);
        return capped(wait.isNegative() ? Duration.ZERO : wait);
    }

    private static @Nullable Duration number(@Nullable String value, double millis) {
        if (value == null || !value.strip().matches("\\d{1,12}(\\.\\d{1,9})?")) {
            return null;
        }
        return capped(Duration.ofMillis((long) (Double.parseDouble(value.strip()) * millis)));
    }

    /** Durations such as {@code 12ms}, {@code 1s}, {@code 6m0s}. */
    private static @Nullable Duration span(@Nullable String value) {
        if (value == null) {
            return null;
        }
        Matcher parts = SPAN.matcher(value);
        double millis = 0;
        boolean any = false;
        while (parts.find()) {
            any = true;
            double number = Double.parseDouble(parts.group(1));
            millis += switch (parts.group(2)) {
                case "h" -> number * 3_600_000;
                case "m" -> number * 60_000;
                case "s" -> number * 1_000;
                default -> number;
            };
        }
        return any ? capped(Duration.ofMillis((long) millis)) : null;
    }

    private static @Nullable Duration prose(@Nullable String message) {
        if (message == null) {
            return null;
        }
        Matcher found = PROSE.matcher(
                message.substring(0, Math.min(2_000, message.length())).toLowerCase(Locale.ROOT));
        return found.find() ? span(found.group(1).replace(" ", "")) : null;
    }

    private static Duration capped(Duration wait) {
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
