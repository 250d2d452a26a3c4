package dev.millrace.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server as a process of its own: started, asked, killed, started again on the same folder. */
public final class ServerProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("ready at (http\\S+)");

    private final Process process;
    private final List<String> log = new ArrayList<>();
    private final CompletableFuture<URI> address = new CompletableFuture<>();
    private final Thread reader;

    private ServerProcess(Process process) {
        this.process = process;
        // a read of a pipe would hold the carrier of a virtual thread, and there are as few as cores
        this.reader =
                Thread.ofPlatform().daemon().name("server-" + process.pid()).start(this::read);
    }

    /**
     * Starts a server on free ports and waits until it is ready.
     *
     * @param properties JVM flags, such as {@code -Dmillrace.killpoint=…}
     * @param environment settings besides folder and ports
     */
    public static ServerProcess start(Path folder, List<String> properties, Map<String, String> environment) {
        var server = launch(folder, properties, environment);
        try {
            server.address();
            return server;
        } catch (AssertionError late) {
            server.close(); // else it holds the folder for ever
            throw late;
        }
    }

    /** Starts a server without waiting. */
    public static ServerProcess launch(Path folder, List<String> properties, Map<String, String> environment) {
        var words = new ArrayList<String>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.add("@" + Path.of("scripts/jvm.args").toAbsolutePath());
        words.addAll(properties);
        words.addAll(List.of("-cp", classPath(), "dev.millrace.Main"));
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        var env = builder.environment();
        env.keySet().removeIf(name -> name.startsWith("MILLRACE_"));
        env.putAll(Map.of(
                "MILLRACE_DATA_DIR", folder.toString(),
                "MILLRACE_PORT", "0",
                "MILLRACE_OPS_PORT", "0",
                "MILLRACE_LOG", "text"));
        env.putAll(environment);
        try {
            return new ServerProcess(builder.start());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Where it serves; waits for it, and shows its log when it never comes. */
    public URI address() {
        try {
            return address.get(60, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException failure) {
            throw new AssertionError("the server did not become ready:\n" + log(), failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** SIGKILL, and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        exit(Duration.ofSeconds(10));
    }

    /** SIGTERM; answers the exit code. */
    public int stop() {
        signal();
        return exit(Duration.ofSeconds(40));
    }

    /** SIGTERM, and a second one as soon as the first was heard; answers the exit code. */
    public int stopAtOnce() {
        signal();
        Waiting.until("the first signal to be heard", Duration.ofSeconds(20), () -> log().contains("Stopping:"));
        signal();
        return exit(Duration.ofSeconds(20));
    }

    /** By its handle: {@link Process#destroy} would close the pipe of the log as well. */
    private void signal() {
        process.toHandle().destroy();
    }

    /** Waits for the end; answers the exit code. */
    public int exit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the server did not end within " + limit + ":\n" + log());
            }
            reader.join();
            return process.exitValue();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /** All it wrote so far. */
    public String log() {
        synchronized (log) {
            return String.join("\n", log);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (log) {
                    log.add(line);
                }
                Matcher ready = READY.matcher(line);
                if (ready.find()) {
                    address.complete(URI.create(ready.group(1)));
                }
            }
        } catch (IOException cut) {
            // a killed process's pipe may break; what was read stays
        }
        address.completeExceptionally(new IllegalStateException("the server ended"));
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
