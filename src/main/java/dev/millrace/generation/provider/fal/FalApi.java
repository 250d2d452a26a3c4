package dev.millrace.generation.provider.fal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.job.Job;
import dev.millrace.generation.provider.job.Sighting;
import dev.millrace.generation.provider.wire.Cut;
import dev.millrace.generation.provider.wire.Endpoint;
import dev.millrace.generation.provider.wire.JsonApi;
import dev.millrace.generation.provider.wire.WireFault;
import dev.millrace.generation.provider.wire.WireJson;
import dev.millrace.platform.json.Json;
import dev.millrace.platform.outbound.Answer;
import dev.millrace.platform.outbound.Ask;
import dev.millrace.platform.outbound.Deadlines;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The calls of the queue. A request's id here is the path of its addresses: {@code fal-ai/flux/requests/764cabcf…}. */
final class FalApi {
    private static final Deadlines BRIEF = Deadlines.brief(Duration.ofSeconds(30));
    private static final Pattern REQUEST = Pattern.compile("/?([^?]+/requests/[A-Za-z0-9_-]+)");
    private static final int LONGEST_RESULT = 64 << 20;
    /** Files are fetched at once; nobody needs them there for longer. */
    private static final String LIFE = "{\"expiration_duration_seconds\":3600}";

    private static final String OUT_OF_TIME = "request_timeout";

    private final JsonApi json;

    FalApi(JsonApi json) {
        this.json = json;
    }

    Endpoint endpoint() {
        return json.endpoint();
    }

    /**
     * Puts a request into the queue; answers its id, null when the vendor told none.
     *
     * @param start when the vendor gives it up if it has not begun by then
     */
    @Nullable
    String submit(String model, Map<String, Object> input, Duration start) throws IOException, ProviderFailure {
        var headers = Map.of(
                "X-Fal-Request-Timeout", String.valueOf(start.toSeconds()), "X-Fal-Object-Lifecycle-Preference", LIFE);
        JsonNode answer = json.create("/" + model, headers, input);
        String address = WireJson.text(answer, "response_url");
        String told = address == null ? null : path(address);
        String id = WireJson.text(answer, "request_id");
        return told != null || id == null ? told : application(model) + "/requests/" + id;
    }

    /** Of their address only the path is taken: the key goes to the configured host. */
    private @Nullable String path(String address) {
        try {
            String path = URI.create(address).getPath();
            String prefix = json.endpoint().base().getPath();
            Matcher request = REQUEST.matcher(path.startsWith(prefix) ? path.substring(prefix.length()) : path);
            return request.matches() ? request.group(1) : null;
        } catch (IllegalArgumentException noAddress) {
            return null;
        }
    }

    /** A model is an application and maybe a way into it; requests belong to the application. */
    private static String application(String model) {
        String[] parts = model.split("/", -1);
        return parts.length < 2 ? model : parts[0] + "/" + parts[1];
    }

    FalStatus status(String id, @Nullable Cancellation cancellation) throws IOException, ProviderFailure {
        return new FalStatus(json.get("/" + id + "/status?logs=1", cancellation));
    }

    URI statusStream(String id) {
        return json.endpoint().at("/" + id + "/status/stream?logs=1");
    }

    /** The request, with its result when it is over. */
    Job look(String id, Cancellation cancellation) throws IOException, ProviderFailure {
        FalStatus status = status(id, cancellation);
        if (!status.completed()) {
            return new Job(id, status.sighting(status.log()), null, status.json());
        }
        Ask ask = Ask.get(json.endpoint().at("/" + id), json.endpoint().headers("application/json"), BRIEF);
        try (var cut = new Cut(cancellation);
                Answer answer = json.endpoint().client().send(ask, cut)) {
            return answer.status() / 100 == 2 ? made(id, status, answer) : failed(id, status, answer);
        }
    }

    private static Job made(String id, FalStatus status, Answer answer) throws IOException {
        JsonNode result = WireJson.read(Endpoint.text(answer, LONGEST_RESULT));
        if (result == null || !result.isObject()) {
            throw new WireFault("a result that is no JSON object");
        }
        ObjectNode whole = Json.MAPPER.createObjectNode();
        whole.set("result", result);
        put(whole, "compute_seconds", status.computeSeconds());
        put(whole, "billable_units", paid(answer));
        String trouble = status.trouble();
        return new Job(id, Sighting.OVER, trouble == null ? null : billed(said(trouble), answer), whole);
    }

    private Job failed(String id, FalStatus status, Answer answer) throws IOException, ProviderFailure {
        String body = Endpoint.error(answer);
        if (body.contains("still in progress")) {
            return new Job(id, Sighting.RUNNING, null, status.json());
        }
        boolean theModels = answer.header("X-Fal-Request-Id") != null || WireJson.read(body) != null;
        if (!theModels) {
            throw new WireFault("a gateway answered " + answer.status());
        }
        String trouble = trouble(answer, body, status);
        String whose = answer.header("X-Fal-Request-Timeout-Type");
        if (whose == null ? OUT_OF_TIME.equals(trouble) : whose.equals("user")) {
            return new Job(id, Sighting.OVER, outOfTime(), status.json());
        }
        ProviderFailure failure = json.endpoint().errors().of(answer.status(), answer::header, body);
        if (failure.kind() == Kind.RATE_LIMITED || failure.kind() == Kind.AUTH) {
            throw failure;
        }
        return new Job(id, Sighting.OVER, billed(failure, answer), status.json());
    }

    /** What was billed is not made a second time, whatever went wrong with it. */
    private static ProviderFailure billed(ProviderFailure failure, Answer answer) {
        BigDecimal paid = paid(answer);
        return paid != null && paid.signum() > 0 ? failure.asLast() : failure;
    }

    private static @Nullable BigDecimal paid(Answer answer) {
        return number(answer.header("X-Fal-Billable-Units"));
    }

    private static @Nullable String trouble(Answer answer, String body, FalStatus status) {
        String told = answer.header("X-Fal-Error-Type");
        told = told == null ? WireJson.text(WireJson.read(body), "error_type") : told;
        return told == null ? status.trouble() : told;
    }

    /** The time was ours: it went out with the request. Another request would have as little, and cost as much. */
    private static ProviderFailure outOfTime() {
        return new ProviderFailure(
                        Kind.DEADLINE,
                        "The provider did not make it in the time that it had.",
                        null,
                        new WireFault(OUT_OF_TIME))
                .asLast();
    }

    private static ProviderFailure said(String trouble) {
        Kind kind = switch (trouble) {
            case OUT_OF_TIME -> Kind.DEADLINE;
            case "content_policy_violation" -> Kind.REFUSED;
            case "bad_request" -> Kind.INVALID;
            case "client_cancelled", "client_disconnected" -> Kind.NOT_FOUND;
            case "startup_timeout", "runner_scheduling_failure" -> Kind.OVERLOADED;
            default -> Kind.TRANSIENT;
        };
        return kind == Kind.DEADLINE ? outOfTime() : new ProviderFailure(kind, new WireFault(trouble));
    }

    private static void put(ObjectNode node, String name, @Nullable BigDecimal number) {
        if (number != null) {
            node.put(name, number);
        }
    }

    private static @Nullable BigDecimal number(@Nullable String text) {
        return text != null && text.matches("\\d{1,12}(\\.\\d{1,9})?") ? new BigDecimal(text) : null;
    }

    /** It may be over by now, or not be known any more: then there is nothing to stop. */
    void cancel(String id) throws IOException, ProviderFailure {
        try {
            json.tell("PUT", "/" + id + "/cancel", null);
        } catch (ProviderFailure said) {
            if (said.kind() != Kind.INVALID && said.kind() != Kind.NOT_FOUND) {
                throw said;
            }
        }
    }
}
