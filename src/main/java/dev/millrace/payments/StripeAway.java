package dev.millrace.payments;

/** Stripe did not answer, or not now: the same may be asked again, with the same idempotency key. */
@SuppressWarnings("serial") // never serialised
final class StripeAway extends RuntimeException {
    StripeAway(Throwable cause) {
        super("Stripe does not answer: " + cause.getMessage(), cause);
    }
}
