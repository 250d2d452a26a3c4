package dev.millrace.media;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of {@code asset}. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these
record AssetRow(
        UUID id,
        UUID account,
        @Nullable UUID generation,
        String origin,
        String kind,
        String status,
        String filename,
        String contentType,
        @Nullable String path,
        long bytes,
        byte @Nullable [] sha256,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable Long durationMillis,
        @Nullable String errorCode,
        @Nullable String errorDetail,
        Instant createdAt) {

    boolean processing() {
        return AssetStatus.of(status) == AssetStatus.PROCESSING;
    }

    boolean ours() {
        return Origin.of(origin) == Origin.OURS;
    }
}
