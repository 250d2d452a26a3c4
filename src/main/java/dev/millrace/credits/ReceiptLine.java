package dev.millrace.credits;

import java.math.BigDecimal;

/** One line of a bill: so much of this at that price in credits; {@code amountMicros} is what it adds to the sum. */
public record ReceiptLine(String what, BigDecimal quantity, BigDecimal unitPrice, long amountMicros) {}
