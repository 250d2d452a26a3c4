package dev.millrace.credits;

import java.util.List;
import java.util.UUID;

/** What something came to, to be charged to the hold that was set aside for it. */
public record Bill(UUID hold, List<ReceiptLine> lines) {
    public Bill {
        lines = List.copyOf(lines);
        if (sum(lines) < 0) {
            throw new IllegalArgumentException("a bill of less than nothing");
        }
    }

    /** Micro-credits. */
    public long cost() {
        return sum(lines);
    }

    private static long sum(List<ReceiptLine> lines) {
        return lines.stream().mapToLong(ReceiptLine::amountMicros).reduce(0, Math::addExact);
    }
}
