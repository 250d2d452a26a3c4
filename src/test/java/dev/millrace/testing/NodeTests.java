package dev.millrace.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs the tests of {@code src/test/clients} with Node.js; the pinned packages are installed first where they are not yet. */
public final class NodeTests {
    private static final Path SOURCES = Path.of("src", "test", "clients");

    /** Outside the sources: what npm unpacks is nobody's source. */
    private static final Path FOLDER = Path.of("target", "clients").toAbsolutePath();

    private static final int MINUTES = 5;

    private NodeTests() {}

    /** Runs one file of tests; answers what it said when not all of them passed, and nothing when they did. */
    public static synchronized String run(String file, Map<String, String> environment)
            throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        // the tests of one build run in several processes
        try (var channel =
                FileChannel.open(FOLDER.resolve("installing"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock(); // given back with the channel
            install();
        }
        return call(environment, List.of("node", "--test", "test/" + file));
    }

    private static void install() throws IOException, InterruptedException {
        Files.createDirectories(FOLDER.resolve("test"));
        try (var tests = Files.list(SOURCES.resolve("test"))) {
            for (Path test : tests.toList()) {
                copy(test, FOLDER.resolve("test").resolve(test.getFileName()));
            }
        }
        Path lock = SOURCES.resolve("package-lock.json");
        // written last: an installation that was broken off is not taken for one
        Path installed = FOLDER.resolve("installed.json");
        boolean same = Files.exists(FOLDER.resolve("node_modules"))
                && Files.exists(installed)
                && Files.mismatch(lock, installed) < 0;
        if (same) {
            return;
        }
        copy(SOURCES.resolve("package.json"), FOLDER.resolve("package.json"));
        copy(lock, FOLDER.resolve("package-lock.json"));
        String failure = call(Map.of(), List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
        if (!failure.isEmpty()) {
            throw new IOException("npm ci: " + failure);
        }
        copy(lock, installed);
    }

    private static String call(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path said = Files.createTempFile("node-tests", ".txt");
        try {
            var builder = new ProcessBuilder(command)
                    .directory(FOLDER.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            boolean passed = ended && process.exitValue() == 0;
            return passed
                    ? ""
                    : (ended ? "" : "not over after " + MINUTES + " minutes\n")
                            + Files.readString(said, StandardCharsets.UTF_8);
        } finally {
            Files.deleteIfExists(said);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
}
