package dev.millrace.bench.resume;

import java.nio.file.Path;
import java.util.Map;

/** Starts a server as a process of its own and waits until it is ready. */
@FunctionalInterface
public interface Launcher {
    ProcessHandle launch(Path dataFolder, Map<String, String> settings) throws Exception;
}
