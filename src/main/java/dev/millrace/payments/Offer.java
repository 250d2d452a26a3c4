package dev.millrace.payments;

import org.jspecify.annotations.Nullable;

/**
 * One version of a price: what is sold and for how much.
 *
 * @param item the id of a pack or a plan
 * @param micros micro-credits that it gives, of a plan each month
 * @param amount in the smallest unit of the currency
 * @param stripePrice the price of the Stripe account that stands for it; of a plan only, and not of every one
 */
record Offer(
        Kind kind,
        String item,
        int version,
        String name,
        long micros,
        long amount,
        String currency,
        @Nullable String stripePrice) {
    enum Kind {
        PACK,
        PLAN
    }
}
