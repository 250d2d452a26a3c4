package dev.millrace.generation.provider.catalogue;

import java.math.BigDecimal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of a price.
 *
 * @param typical the usual quantity of a job in single units; null when the request says it
 */
public record PriceLine(
        Per per, long amountMicros, @Nullable BigDecimal typical) {
    public PriceLine {
        Objects.requireNonNull(per, "a line of a price says what it is per");
        if (amountMicros < 0) {
            throw new IllegalArgumentException("a price is not negative: " + amountMicros);
        }
    }

    /** Exact micro-credits of a quantity; the units of a price are a power of ten, so the quotient ends. */
    BigDecimal of(BigDecimal quantity) {
        return quantity.multiply(BigDecimal.valueOf(amountMicros)).divide(BigDecimal.valueOf(per.units()));
    }
}
