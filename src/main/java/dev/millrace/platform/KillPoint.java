package dev.millrace.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Named places at which a test may kill the process, to prove that a crash there loses nothing.
 *
 * <p>Off unless the system property {@code millrace.killpoint} is {@code name:n:file}: at the n-th arrival at that place the
 * process writes a line to the file and the thread that arrived stands still, so that the test's SIGKILL hits it exactly there.
 * Every other place costs one comparison.
 */
public final class KillPoint {
    private static final @Nullable KillPoint ARMED = parse(System.getProperty("millrace.killpoint"));

    private final String name;
    private final int arrival;
    private final Path report;
    private final AtomicInteger arrivals = new AtomicInteger();

    private KillPoint(String name, int arrival, Path report) {
        this.name = name;
        this.arrival = arrival;
        this.report = report;
    }

    /** Does nothing, unless this place is the armed one. */
    public static void reach(String name) {
        if (ARMED != null && ARMED.name.equals(name)) {
            ARMED.arrive();
        }
    }

    private void arrive() {
        if (arrivals.incrementAndGet() != arrival) {
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

    private static @Nullable KillPoint parse(@Nullable String value) {
        if (value == null || value.isBlank()) {
            return null;
        }
        String[] parts = value.split(":", 3);
        if (parts.length != 3) {
            throw new IllegalArgumentException("millrace.killpoint must be name:arrival:file");
        }
        return new KillPoint(parts[0], Integer.parseInt(parts[1]), Path.of(parts[2]));
    }
}
