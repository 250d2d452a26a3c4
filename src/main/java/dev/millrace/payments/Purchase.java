package dev.millrace.payments;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One wish to buy, at the price it was made at.
 *
 * @param site where the browser comes back to; null where it was begun before that was kept
 */
record Purchase(
        UUID id,
        UUID account,
        String kind,
        String item,
        int version,
        long micros,
        long amount,
        String currency,
        boolean livemode,
        @Nullable String site,
        String state,
        @Nullable String session,
        @Nullable String url) {

    boolean pack() {
        return kind.equals("pack");
    }

    /** It has come to an end that later news does not change. */
    boolean over() {
        return state.equals("paid") || state.equals("refused");
    }

    /** What Stripe says of it against what we sold; null when they agree. */
    @Nullable
    String mismatch(Seen.Session seen, @Nullable String customer) {
        Seen.Payment payment = seen.payment();
        if (seen.livemode() != livemode) {
            return "the session is of the other mode";
        }
        if (!account.toString().equals(seen.account())) {
            return "the session is for account " + seen.account();
        }
        if (customer == null || !customer.equals(seen.customer())) {
            return "the session is for customer " + seen.customer();
        }
        if (!seen.mode().equals(pack() ? "payment" : "subscription")) {
            return "the session is a " + seen.mode();
        }
        if (payment.amount() != amount || !currency.equals(payment.currency())) {
            return "sold for " + amount + " " + currency + ", paid " + payment.amount() + " " + payment.currency();
        }
        return null;
    }
}
