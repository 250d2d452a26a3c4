package dev.millrace.testing.vendor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tells of predictions as Replicate does: signed over id, time and the very bytes, by the scheme {@code v1}. */
public final class ReplicateWebhook {
    public static final String SECRET = secret("replicate-signs-with-this-secret");
    public static final String ANOTHER = secret("somebody-signs-with-that-secret!");
    private static final String OLD = secret("replicate-signed-with-it-before!");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private ReplicateWebhook() {}

    private static String secret(String bytes) {
        return "whsec_" + Base64.getEncoder().encodeToString(bytes.getBytes(StandardCharsets.UTF_8));
    }

    /** Tells of a prediction, signed as it should be; answers the status. */
    public static int deliver(URI address, String prediction) {
        return send(address, prediction, SECRET, Instant.now());
    }

    public static int send(URI address, String prediction, String secret, Instant at) {
        String id = "msg_" + UUID.randomUUID();
        // another secret's signature stands before it, as while a secret is being changed
        String signatures = "v1," + signature(OLD, id, at, prediction) + " v1," + signature(secret, id, at, prediction);
        return send(address, prediction, id, String.valueOf(at.getEpochSecond()), signatures);
    }

    /** Sends whatever it is told. */
    public static int send(URI address, String body, String id, String timestamp, String signatures) {
        var request = HttpRequest.newBuilder(address)
                .header("Content-Type", "application/json")
                .header("webhook-id", id)
                .header("webhook-timestamp", timestamp)
                .header("webhook-signature", signatures)
                .POST(BodyPublishers.ofString(body));
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofString()).statusCode();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    private static String signature(String secret, String id, Instant at, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            byte[] key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            String signed = id + "." + at.getEpochSecond() + "." + body;
            return Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
