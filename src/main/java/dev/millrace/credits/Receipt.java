package dev.millrace.credits;

import java.util.List;

/** How a hold ended. The lines add up to what was charged. */
public record Receipt(long chargedMicros, long releasedMicros, List<ReceiptLine> lines) {
    public Receipt {
        lines = List.copyOf(lines);
    }
}
