package dev.millrace.generation;

import dev.millrace.generation.provider.Providers;
import dev.millrace.generation.provider.catalogue.Bounds;
import dev.millrace.generation.provider.catalogue.Catalogue;
import dev.millrace.generation.provider.catalogue.Model;
import dev.millrace.generation.store.Paces;
import dev.millrace.platform.Micros;
import dev.millrace.platform.problem.Problem;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** Says what a request would cost and how long it would take, and promises the price for a day. Begins and holds nothing. */
final class Estimates {
    private static final int MOST_CHEAPER = 3;

    private final Catalogue catalogue;
    private final Providers providers;
    private final Paces paces;
    private final Quotes quotes;

    Estimates(Catalogue catalogue, Providers providers, Paces paces, Quotes quotes) {
        this.catalogue = catalogue;
        this.providers = providers;
        this.paces = paces;
        this.quotes = quotes;
    }

    Estimate of(UUID account, Proposal proposal) {
        Model model = proposal.model();
        Bounds bounds = model.bounds(proposal.request());
        Paces.Expectation expectation = paces.expect(model, proposal.size());
        Quotes.Quote quote = quotes.quote(account, proposal);
        return new Estimate(
                quote.text(),
                quote.expiresAt(),
                new Costs(
                        Micros.credits(bounds.minimumMicros()),
                        Micros.credits(bounds.expectedMicros()),
                        Micros.credits(bounds.maximumMicros())),
                new Seconds(seconds(expectation, 0.5), seconds(expectation, 0.9)),
                cheaper(proposal, bounds.expectedMicros()));
    }

    /** Models that could do the same for less, the cheapest first. */
    private List<Cheaper> cheaper(Proposal proposal, long expectedMicros) {
        record Offer(String model, long micros) {}
        var offers = new ArrayList<Offer>();
        for (Model other : catalogue.all()) {
            boolean comparable = other.kind() == proposal.kind()
                    && !other.id().equals(proposal.model().id())
                    && !other.id().contains("/chaos-")
                    && providers.of(other.provider()) != null
                    && providers.inputs(other).takes(proposal.inputs().size());
            if (comparable) {
                try {
                    var options = other.adopt(proposal.model(), proposal.options());
                    var request = other.request(proposal.prompt(), proposal.messages(), options);
                    offers.add(new Offer(other.id(), other.bounds(request).expectedMicros()));
                } catch (Problem doesNotTakeTheseOptions) {
                    // it is cheaper for something else
                }
            }
        }
        return offers.stream()
                .filter(offer -> offer.micros() < expectedMicros)
                .sorted(Comparator.comparingLong(Offer::micros))
                .limit(MOST_CHEAPER)
                .map(offer -> new Cheaper(offer.model(), Micros.credits(offer.micros())))
                .toList();
    }

    private static BigDecimal seconds(Paces.Expectation expectation, double share) {
        BigDecimal tenths = BigDecimal.valueOf(expectation.whole(share))
                .setScale(1, RoundingMode.HALF_UP)
                .stripTrailingZeros();
        return tenths.scale() < 0 ? tenths.setScale(0) : tenths;
    }

    /** In credits and seconds. */
    record Estimate(String quote, Instant expiresAt, Costs cost, Seconds seconds, List<Cheaper> cheaper) {}

    record Costs(BigDecimal minimum, BigDecimal expected, BigDecimal maximum) {}

    record Seconds(BigDecimal p50, BigDecimal p90) {}

    record Cheaper(String model, BigDecimal expected) {}
}
