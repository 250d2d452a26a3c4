package dev.millrace.media.store;

import dev.millrace.media.AssetStatus;
import dev.millrace.media.Origin;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of {@code asset}. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these
public record AssetRow(
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

    public boolean processing() {
        return AssetStatus.of(status) == AssetStatus.PROCESSING;
    }

    public boolean ours() {
        return Origin.of(origin) == Origin.OURS;
    }
}
