package dev.millrace.platform.process;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs FFmpeg and ffprobe, in the box wherever that is possible.
 *
 * <p>Whether the box works is tried out at the start. If it does not, work on our own files goes on without it, work on files from
 * outside is refused with 503, and the trial is repeated (at most every five seconds) when such work comes: installing bubblewrap
 * is enough, no restart is needed.
 */
public final class Processes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Processes.class);
    private static final Duration TRIAL = Duration.ofSeconds(10);
    private static final long RETRIAL_NANOS = Duration.ofSeconds(5).toNanos();

    private final SandboxMode mode;
    private final @Nullable Path tools;
    private final Set<Child> running = ConcurrentHashMap.newKeySet();
    private final ReentrantLock trying = new ReentrantLock();
    private volatile @Nullable String fault = "the box was not tried yet";
    private volatile long tried;
    private volatile boolean closed;

    private Processes(SandboxMode mode, @Nullable Path tools) {
        this.mode = mode;
        this.tools = tools;
    }

    /**
     * Tries the box and tells the log when it does not work.
     *
     * @param tools the folder of ffmpeg, ffprobe and their libraries; null where there are none for this platform
     */
    public static Processes open(SandboxMode mode, @Nullable Path tools) {
        var processes = new Processes(mode, tools);
        if (tools == null) {
            LOG.warn("No FFmpeg for this platform: images, video and uploads are not available");
        } else if (mode == SandboxMode.OFF) {
            LOG.warn("MILLRACE_SANDBOX=off: files from outside are opened by FFmpeg without any protection");
        } else {
            processes.tryBox(tools);
            if (processes.fault != null) {
                LOG.warn("Files from outside are refused until the sandbox works: {}", processes.fault);
            }
        }
        return processes;
    }

    /** Starts a run whose output is kept for its {@link Exit}. */
    public Child start(Command command) throws IOException {
        return keep(Spawner.start(launch(command)));
    }

    /** Starts a run whose standard output somebody reads, such as the lines of {@code -progress pipe:1}. */
    public Child start(Command command, Output output) throws IOException {
        return keep(Spawner.start(launch(command), output));
    }

    /** Starts a run and waits for its end. */
    public Exit run(Command command) throws IOException, InterruptedException {
        try (var child = start(command)) {
            return child.await();
        }
    }

    /** Why files from outside are refused; null when they are not. */
    public @Nullable String fault() {
        if (tools == null) {
            return "no FFmpeg for this platform";
        }
        return mode == SandboxMode.OFF ? null : fault;
    }

    /** Kills what still runs. Callers that want a tidy end quit their children first. */
    @Override
    public void close() {
        closed = true;
        running.forEach(Child::close);
    }

    private Launch launch(Command command) throws IOException {
        if (tools == null || closed) {
            throw Problem.of(
                    ProblemType.UNAVAILABLE,
                    closed
                            ? "The server is stopping."
                            : "This server runs on a platform without FFmpeg: media work is not available.");
        }
        var sandbox = new Sandbox(tools);
        if (mode == SandboxMode.OFF) {
            return sandbox.bare(command);
        }
        if (fault != null) {
            tryAgain(tools);
        }
        String why = fault;
        try {
            return why == null ? sandbox.boxed(command) : unboxed(sandbox, command, why);
        } catch (Tools.MissingTool uninstalled) {
            fault = String.valueOf(uninstalled.getMessage());
            tried = System.nanoTime();
            return unboxed(sandbox, command, String.valueOf(uninstalled.getMessage()));
        }
    }

    private static Launch unboxed(Sandbox sandbox, Command command, String why) throws IOException {
        return switch (command.box().origin()) {
            case OURS -> sandbox.bare(command);
            case OUTSIDE ->
                throw Problem.of(
                                ProblemType.UNAVAILABLE,
                                "Files from outside are only opened in a sandbox, and it does not work here: " + why
                                        + ".")
                        .retryAfter(Duration.ofSeconds(60));
        };
    }

    private Child keep(Child child) {
        running.removeIf(other -> !other.alive());
        running.add(child);
        if (closed) {
            child.close();
        }
        return child;
    }

    private void tryAgain(Path folder) {
        if (System.nanoTime() - tried < RETRIAL_NANOS || !trying.tryLock()) {
            return;
        }
        try {
            tryBox(folder);
            if (fault == null) {
                LOG.info("The sandbox works now: files from outside are accepted");
            }
        } finally {
            trying.unlock();
        }
    }

    private void tryBox(Path folder) {
        fault = trial(folder);
        tried = System.nanoTime();
    }

    private static @Nullable String trial(Path folder) {
        try {
            Path out = Files.createTempDirectory("millrace-trial");
            var command = new Command(
                    Program.FFMPEG, Box.outside(folder, out), Limits.of(TRIAL), place -> List.of("-version"));
            try (var child = Spawner.start(new Sandbox(folder).boxed(command))) {
                Exit exit = child.ended();
                return exit.ok() ? null : explain(exit.errors().strip());
            } finally {
                Files.delete(out);
            }
        } catch (IOException failure) {
            return String.valueOf(failure.getMessage());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return "the trial was interrupted";
        }
    }

    /** Says in words what bubblewrap says in its own; what we do not know is passed on. */
    private static String explain(String errors) {
        if (errors.contains("No permissions to create") || errors.contains("requires --unshare-user")) {
            return "bubblewrap may not create user namespaces (a container or kernel setting forbids it): " + errors;
        }
        return errors.isEmpty() ? "the trial run ended without a word" : errors;
    }
}
