package dev.millrace.bench.resume;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One server of the cluster: always on the same port and folder, killed and started again. */
final class Member {
    private static final int STARTS = 20;

    private final String name;
    private final Launcher launcher;
    private final Path folder;
    private final URI address;
    private final Map<String, String> settings;
    private final AtomicInteger streams = new AtomicInteger();
    private volatile @Nullable ProcessHandle process;

    Member(String name, Launcher launcher, Path folder, URI address, Map<String, String> settings) {
        this.name = name;
        this.launcher = launcher;
        this.folder = folder;
        this.address = address;
        this.settings = settings;
    }

    String name() {
        return name;
    }

    URI address() {
        return address;
    }

    /** Streams that are open at it now. */
    AtomicInteger streams() {
        return streams;
    }

    boolean serves() {
        return !"worker".equals(settings.get("MILLRACE_ROLE"));
    }

    boolean up() {
        return process != null;
    }

    /** Starts it; when its database is away just then it does not start, and is started again, as by whoever keeps services alive. */
    void start() throws Exception {
        Exception last = null;
        for (int attempt = 0; attempt < STARTS; attempt++) {
            try {
                process = launcher.launch(folder, settings);
                return;
            } catch (Exception | AssertionError failure) {
                last = failure instanceof Exception known ? known : new IOException(failure);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
            }
        }
        throw new IOException(name + " did not start in " + STARTS + " attempts", last);
    }

    /** SIGKILL. */
    void kill() throws Exception {
        ProcessHandle running = process;
        process = null;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().get(20, TimeUnit.SECONDS);
        }
    }

    /** SIGTERM, and SIGKILL when that does not help. */
    void stop() {
        ProcessHandle running = process;
        if (running == null) {
            return;
        }
        running.destroy();
        try {
            running.onExit().get(40, TimeUnit.SECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException late) {
            running.destroyForcibly();
        }
    }

    /** Its name in the table of nodes, as it wrote it down itself; -1 when it has none. */
    long incarnation() {
        try {
            return Long.parseLong(
                    Files.readString(folder.resolve("incarnation")).strip());
        } catch (IOException | NumberFormatException none) {
            return -1;
        }
    }
}
