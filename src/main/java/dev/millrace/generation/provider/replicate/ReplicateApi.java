package dev.millrace.generation.provider.replicate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.wire.JsonApi;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.generation.provider.wire.WireJson;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The calls that predictions need.
 *
 * @param callback where the vendor is to tell that a prediction is over; null when nobody listens there
 */
record ReplicateApi(JsonApi json, @Nullable URI callback) {
    /** A hundred predictions each. */
    private static final int MOST_PAGES = 12;
    /** The vendor takes no shorter deadline. */
    private static final long SHORTEST_DEADLINE_SECONDS = 5;

    /**
     * Creates a prediction and does not wait for it: the sooner its id is here, the less can be lost.
     *
     * @param deadline when the vendor itself gives it up
     */
    Prediction create(Input input, Duration deadline) throws IOException, ProviderFailure {
        long seconds = Math.max(deadline.toSeconds(), SHORTEST_DEADLINE_SECONDS);
        var headers = Map.of("Prefer", "respond-async", "Cancel-After", seconds + "s");
        var body = new LinkedHashMap<>(input.body());
        if (callback != null) {
            body.put("webhook", callback.toString());
            body.put("webhook_events_filter", List.of("completed"));
        }
        return new Prediction(json.create(input.path(), headers, body));
    }

    Prediction look(String id, @Nullable Cancellation cancellation) throws IOException, ProviderFailure {
        return new Prediction(json.get("/predictions/" + escaped(id), cancellation));
    }

    void cancel(String id) throws IOException, ProviderFailure {
        json.tell("POST", "/predictions/" + escaped(id) + "/cancel", null);
    }

    /**
     * Goes through the account's predictions, newest first.
     *
     * @param since older ones are of no interest; null for all
     * @param visitor answers whether to go on
     */
    void each(@Nullable Instant since, Predicate<Prediction> visitor) throws IOException, ProviderFailure {
        String query = since == null ? "" : "?created_after=" + escaped(since.toString());
        for (int page = 0; page < MOST_PAGES; page++) {
            JsonNode answer = json.get("/predictions" + query, null);
            for (JsonNode entry : answer.path("results")) {
                if (!visitor.test(new Prediction(entry))) {
                    return;
                }
            }
            String rest = rest(WireJson.text(answer, "next"));
            if (rest == null) {
                return;
            }
            query = "?" + rest;
        }
    }

    /** Of their address only the cursor is taken: the key goes to the configured host. */
    private static @Nullable String rest(@Nullable String next) throws WireFault {
        try {
            return next == null ? null : new URI(next).getRawQuery();
        } catch (URISyntaxException none) {
            throw new WireFault("the next page is at an address that is none");
        }
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
