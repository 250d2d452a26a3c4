package dev.millrace.media;

import org.jspecify.annotations.Nullable;

/**
 * A file made from an asset.
 *
 * @param name unique within the asset: {@code mp4}, {@code poster}, {@code thumbnail-320}, {@code storyboard}, {@code preview-512}
 * @param kind what it is for: {@code mp4}, {@code poster}, {@code thumbnail}, {@code storyboard} or {@code preview}
 * @param url signed and good for some hours
 */
public record Rendition(
        String name,
        String kind,
        String url,
        String contentType,
        @Nullable Integer width,
        @Nullable Integer height,
        long bytes) {}
