package dev.millrace.generation.provider;

import dev.millrace.platform.Secret;
import dev.millrace.platform.WebhookSignature;
import java.net.URI;
import java.util.List;

/**
 * Where a vendor may tell by itself that a job is over, and how that is known to be the vendor's word. It saves waiting and nothing
 * else: jobs are looked at all the same.
 *
 * @param address what the vendor is told
 * @param secrets each is {@code whsec_} and base64; the new one first while the secret is being changed
 */
public record Callback(URI address, List<Secret> secrets) {
    /** The path of Replicate's. */
    public static final String REPLICATE = "/v1/webhooks/replicate";

    public Callback {
        secrets = List.copyOf(secrets);
    }

    /** What signatures are made with. */
    public List<byte[]> keys() {
        return secrets.stream()
                .map(secret -> WebhookSignature.secret(secret.reveal()))
                .toList();
    }
}
