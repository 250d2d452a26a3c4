package dev.millrace.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Runs the scripts in {@code src/test/clients} on Node.js, with the npm packages that are pinned there. */
public final class Node {
    private static final Path FOLDER = Path.of("src", "test", "clients").toAbsolutePath();
    private static final Duration INSTALLING = Duration.ofMinutes(5);
    private static final ReentrantLock INSTALLATION = new ReentrantLock();

    private Node() {}

    /** Runs a script to its end; answers the lines it wrote, and fails with them when it fails. */
    public static List<String> run(String script, Map<String, String> environment, Duration limit) {
        install();
        return run(List.of("node", FOLDER.resolve(script).toString()), environment, limit);
    }

    /** Installs exactly what the lock file names, once after each change of it. */
    private static void install() {
        INSTALLATION.lock();
        try {
            Path done = FOLDER.resolve("node_modules").resolve(".package-lock.json");
            if (!Files.exists(done)
                    || Files.getLastModifiedTime(done)
                                    .compareTo(Files.getLastModifiedTime(FOLDER.resolve("package-lock.json")))
                            < 0) {
                run(List.of("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"), Map.of(), INSTALLING);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            INSTALLATION.unlock();
        }
    }

    private static List<String> run(List<String> words, Map<String, String> environment, Duration limit) {
        var builder = new ProcessBuilder(words).directory(FOLDER.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        try {
            Process process = builder.start();
            Thread reader = Thread.ofPlatform().daemon().start(() -> {
                try (var out = process.inputReader(StandardCharsets.UTF_8)) {
                    out.lines().forEach(lines::add);
                } catch (IOException | UncheckedIOException killed) {
                    // what came is enough to tell
                }
            });
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            reader.join();
            if (!ended || process.exitValue() != 0) {
                throw new AssertionError(words + (ended ? " failed:\n" : " did not end:\n") + String.join("\n", lines));
            }
            return List.copyOf(lines);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
