package dev.millrace.payments;

import java.time.Instant;
import java.util.UUID;
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

    record Invoice(
            String id,
            boolean livemode,
            @Nullable String status,
            String reason,
            @Nullable String subscription,
            long amountPaid,
            String currency,
            @Nullable String paymentIntent) {}

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

    record Dispute(
            String id,
            boolean livemode,
            String status,
            long amount,
            @Nullable String paymentIntent) {}

    /** What happened, without what it is about: that is read anew. */
    record Event(
            String id,
            String type,
            @Nullable String object,
            boolean livemode,
            @Nullable String apiVersion,
            Instant createdAt) {}
}
