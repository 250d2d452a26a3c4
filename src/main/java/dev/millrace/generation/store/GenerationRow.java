package dev.millrace.generation.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.GenerationKind;
import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.media.Asset;
import dev.millrace.media.Fault;
import dev.millrace.platform.Micros;
import dev.millrace.platform.json.Json;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row, with what was last told about how far it is.
 *
 * @param progress the data of the last {@code progress} of a generation that is not over
 */
record GenerationRow(
        UUID id,
        String kind,
        String model,
        String status,
        String stage,
        String prompt,
        String options,
        List<UUID> inputs,
        BigDecimal percent,
        long expectedMicros,
        int attempts,
        @Nullable String text,
        @Nullable String error,
        @Nullable String receipt,
        @Nullable Long chargedMicros,
        @Nullable String quote,
        @Nullable UUID retryOf,
        String sanitized,
        String metadata,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String progress) {
    private static final TypeReference<Map<String, String>> METADATA = new TypeReference<>() {};

    Generation seen(List<Asset> assets, String base) {
        JsonNode told = progress == null ? null : Json.read(progress, JsonNode.class);
        JsonNode eta = told == null ? null : told.path("eta_seconds");
        return new Generation(
                id,
                GenerationKind.valueOf(kind.toUpperCase(Locale.ROOT)),
                model,
                Status.valueOf(status.toUpperCase(Locale.ROOT)),
                Stage.valueOf(stage.toUpperCase(Locale.ROOT)),
                prompt,
                GenerationOptions.read(options),
                inputs,
                told == null ? bare(percent) : told.path("percent").decimalValue(),
                eta == null || !eta.isNumber() ? null : eta.decimalValue(),
                new Generation.Cost(
                        Micros.credits(expectedMicros), chargedMicros == null ? null : Micros.credits(chargedMicros)),
                attempts,
                text,
                assets,
                error == null ? null : Json.read(error, Fault.class),
                receipt == null ? null : Json.read(receipt, Generation.Bill.class),
                quote,
                retryOf,
                Json.read(sanitized, Sanitized.class),
                labels(),
                createdAt,
                startedAt,
                finishedAt,
                Generation.Links.of(id, base));
    }

    /** Whether there can be files that belong to it. */
    boolean hasAssets() {
        return !kind.equals(GenerationKind.TEXT.code());
    }

    private Map<String, String> labels() {
        try {
            return Json.MAPPER.readValue(metadata, METADATA);
        } catch (JsonProcessingException defect) {
            throw new UncheckedIOException(defect);
        }
    }

    private static BigDecimal bare(BigDecimal number) {
        BigDecimal bare = number.stripTrailingZeros();
        return bare.scale() < 0 ? bare.setScale(0) : bare;
    }
}
