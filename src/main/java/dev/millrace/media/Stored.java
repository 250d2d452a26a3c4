package dev.millrace.media;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file that lies in storage for good and waits for the transaction that makes it an asset. Without one it is swept away after an
 * hour.
 *
 * @param asset the id it will have
 * @param path where it lies in the folder of the asset
 * @param contentType by its first bytes
 * @param extension what the names of such files end with; null for one of no known kind
 */
public record Stored(
        UUID asset,
        String path,
        String contentType,
        @Nullable String extension,
        long bytes) {}
