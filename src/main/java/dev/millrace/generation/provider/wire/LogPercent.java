package dev.millrace.generation.provider.wire;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How far a job is, read from what its program prints: bars such as {@code 76%|████ | 19/25 [00:33<00:10]}.
 *
 * <p>A bar is drawn again with a carriage return, and the last drawing counts. Programs draw several bars in turn, each from 0: that
 * it falls is for the reader of the percent to smooth.
 */
public final class LogPercent {
    private static final Pattern BAR = Pattern.compile("(\\d{1,3})%\\|[^|]*\\|\\s*(\\d{1,9})/(\\d{1,9})");
    /** Only the end of a log is read; a program may print megabytes. */
    private static final int TAIL = 16 * 1024;

    private LogPercent() {}

    /** From 0 to 1; null when the log holds no bar. */
    public static @Nullable Double fraction(@Nullable String log) {
        if (log == null || log.isEmpty()) {
            return null;
        }
        String tail = log.substring(Math.max(0, log.length() - TAIL));
        String[] lines = tail.split("[\\r\\n]+", -1);
        for (int i = lines.length - 1; i >= 0; i--) {
            Double found = bar(lines[i]);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable Double bar(String line) {
        Matcher bar = BAR.matcher(line);
        Double last = null;
        while (bar.find()) {
            long steps = Long.parseLong(bar.group(3));
            double share =
                    steps > 0 ? Long.parseLong(bar.group(2)) / (double) steps : Integer.parseInt(bar.group(1)) / 100.0;
            last = Math.min(1, share);
        }
        return last;
    }
}
