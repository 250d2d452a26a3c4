package dev.millrace.media;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where files lie and under which address they are handed out.
 *
 * @param storage a folder of our own, shared by all nodes
 * @param publicUrl what addresses of files begin with; null makes them relative to the server's own
 * @param transcodeThreads long FFmpeg jobs at once: each may use its share of the processors
 */
public record MediaConfig(Path storage, @Nullable URI publicUrl, int transcodeThreads) {}
