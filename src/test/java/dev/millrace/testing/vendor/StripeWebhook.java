package dev.millrace.testing.vendor;

import dev.millrace.testing.Api;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Delivers events as Stripe does: signed over the very bytes, by the scheme {@code v1}. */
public final class StripeWebhook {
    public static final String SECRET = "whsec_loopback_secret";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private StripeWebhook() {}

    /** The header for a body at a time. */
    public static String header(String body, String secret, Instant at) {
        return "t=" + at.getEpochSecond() + ",v1=" + signature(body, secret, at);
    }

    public static String signature(String body, String secret, Instant at) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] seal = mac.doFinal((at.getEpochSecond() + "." + body).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(seal);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The body as Stripe sends it: not compact. */
    public static String body(Object event) {
        try {
            return Api.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(event);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Delivers an event that is signed as it should be; answers the status. */
    public static int deliver(URI house, Object event) {
        String body = body(event);
        return send(house, body, List.of(header(body, SECRET, Instant.now())));
    }

    /** Sends a body with so many headers of that name. */
    public static int send(URI house, String body, List<String> signatures) {
        var request = HttpRequest.newBuilder(house.resolve("/v1/webhooks/stripe"))
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(BodyPublishers.ofString(body));
        signatures.forEach(signature -> request.header("Stripe-Signature", signature));
        try {
            HttpResponse<String> answer = CLIENT.send(request.build(), BodyHandlers.ofString());
            return answer.statusCode();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
