package dev.millrace.media;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file with all that was made of it, as its owner sees it on the wire.
 *
 * <p>Its addresses are signed and expire after some hours, so whoever writes an asset down keeps its id and asks again.
 *
 * @param url of the original; null until the asset is ready
 * @param generation what made it, null for an upload
 * @param error why it was rejected
 */
public record Asset(
        UUID id,
        MediaKind kind,
        AssetStatus status,
        String filename,
        String contentType,
        long bytes,
        @Nullable String sha256,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable BigDecimal durationSeconds,
        @Nullable String url,
        List<Rendition> renditions,
        @Nullable UUID generation,
        @Nullable Fault error,
        Instant createdAt) {
    public Asset {
        renditions = List.copyOf(renditions);
    }
}
