package dev.millrace.generation.provider.catalogue;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.millrace.credits.Basis;
import dev.millrace.credits.ReceiptLine;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import dev.millrace.generation.provider.Request;
import dev.millrace.platform.Micros;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a model costs. As JSON it is its list of lines, so that a generation can keep the price it was created at. */
public record Price(@JsonValue List<PriceLine> lines) {
    @JsonCreator
    public Price {
        lines = List.copyOf(lines);
    }

    /** What is paid for, as usage names it. */
    public Set<String> units() {
        return lines.stream().map(line -> line.per().unit()).collect(Collectors.toUnmodifiableSet());
    }

    public Bounds bounds(Request request) {
        return new Bounds(
                sum(line -> line.per().fixed() ? line.per().most(request) : BigDecimal.ZERO),
                sum(line -> typical(line, request)),
                sum(line -> line.per().most(request)));
    }

    /** The lines of a receipt for what was consumed; they add up to the exact sum, rounded up once. */
    public List<ReceiptLine> charge(Usage consumed) {
        Map<String, BigDecimal> usage = consumed.quantities();
        long left = sum(line -> used(line, usage));
        var charges = new ArrayList<ReceiptLine>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            PriceLine line = lines.get(i);
            BigDecimal used = used(line, usage);
            // the last line takes what rounding the others down left, so that the receipt adds up
            boolean last = i == lines.size() - 1;
            long amount =
                    last ? left : line.of(used).setScale(0, RoundingMode.FLOOR).longValueExact();
            left -= amount;
            charges.add(new ReceiptLine(
                    line.per().code().replace('_', ' '),
                    used.divide(BigDecimal.valueOf(line.per().units())),
                    Micros.credits(line.amountMicros()),
                    amount,
                    consumed.counted().contains(line.per().unit()) ? Basis.COUNTED : Basis.REPORTED));
        }
        return charges;
    }

    /** The sum of {@link #charge} in micro-credits: the cost so far of a running generation. */
    public long cost(Map<String, BigDecimal> usage) {
        return sum(line -> used(line, usage));
    }

    /** Whether all of that cost is as it was reported, or some of it counted by us. */
    public Basis basis(Usage consumed) {
        boolean counted = lines.stream()
                .anyMatch(line -> consumed.counted().contains(line.per().unit()));
        return counted ? Basis.COUNTED : Basis.REPORTED;
    }

    private long sum(Function<PriceLine, BigDecimal> quantity) {
        BigDecimal exact =
                lines.stream().map(line -> line.of(quantity.apply(line))).reduce(BigDecimal.ZERO, BigDecimal::add);
        return exact.setScale(0, RoundingMode.CEILING).longValueExact();
    }

    private static BigDecimal typical(PriceLine line, Request request) {
        BigDecimal typical = line.typical();
        BigDecimal most = line.per().most(request);
        return line.per().fixed() ? most : (typical == null ? line.per().guess(request) : typical).min(most);
    }

    private static BigDecimal used(PriceLine line, Map<String, BigDecimal> usage) {
        return usage.getOrDefault(line.per().unit(), BigDecimal.ZERO).max(BigDecimal.ZERO);
    }
}
