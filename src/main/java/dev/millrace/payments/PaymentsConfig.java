package dev.millrace.payments;

import dev.millrace.platform.Secret;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stripe, as the operator set it up; payments are off without a key and a secret for webhooks.
 *
 * @param webhookSecrets the new one first while the secret is being changed
 * @param base Stripe's address, or that of a stand-in
 * @param site where the browser comes back to; null when nobody said how clients reach us
 */
public record PaymentsConfig(
        @Nullable Secret key,
        List<Secret> webhookSecrets,
        URI base,
        @Nullable URI site) {
    public static final URI STRIPE = URI.create("https://api.stripe.com");

    public PaymentsConfig {
        webhookSecrets = List.copyOf(webhookSecrets);
    }

    boolean on() {
        return key != null && !webhookSecrets.isEmpty();
    }

    /** Whether real money moves, as the key says. */
    boolean live() {
        return key != null && key.reveal().matches("[sr]k_live_.*");
    }
}
