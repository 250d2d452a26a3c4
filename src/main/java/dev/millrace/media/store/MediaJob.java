package dev.millrace.media.store;

import dev.millrace.media.Fault;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Work on an asset, as its owner sees it on the wire. */
public record MediaJob(
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

    /** Where more is told. */
    public record Links(String self, String asset) {}
}
