package dev.millrace.media.delivery;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request for a file gets, by RFC 9110, sections 13 and 14.
 *
 * <p>Only one range is served; several are answered with the whole file, which a server may always do.
 *
 * @param size in bytes
 * @param etag strong, with its quotes
 * @param modified to the second
 */
record Conditions(long size, String etag, Instant modified) {
    private static final Pattern RANGE = Pattern.compile("(?i)bytes=\\s*([0-9]*)-([0-9]*)\\s*");
    private static final Pattern TAG = Pattern.compile("(W/)?(\"[^\"]*\")\\s*(?:,|$)");

    Conditions {
        modified = modified.truncatedTo(ChronoUnit.SECONDS);
    }

    /** What goes out. */
    sealed interface Verdict {
        /** 200 and everything. */
        record Whole() implements Verdict {}

        /** 206 and the bytes from the first to the last, both included. */
        record Part(long first, long last) implements Verdict {
            long length() {
                return last - first + 1;
            }
        }

        /** 304. */
        record NotModified() implements Verdict {}

        /** 412. */
        record Failed() implements Verdict {}

        /** 416. */
        record Unsatisfiable() implements Verdict {}
    }

    /** What the request said; null for what it did not. Several fields of one name come as a list. */
    record Asked(
            List<String> range,
            @Nullable String ifRange,
            @Nullable String ifMatch,
            @Nullable String ifNoneMatch,
            @Nullable String ifModifiedSince,
            @Nullable String ifUnmodifiedSince) {}

    Verdict judge(Asked asked) {
        if (asked.ifMatch() != null) {
            if (!named(asked.ifMatch(), true)) {
                return new Verdict.Failed();
            }
        } else if (later(asked.ifUnmodifiedSince())) {
            return new Verdict.Failed();
        }
        if (asked.ifNoneMatch() != null) {
            if (named(asked.ifNoneMatch(), false)) {
                return new Verdict.NotModified();
            }
        } else if (asked.ifModifiedSince() != null && !later(asked.ifModifiedSince())) {
            return new Verdict.NotModified();
        }
        boolean parts = asked.range().size() == 1 && (asked.ifRange() == null || same(asked.ifRange()));
        return parts ? range(asked.range().getFirst()) : new Verdict.Whole();
    }

    String lastModified() {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(modified.atOffset(ZoneOffset.UTC));
    }

    private Verdict range(String text) {
        Matcher range = RANGE.matcher(text);
        if (!range.matches()) {
            return new Verdict.Whole();
        }
        String from = range.group(1);
        String to = range.group(2);
        if (from.isEmpty()) {
            return to.isEmpty() ? new Verdict.Whole() : suffix(number(to));
        }
        long first = number(from);
        long last = to.isEmpty() ? Long.MAX_VALUE : number(to);
        if (last < first) {
            return new Verdict.Whole();
        }
        return first < size ? new Verdict.Part(first, Math.min(last, size - 1)) : new Verdict.Unsatisfiable();
    }

    private Verdict suffix(long count) {
        return count == 0 || size == 0
                ? new Verdict.Unsatisfiable()
                : new Verdict.Part(Math.max(0, size - count), size - 1);
    }

    /** Numbers beyond any file are as good as infinite. */
    private static long number(String digits) {
        String plain = digits.replaceFirst("^0+(?=.)", "");
        return plain.length() > 18 ? Long.MAX_VALUE : Long.parseLong(plain);
    }

    /** Whether a list of entity tags names this file; weak ones only count where a weak comparison will do. */
    private boolean named(String list, boolean strongly) {
        if (list.strip().equals("*")) {
            return true;
        }
        Matcher tags = TAG.matcher(list);
        while (tags.find()) {
            if (tags.group(2).equals(etag) && !(strongly && tags.group(1) != null)) {
                return true;
            }
        }
        return false;
    }

    /** Whether what the client has is this very file: its strong tag, or exactly its date. */
    private boolean same(String ifRange) {
        String text = ifRange.strip();
        if (text.startsWith("\"") || text.startsWith("W/")) {
            return text.equals(etag);
        }
        Instant date = date(text);
        return date != null && date.equals(modified);
    }

    /** Whether this file is younger than the date; not when there is none or it is not one. */
    private boolean later(@Nullable String text) {
        Instant date = text == null ? null : date(text.strip());
        return date != null && modified.isAfter(date);
    }

    private static @Nullable Instant date(String text) {
        try {
            return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException none) {
            return null;
        }
    }
}
