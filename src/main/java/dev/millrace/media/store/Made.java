package dev.millrace.media.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A rendition that was made and checked.
 *
 * @param path in the folder of the asset
 */
public record Made(
        String name,
        String kind,
        String path,
        String contentType,
        long bytes,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable Duration duration) {}
