package dev.millrace.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Named places at which a test may kill the process, to prove that a crash there loses nothing.
 *
 * <p>Off unless the system property {@code millrace.killpoint} is {@code name:n:file}: at the n-th arrival at that place the
 * process writes a line to the file and the thread that arrived stands still, so that the test's SIGKILL hits it exactly there.
 * With {@code n+} so does each that arrives later. Several places are parted by commas. Every other place costs one look into a
 * map of a few names, or none.
 */
public final class KillPoint {
    private static final Map<String, KillPoint> ARMED = parse(System.getProperty("millrace.killpoint"));

    private final String name;
    private final int first;
    private final int last;
    private final Path report;
    private final AtomicInteger arrivals = new AtomicInteger();

    private KillPoint(String name, int first, int last, Path report) {
        this.name = name;
        this.first = first;
        this.last = last;
        this.report = report;
    }

    /** Does nothing, unless this place is an armed one. */
    public static void reach(String name) {
        KillPoint armed = ARMED.get(name);
        if (armed != null) {
            armed.arrive();
        }
    }

    private void arrive() {
        int arrival = arrivals.incrementAndGet();
        if (arrival < first || arrival > last) {
            return;
        }
        try {
            Files.writeString(report, name + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        var never = new CountDownLatch(1);
        while (never.getCount() > 0) {
            try {
                never.await();
            } catch (InterruptedException stay) {
                // an interrupt must not carry the thread past the place where it is to die
            }
        }
    }

    private static Map<String, KillPoint> parse(@Nullable String value) {
        if (value == null || value.isBlank()) {
            return Map.of();
        }
        var armed = new HashMap<String, KillPoint>();
        for (String place : value.split(",", -1)) {
            String[] parts = place.split(":", 3);
            if (parts.length != 3) {
                throw new IllegalArgumentException("millrace.killpoint must be name:arrival:file");
            }
            boolean each = parts[1].endsWith("+");
            int first = Integer.parseInt(each ? parts[1].substring(0, parts[1].length() - 1) : parts[1]);
            armed.put(parts[0], new KillPoint(parts[0], first, each ? Integer.MAX_VALUE : first, Path.of(parts[2])));
        }
        return Map.copyOf(armed);
    }
}
