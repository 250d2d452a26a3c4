package dev.millrace.credits;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.List;

/**
 * How a hold ended. The lines add up to what was charged. On the wire amounts are credits: {@code {charged, released, lines}}.
 */
public record Receipt(
        @JsonProperty("charged")
        @JsonSerialize(using = CreditsJson.Writer.class)
        @JsonDeserialize(using = CreditsJson.Reader.class)
        long chargedMicros,

        @JsonProperty("released")
        @JsonSerialize(using = CreditsJson.Writer.class)
        @JsonDeserialize(using = CreditsJson.Reader.class)
        long releasedMicros,

        List<ReceiptLine> lines) {
    public Receipt {
        lines = List.copyOf(lines);
    }
}
