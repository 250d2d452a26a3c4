package dev.millrace.media;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Work on an asset, as its owner sees it on the wire. */
record MediaJob(
        UUID id,
        UUID asset,
        String preset,
        String status,
        double percent,
        @Nullable BigDecimal etaSeconds,
        @Nullable Fault error,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        Links links) {

    record Links(String self, String asset) {}
}
