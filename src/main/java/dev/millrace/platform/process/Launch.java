package dev.millrace.platform.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the spawner forks.
 *
 * @param words the command line; the first is a path
 * @param environment all of it: nothing is inherited
 * @param folder the working directory, ours when null
 * @param log where both streams are appended; then standard input is empty. Null: all three are pipes
 * @param deadline after which the child is killed, never when null
 * @param wrapped whether other programs come first, which may fail instead of ours
 */
public record Launch(
        List<String> words,
        Map<String, String> environment,
        @Nullable Path folder,
        @Nullable Path log,
        @Nullable Duration deadline,
        boolean wrapped) {
    public Launch {
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    public static Launch of(List<String> words, Map<String, String> environment) {
        return new Launch(words, environment, null, null, null, false);
    }

    public Launch in(Path where) {
        return new Launch(words, environment, where, log, deadline, wrapped);
    }

    public Launch loggingTo(Path file) {
        return new Launch(words, environment, folder, file, deadline, wrapped);
    }

    public Launch within(Duration time) {
        return new Launch(words, environment, folder, log, time, wrapped);
    }

    /** As a launch whose first words are programs that set the stage for the last. */
    Launch behindOthers() {
        return new Launch(words, environment, folder, log, deadline, true);
    }
}
