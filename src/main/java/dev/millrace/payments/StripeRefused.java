package dev.millrace.payments;

/** Stripe will not do what we asked for, however often it is asked. */
@SuppressWarnings("serial") // never serialised
final class StripeRefused extends RuntimeException {
    StripeRefused(Throwable cause) {
        super("Stripe refused: " + cause.getMessage(), cause);
    }
}
