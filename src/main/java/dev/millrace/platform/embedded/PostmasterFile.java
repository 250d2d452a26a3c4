package dev.millrace.platform.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code postmaster.pid}, in which Postgres says who it is (line 1), on which port it listens (line 4) and how far its start has
 * come (line 8).
 */
record PostmasterFile(Path path) {
    static PostmasterFile of(Cluster cluster) {
        return new PostmasterFile(cluster.data().resolve("postmaster.pid"));
    }

    /** Whether the server of that process accepts connections. */
    boolean ready(long pid) throws IOException {
        List<String> lines = lines();
        return lines.size() >= 8
                && lines.get(0).strip().equals(String.valueOf(pid))
                && lines.get(7).strip().equals("ready");
    }

    /** The port of a server that is ready; null when there is none. */
    @Nullable
    Integer port() throws IOException {
        List<String> lines = lines();
        try {
            return lines.size() >= 8 && lines.get(7).strip().equals("ready")
                    ? Integer.valueOf(lines.get(3).strip())
                    : null;
        } catch (NumberFormatException torn) {
            return null;
        }
    }

    /**
     * Makes a file whose server is gone harmless. Nothing may run in the cluster.
     *
     * <p>Postgres refuses to start as long as any process, or even a thread, has the number in line 1, except its own parent. So
     * line 1 gets the number of its future parent, which is us; the rest stays, since by it Postgres finds out whether somebody
     * still uses the old shared memory. An empty or torn file says nothing and goes.
     */
    void disown() throws IOException {
        List<String> lines = new ArrayList<>(lines());
        if (lines.isEmpty() || lines.size() < 7) {
            Files.deleteIfExists(path);
            return;
        }
        lines.set(0, String.valueOf(ProcessHandle.current().pid()));
        Folders.replace(path, String.join("\n", lines) + "\n");
    }

    private List<String> lines() throws IOException {
        try {
            return Files.readAllLines(path);
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }
}
