package dev.millrace.generation.provider.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.Ask;
import dev.millrace.platform.outbound.Deadlines;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Short calls to a vendor that answers with JSON objects.
 *
 * <p>An {@link IOException} means that there was no answer, or one that nobody understands; a {@link ProviderFailure} that the vendor
 * said no.
 */
public final class JsonApi {
    private static final Deadlines BRIEF = Deadlines.brief(Duration.ofSeconds(30));
    private static final int LONGEST_ANSWER = 16 << 20;

    private final Endpoint endpoint;

    public JsonApi(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** Asks; cancelling cuts the call. */
    public JsonNode get(String path, @Nullable Cancellation cancellation) throws IOException, ProviderFailure {
        return exchange(ask("GET", path, Map.of(), null), cancellation);
    }

    /** Has something done that is done once, like cancelling; the answer's body is nobody's business. */
    public void tell(String method, String path, @Nullable Object body) throws IOException, ProviderFailure {
        try (Answer answer = endpoint.client().send(ask(method, path, Map.of(), body), stop -> {})) {
            if (answer.status() / 100 != 2) {
                throw endpoint.errors().of(answer.status(), answer::header, Endpoint.error(answer));
            }
        }
    }

    /**
     * Has something created, and is not to be cut on the way. An answer that only a gateway can have written tells nothing about the
     * create behind it, and counts as none.
     *
     * @param body a {@link Form}, or whatever is to be written as JSON
     */
    public JsonNode create(String path, Map<String, String> headers, Object body) throws IOException, ProviderFailure {
        try (Answer answer = endpoint.client().send(ask("POST", path, headers, body), stop -> {})) {
            if (VendorErrors.gateway(answer.status())) {
                throw new WireFault("a gateway answered " + answer.status());
            }
            return read(answer);
        }
    }

    private Ask ask(String method, String path, Map<String, String> more, @Nullable Object body) {
        Map<String, String> headers = endpoint.headers("application/json");
        headers.putAll(more);
        if (body instanceof Form form) {
            headers.put("Content-Type", form.contentType());
            return new Ask(method, endpoint.at(path), headers, form.bytes(), BRIEF);
        }
        return new Ask(method, endpoint.at(path), headers, body == null ? null : Json.bytes(body), BRIEF);
    }

    private JsonNode exchange(Ask ask, @Nullable Cancellation cancellation) throws IOException, ProviderFailure {
        Cancellation wish = cancellation == null ? new Cancellation() : cancellation;
        try (var cut = new Cut(wish);
                Answer answer = endpoint.client().send(ask, cut)) {
            return read(answer);
        }
    }

    private JsonNode read(Answer answer) throws IOException, ProviderFailure {
        if (answer.status() / 100 != 2) {
            throw endpoint.errors().of(answer.status(), answer::header, Endpoint.error(answer));
        }
        JsonNode json = WireJson.read(Endpoint.text(answer, LONGEST_ANSWER));
        if (json == null || !json.isObject()) {
            throw new WireFault("an answer that is no JSON object");
        }
        return json;
    }
}
