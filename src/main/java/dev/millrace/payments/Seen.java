package dev.millrace.payments;

import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Stripe's objects as they stood when they were read, as far as they matter to us. Amounts are in the smallest unit. */
final class Seen {
    private Seen() {}

    /** {@code purchase} is what we wrote on it. */
    record Session(
            String id,
            boolean livemode,
            String mode,
            String status,
            String paymentStatus,
            Payment payment,
            @Nullable UUID purchase,
            @Nullable String account,
            @Nullable String customer) {}

    /** What a session came to. */
    record Payment(
            long amount,
            @Nullable String currency,
            @Nullable String paymentIntent,
            @Nullable String subscription) {}

    /** A payment, and the purchase we wrote on it. */
    record Intent(String id, boolean livemode, @Nullable UUID purchase) {}

    /**
     * {@code total} is what it came to, whoever paid; {@code lines} are those of the plan.
     *
     * @param paidAt when it was paid, to the second; when it was made for one that is not
     */
    record Invoice(
            String id,
            boolean livemode,
            @Nullable String status,
            Instant paidAt,
            String reason,
            @Nullable String subscription,
            long total,
            long amountPaid,
            String currency,
            @Nullable String paymentIntent,
            List<Line> lines) {
        private static final Set<String> GRANTING =
                Set.of("subscription_create", "subscription_cycle", "subscription_update");

        /** It is paid and for time of a subscription. */
        boolean grants() {
            return "paid".equals(status) && GRANTING.contains(reason);
        }

        /** It is for a change within a month, and no month needs to be on it. */
        boolean changes() {
            return reason.equals("subscription_update");
        }

        /** Those of all, given from the oldest, that were paid before this one and are for time that it is for too. */
        List<Invoice> before(List<Invoice> all) {
            List<Invoice> paid = all.stream()
                    .filter(Invoice::grants)
                    .sorted(Comparator.comparing(Invoice::paidAt))
                    .toList();
            boolean listed = paid.stream().anyMatch(other -> other.id.equals(id));
            return paid.stream()
                    .takeWhile(other -> listed ? !other.id.equals(id) : !other.paidAt.isAfter(paidAt))
                    .filter(other -> !Collections.disjoint(other.ends(), ends()))
                    .toList();
        }

        private Set<Instant> ends() {
            return lines.stream().map(Line::end).collect(Collectors.toSet());
        }
    }

    /**
     * What an invoice asks for a time of the plan, before discounts and taxes.
     *
     * @param proration whether it is a part of a month, because the plan changed; less than nothing where the part is returned
     */
    record Line(
            boolean proration,
            long amount,
            String currency,
            @Nullable String price,
            Instant start,
            Instant end) {
        /** Whether it asks what we sell that for. */
        boolean soldAs(Offer offer) {
            return currency.equals(offer.currency())
                    && (proration ? Math.abs(amount) <= offer.amount() : amount == offer.amount());
        }
    }

    /** {@code plan} and {@code version} are what we wrote on it, {@code price} is Stripe's own. */
    record Subscription(
            String id,
            boolean livemode,
            String status,
            boolean cancelAtPeriodEnd,
            @Nullable Instant periodEnd,
            @Nullable String customer,
            @Nullable String price,
            @Nullable String plan,
            int version,
            Instant fetchedAt) {}

    record Refund(
            String id, String status, long amount, @Nullable String paymentIntent) {}

    /** {@code reinstated} when all the money that was taken from us for it is ours again, whatever its status says. */
    record Dispute(
            String id,
            boolean livemode,
            String status,
            boolean reinstated,
            long amount,
            @Nullable String paymentIntent) {}

    /** Some of what happened, the newest first; {@code more} when there is more before the last of them. */
    record Events(List<Event> some, boolean more) {}

    /** What happened, without what it is about: that is read anew. */
    record Event(
            String id,
            String type,
            @Nullable String object,
            boolean livemode,
            @Nullable String apiVersion,
            Instant createdAt) {}
}
