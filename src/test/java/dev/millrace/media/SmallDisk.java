package dev.millrace.media;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A disk of a few megabytes in memory that a test may fill. Only root can have one: others skip the test. */
public final class SmallDisk implements AutoCloseable {
    private static final int MEGABYTE = 1024 * 1024;

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    public static SmallDisk of(Path home, int megabytes) throws Exception {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        Path folder = Files.createDirectories(home.resolve("small-disk"));
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString());
        return new SmallDisk(folder);
    }

    public Path folder() {
        return folder;
    }

    /** Takes so many megabytes away. */
    void fill(int megabytes) throws IOException {
        Files.write(folder.resolve("ballast"), new byte[megabytes * MEGABYTE]);
    }

    void empty() throws IOException {
        Files.delete(folder.resolve("ballast"));
    }

    @Override
    public void close() {
        try {
            run("umount", "-l", folder.toString());
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    private static void run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(words)).inheritIO().start();
        if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("failed: " + String.join(" ", words));
        }
    }
}
