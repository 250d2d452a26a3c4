package dev.millrace.platform.embedded;

import dev.millrace.platform.process.Launch;
import dev.millrace.platform.process.Spawner;
import dev.millrace.platform.process.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Whom Postgres runs as. It refuses to be root, so as root it runs in a user namespace of its own, where our files stay ours;
 * where the kernel gives none (many containers), as {@code nobody}, who then has to own the cluster.
 */
enum Servant {
    OURSELVES,
    NAMESPACE,
    NOBODY;

    private static final int NOBODY_ID = 65534;

    /** What this process may do. */
    static Servant available() throws IOException, InterruptedException {
        if (!root()) {
            return OURSELVES;
        }
        var trial = Launch.of(List.of(Tools.find("unshare"), "-U", Tools.find("true")), Map.of())
                .within(Duration.ofSeconds(5));
        try (var child = Spawner.start(trial)) {
            return child.await().ok() ? NAMESPACE : NOBODY;
        }
    }

    private static boolean root() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("Uid:")) {
                return line.split("\\s+", -1)[2].equals("0"); // the effective one of four
            }
        }
        return false;
    }

    /** The words in front of a program. */
    List<String> words() throws IOException {
        return switch (this) {
            case OURSELVES -> List.of();
            case NAMESPACE -> List.of(Tools.find("unshare"), "-U");
            case NOBODY ->
                List.of(Tools.find("setpriv"), "--reuid=" + NOBODY_ID, "--regid=" + NOBODY_ID, "--clear-groups");
        };
    }

    /** The program with the words in front. */
    List<String> command(List<String> program) throws IOException {
        var words = new ArrayList<>(words());
        words.addAll(program);
        return words;
    }

    /**
     * Gives the servant a file, or a folder with all in it, that belongs to somebody else: we wrote it, or an earlier server had
     * another servant.
     */
    void own(Path path) throws IOException {
        Integer id = this == NOBODY ? NOBODY_ID : 0;
        if (this == OURSELVES || Files.getAttribute(path, "unix:uid").equals(id)) {
            return;
        }
        try (var files = Files.walk(path)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.setAttribute(file, "unix:uid", id, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(file, "unix:gid", id, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    /** Lets the servant pass through a folder of ours that he must not read. */
    void passThrough(Path folder) throws IOException {
        if (this == NOBODY) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        }
    }
}
