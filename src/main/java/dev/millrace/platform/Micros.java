package dev.millrace.platform;

import dev.millrace.platform.problem.Problem;
import dev.millrace.platform.problem.ProblemType;
import java.math.BigDecimal;
import java.math.RoundingMode;

/** Credits on the wire are numbers with at most six decimals; inside they are whole micro-credits. */
public final class Micros {
    /** One credit in micro-credits. */
    public static final long CREDIT = 1_000_000;

    private Micros() {}

    /** The number that goes on the wire, without trailing zeros: 1,500,000 becomes 1.5. */
    public static BigDecimal credits(long micros) {
        BigDecimal value = BigDecimal.valueOf(micros, 6).stripTrailingZeros();
        return value.scale() < 0 ? value.setScale(0, RoundingMode.UNNECESSARY) : value;
    }

    /**
     * Micro-credits of an amount that a client sent in credits.
     *
     * @param pointer where in the body it stands
     * @throws Problem INVALID_REQUEST when it has more than six decimals
     */
    public static long exact(String pointer, BigDecimal credits) {
        if (credits.stripTrailingZeros().scale() > 6) {
            throw Problem.of(ProblemType.INVALID_REQUEST, pointer + " must have at most six decimals.")
                    .at(pointer, "out_of_range", "must have at most six decimals");
        }
        return credits.movePointRight(6).longValueExact();
    }

    /** Micro-credits of an amount in credits, rounded up: a price never loses a fraction. */
    public static long up(BigDecimal credits) {
        return credits.movePointRight(6).setScale(0, RoundingMode.CEILING).longValueExact();
    }
}
