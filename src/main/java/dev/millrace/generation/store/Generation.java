package dev.millrace.generation.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.millrace.credits.Basis;
import dev.millrace.credits.Receipt;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.media.Asset;
import dev.millrace.media.Fault;
import dev.millrace.platform.Micros;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A generation as its owner sees it.
 *
 * @param options what was asked for, with the model's defaults for what was not: another like it is made from them
 * @param inputs ids of the pictures it begins with; one that is over keeps them here when they are deleted
 * @param text what was written, once it is over
 * @param assets what was made, also what is not ready yet
 */
public record Generation(
        UUID id,
        GenerationKind kind,
        String model,
        Status status,
        Stage stage,
        String prompt,
        GenerationOptions options,
        List<UUID> inputs,
        BigDecimal percent,
        @Nullable BigDecimal etaSeconds,
        Cost cost,
        int attempts,
        @Nullable String text,
        List<Asset> assets,
        @Nullable Fault error,
        @Nullable Bill receipt,
        @Nullable String quote,
        @Nullable UUID retryOf,
        Sanitized sanitized,
        Map<String, String> metadata,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        Links links) {

    /** In credits; {@code charged} is known at the end. */
    public record Cost(BigDecimal estimated, @Nullable BigDecimal charged) {}

    /** What was charged and what was given back, as the ledger has it, in credits. */
    public record Bill(BigDecimal charged, BigDecimal released, List<Line> lines) {
        public static Bill of(Receipt receipt) {
            return new Bill(
                    Micros.credits(receipt.chargedMicros()),
                    Micros.credits(receipt.releasedMicros()),
                    receipt.lines().stream()
                            .map(line -> new Line(
                                    line.what(),
                                    line.quantity(),
                                    line.unitPrice(),
                                    Micros.credits(line.amountMicros()),
                                    line.basis()))
                            .toList());
        }
    }

    /** So many of these at that price, and how we know how many: null in what was written before that was told. */
    public record Line(
            String what,
            BigDecimal quantity,
            BigDecimal unitPrice,
            BigDecimal amount,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Basis basis) {}

    /** Where to go on. */
    public record Links(String self, String events, String cancellation) {
        /** {@code base} is what they begin with; empty makes them relative to the server's own address. */
        static Links of(UUID id, String base) {
            String self = base + "/v1/generations/" + id;
            return new Links(self, self + "/events", self + "/cancellation");
        }
    }
}
