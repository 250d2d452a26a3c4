package dev.millrace.media;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where files lie, and what the work on them may take.
 *
 * @param storage a folder of our own, shared by all nodes
 * @param alone no other node uses the folder, so what is unfinished at the start is left over from a crash
 * @param publicUrl what addresses of files begin with; null makes them relative to the server's own
 * @param transcodeThreads long FFmpeg jobs at once, which share the processors
 */
public record MediaConfig(
        Path storage, boolean alone, @Nullable URI publicUrl, int transcodeThreads) {
    /** How many threads one encoder gets. */
    int threadsEach() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / transcodeThreads);
    }
}
