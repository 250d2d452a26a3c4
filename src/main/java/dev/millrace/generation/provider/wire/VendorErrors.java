package dev.millrace.generation.provider.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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
            Map.entry("rate_limit_exceeded", Kind.RATE_LIMITED),
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
            Map.entry("invalid_prompt", Kind.REFUSED),
            Map.entry("server_error", Kind.TRANSIENT),
            Map.entry("internal_error", Kind.TRANSIENT),
            Map.entry("overloaded_error", Kind.OVERLOADED),
            Map.entry("unavailable_error", Kind.OVERLOADED));

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
        JsonNode error = error(WireJson.read(body));
        Kind kind = coded(error);
        if (kind == null) {
            kind = byStatus(status, headers.apply("retry-after") != null);
        }
        if ("false".equals(headers.apply("x-should-retry")) && kind.retryable()) {
            kind = Kind.INVALID;
        }
        return failure(kind, hints.of(headers, message(error)), status + " " + body);
    }

    /** An error inside an answer that began well; null when the JSON holds none. */
    public @Nullable ProviderFailure inside(JsonNode json) {
        JsonNode error = error(json);
        if (error == null) {
            return null;
        }
        Kind kind = coded(error);
        if (kind == null) {
            int status = status(error);
            kind = status == 0 ? Kind.TRANSIENT : byStatus(status, false);
        }
        return failure(kind, hints.of(name -> null, message(error)), error.toString());
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

    private static @Nullable Kind coded(@Nullable JsonNode error) {
        for (String member : new String[] {"code", "type"}) {
            String code = WireJson.text(error, member);
            if (code != null && MODERATION.contains(code)) {
                return Kind.REFUSED;
            }
            if (code != null && CODES.containsKey(code)) {
                return CODES.get(code);
            }
        }
        return null;
    }

    /** Some servers put the status where others have a word. */
    private static int status(JsonNode error) {
        for (String member : new String[] {"code", "status"}) {
            JsonNode value = error.get(member);
            String digits = value == null ? "" : value.asText();
            if (digits.matches("[1-5]\\d\\d")) {
                return Integer.parseInt(digits);
            }
        }
        String type = WireJson.text(error, "type");
        return type != null && (type.equals("invalid_request_error") || type.equals("BadRequestError")) ? 400 : 0;
    }

    private static @Nullable String message(@Nullable JsonNode error) {
        return error == null ? null : error.isTextual() ? error.textValue() : WireJson.text(error, "message");
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
