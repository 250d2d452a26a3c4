package dev.millrace.generation.provider.catalogue;

import java.math.BigDecimal;

/**
 * One line of a receipt: so many, at this price each, make this amount.
 *
 * @param what what one price is for, in words
 * @param quantity in the same measure: 2.3 of {@code 100 words}
 * @param unitPrice in credits
 */
public record Charge(String what, BigDecimal quantity, BigDecimal unitPrice, long amountMicros) {}
