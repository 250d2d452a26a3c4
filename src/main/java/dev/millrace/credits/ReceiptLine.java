package dev.millrace.credits;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import dev.millrace.platform.json.Json;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a bill: so much of this at that price in credits; the amount is what it adds to the sum. On the wire amounts are
 * credits: {@code {what, quantity, unit_price, amount, basis}}.
 *
 * @param basis how the quantity is known; null in lines of before it was told, and where nothing is counted
 */
public record ReceiptLine(
        String what,
        BigDecimal quantity,
        BigDecimal unitPrice,

        @JsonProperty("amount")
        @JsonSerialize(using = CreditsJson.Writer.class)
        @JsonDeserialize(using = CreditsJson.Reader.class)
        long amountMicros,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Basis basis) {
    private static final JavaType LIST =
            Json.MAPPER.getTypeFactory().constructCollectionType(List.class, ReceiptLine.class);

    public ReceiptLine(String what, BigDecimal quantity, BigDecimal unitPrice, long amountMicros) {
        this(what, quantity, unitPrice, amountMicros, null);
    }

    static List<ReceiptLine> list(String json) {
        try {
            return Json.MAPPER.readValue(json, LIST);
        } catch (JsonProcessingException defect) {
            throw new UncheckedIOException(defect);
        }
    }
}
