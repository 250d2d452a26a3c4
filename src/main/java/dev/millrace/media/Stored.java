package dev.millrace.media;

import java.util.UUID;

/**
 * A file that lies in storage for good and waits for the transaction that makes it an asset. Without one it is swept away after an
 * hour.
 *
 * @param asset the id it will have
 * @param path where it lies in the folder of the asset
 */
public record Stored(UUID asset, String path, String contentType, long bytes) {}
