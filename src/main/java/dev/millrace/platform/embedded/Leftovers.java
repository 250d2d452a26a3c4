package dev.millrace.platform.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Processes that a dead server left running on our folder.
 *
 * <p>One of ours is known by its program and its working directory, never by a number in a file: numbers are used again, in
 * containers almost at once. A zombie has neither and counts as gone.
 */
final class Leftovers {
    private static final Duration LOOK = Duration.ofMillis(20);

    private Leftovers() {}

    /** The processes that run the program of that name and work in that folder. */
    static List<ProcessHandle> of(String program, Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        Path place = folder.toRealPath();
        var found = new ArrayList<ProcessHandle>();
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (runs(process, program, place)) {
                    ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                            .ifPresent(found::add);
                }
            }
        }
        return found;
    }

    /** Waits until none is left; false when the time is over first. */
    static boolean gone(String program, Path folder, Duration time) throws IOException, InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        List<ProcessHandle> left = of(program, folder);
        while (!left.isEmpty() && System.nanoTime() < end) {
            awaitOne(left.getFirst());
            left = of(program, folder);
        }
        return left.isEmpty();
    }

    /** Waits a little: the end of somebody else's child is not announced to us, and a zombie's end is none to the JDK. */
    private static void awaitOne(ProcessHandle process) throws InterruptedException {
        try {
            process.onExit().get(LOOK.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException unknown) {
            // the caller looks again
        }
    }

    private static boolean runs(Path process, String program, Path place) {
        try {
            Path executable = Files.readSymbolicLink(process.resolve("exe"));
            // a program that was unpacked anew while it ran has " (deleted)" after its name
            String name = Optional.ofNullable(executable.getFileName())
                    .map(Path::toString)
                    .orElse("");
            return (name.equals(program) || name.equals(program + " (deleted)"))
                    && Files.readSymbolicLink(process.resolve("cwd")).equals(place);
        } catch (IOException notOurs) {
            return false; // another user's, or gone in between
        }
    }
}
