package dev.millrace.payments;

/** Stripe did not answer, or not now: the same may be asked again, with the same idempotency key. */
@SuppressWarnings("serial") // never serialised
final class StripeAway extends RuntimeException {
    private final boolean underWay;

    StripeAway(Throwable cause) {
        this(cause, false);
    }

    /** {@code underWay}: it is there, and busy with the call that has the same key. */
    StripeAway(Throwable cause, boolean underWay) {
        super("Stripe does not answer: " + cause.getMessage(), cause);
        this.underWay = underWay;
    }

    boolean underWay() {
        return underWay;
    }
}
