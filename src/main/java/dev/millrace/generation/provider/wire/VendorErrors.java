package dev.millrace.generation.provider.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an error of a vendor means: by its code or type first, by its status second.
 *
 * <p>The vendor's own words go into the failure's cause, shortened, for the log; the user reads ours.
 */
public final class VendorErrors {
    private static final int KEPT = 500;
    private static final Set<String> MODERATION = Set.of(
            "moderation_blocked",
            "content_policy_violation",
            "content_filter",
            "sentinel_block",
            "image_content_policy_violation",
            "bio_policy");
    private static final Map<String, Kind> CODES = Map.ofEntries(
            Map.entry("insufficient_quota", Kind.QUOTA),
            Map.entry("credit_balance_exhausted", Kind.QUOTA),
            Map.entry("organization_spend_limit_exceeded", Kind.QUOTA),
            Map.entry("project_spend_limit_exceeded", Kind.QUOTA),
            Map.entry("organization_usage_limit_exceeded", Kind.QUOTA),
            Map.entry("billing_hard_limit_reached", Kind.QUOTA),
            Map.entry("billing_error", Kind.QUOTA),
            Map.entry("rate_limit_exceeded", Kind.RATE_LIMITED),
            Map.entry("rate_limit_error", Kind.RATE_LIMITED),
            Map.entry("request_too_large", Kind.INVALID),
            Map.entry("api_error", Kind.TRANSIENT),
            Map.entry("timeout_error", Kind.TRANSIENT),
            Map.entry("invalid_api_key", Kind.AUTH),
            Map.entry("authentication_error", Kind.AUTH),
            Map.entry("permission_error", Kind.AUTH),
            Map.entry("model_not_found", Kind.NOT_FOUND),
            Map.entry("not_found_error", Kind.NOT_FOUND),
            Map.entry("context_length_exceeded", Kind.INVALID),
            Map.entry("string_above_max_length", Kind.INVALID),
            Map.entry("unsupported_parameter", Kind.INVALID),
            Map.entry("unknown_parameter", Kind.INVALID),
            Map.entry("unsupported_value", Kind.INVALID),
            Map.entry("BadRequestError", Kind.INVALID),
            Map.entry("invalid_prompt", Kind.REFUSED),
            Map.entry("server_error", Kind.TRANSIENT),
            Map.entry("internal_error", Kind.TRANSIENT),
            Map.entry("overloaded_error", Kind.OVERLOADED),
            Map.entry("unavailable_error", Kind.OVERLOADED));

    /** OpenAI and Anthropic; fal, and fal as it was. */
    private static final List<String> ADVICE = List.of("x-should-retry", "x-fal-retryable", "x-fal-needs-retry");

    private static final Pattern FORBIDDEN = Pattern.compile(
            "content (?:filtering|management|moderation) policy|content filter|safety (?:system|filters?)|usage polic(?:y|ies)",
            Pattern.CASE_INSENSITIVE);

    private final WaitHint hints;

    public VendorErrors(InstantSource clock) {
        this.hints = new WaitHint(clock);
    }

    /**
     * An answer whose status is an error.
     *
     * @param body as read, at most a few kilobytes; HTML and nothing at all are common
     */
    public ProviderFailure of(int status, Function<String, @Nullable String> headers, String body) {
        JsonNode error = told(WireJson.read(body));
        Kind kind = coded(error);
        if (kind == null) {
            kind = byStatus(status, headers.apply("retry-after") != null);
        }
        if (kind == Kind.INVALID && forbids(message(error))) {
            kind = Kind.REFUSED;
        }
        Boolean again = advice(headers);
        Kind meant = Boolean.TRUE.equals(again) && kind == Kind.INVALID ? Kind.TRANSIENT : kind;
        ProviderFailure failure = failure(meant, hints.of(headers, error), status + " " + body);
        return Boolean.FALSE.equals(again) ? failure.asStubborn() : failure;
    }

    /**
     * Whether asking again makes sense, a vendor may say itself. It is not believed where its rules forbid something, where the key is
     * wrong or the account empty: those stay as they are. That it does not help says nothing of others, and does not make it our fault.
     */
    private static @Nullable Boolean advice(Function<String, @Nullable String> headers) {
        for (String name : ADVICE) {
            String value = headers.apply(name);
            if (value != null && (value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false"))) {
                return value.equalsIgnoreCase("true");
            }
        }
        return null;
    }

    /** Whether only a gateway can have answered so: that says nothing about what the vendor behind it did. */
    public static boolean gateway(int status) {
        return status == 408 || status == 502 || status == 504 || status >= 520 && status < 530 && status != 529;
    }

    /** An error inside an answer that began well; null when the JSON holds none. */
    public @Nullable ProviderFailure inside(JsonNode json) {
        JsonNode error = error(json);
        if (error == null) {
            return null;
        }
        Kind kind = coded(error);
        if (kind == null) {
            kind = forbids(message(error))
                    ? Kind.REFUSED
                    : "invalid_request_error".equals(WireJson.text(error, "type")) ? Kind.INVALID : Kind.TRANSIENT;
        }
        return failure(kind, hints.of(name -> null, error), error.toString());
    }

    private ProviderFailure failure(Kind kind, @Nullable Duration wait, String theirs) {
        var cause = new WireFault(
                theirs.substring(0, Math.min(KEPT, theirs.length())).strip());
        return new ProviderFailure(kind, kind.words(), wait, cause);
    }

    /** The part that says what is wrong: an object, a string, the first of a list. */
    private static @Nullable JsonNode error(@Nullable JsonNode json) {
        if (json == null) {
            return null;
        }
        if (json.isArray()) {
            return json.isEmpty() ? null : error(json.get(0));
        }
        JsonNode error = json.get("error");
        if (error == null || error.isNull() || error.isBoolean() && !error.booleanValue()) {
            return json.path("cloudflare_error").asBoolean(false) ? json : null;
        }
        return error;
    }

    /** As {@link #error}; in an answer whose status is an error, a bare {@code detail} says what is wrong as well. */
    private static @Nullable JsonNode told(@Nullable JsonNode json) {
        JsonNode error = error(json);
        JsonNode detail = json == null || error != null ? null : json.get("detail");
        if (detail != null && detail.isArray() && !detail.isEmpty()) {
            return detail.get(0);
        }
        return detail != null && detail.isTextual() ? json : error;
    }

    /** A word of the code, a status in its place, a word of the type: in this order they are trusted. */
    private static @Nullable Kind coded(@Nullable JsonNode error) {
        if (error == null || !error.isObject()) {
            return null;
        }
        // OpenRouter's 403 is a refusal when it names what the prompt was flagged for
        JsonNode metadata = error.path("metadata");
        if (metadata.has("reasons") || metadata.has("flagged_input")) {
            return Kind.REFUSED;
        }
        Kind detailed = detailed(error);
        if (detailed != null) {
            return detailed;
        }
        Kind kind = word(WireJson.text(error, "code"));
        kind = kind == null ? numbered(error) : kind;
        return kind == null ? word(WireJson.text(error, "type")) : kind;
    }

    /** Google's details: what is used up for the day comes back tomorrow, and a wrong key is called a wrong argument. */
    private static @Nullable Kind detailed(JsonNode error) {
        for (JsonNode detail : error.path("details")) {
            for (JsonNode violation : detail.path("violations")) {
                if (violation.path("quotaId").asText().contains("PerDay")) {
                    return Kind.QUOTA;
                }
            }
            if (detail.path("reason").asText().equals("API_KEY_INVALID")) {
                return Kind.AUTH;
            }
        }
        return null;
    }

    private static @Nullable Kind word(@Nullable String word) {
        return word == null ? null : MODERATION.contains(word) ? Kind.REFUSED : CODES.get(word);
    }

    private static @Nullable Kind numbered(JsonNode error) {
        for (String member : new String[] {"code", "status"}) {
            JsonNode value = error.get(member);
            String digits = value == null ? "" : value.asText();
            if (digits.matches("[45]\\d\\d")) {
                return byStatus(Integer.parseInt(digits), false);
            }
        }
        return null;
    }

    static @Nullable String message(@Nullable JsonNode error) {
        if (error == null || error.isTextual()) {
            return error == null ? null : error.textValue();
        }
        String message = WireJson.text(error, "message");
        return message == null ? WireJson.text(error, "detail") : message;
    }

    /** Where no code says so: in the words that vendors have for it. */
    private static boolean forbids(@Nullable String message) {
        return message != null && FORBIDDEN.matcher(message).find();
    }

    private static Kind byStatus(int status, boolean told) {
        return switch (status) {
            case 401, 403 -> Kind.AUTH;
            case 402 -> told ? Kind.RATE_LIMITED : Kind.QUOTA;
            case 404, 410 -> Kind.NOT_FOUND;
            case 408, 409, 425 -> Kind.TRANSIENT;
            case 429 -> Kind.RATE_LIMITED;
            case 503, 529 -> Kind.OVERLOADED;
            default -> status >= 500 || status < 300 ? Kind.TRANSIENT : Kind.INVALID;
        };
    }
}
