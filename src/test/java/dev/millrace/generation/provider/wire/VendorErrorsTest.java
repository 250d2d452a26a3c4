package dev.millrace.generation.provider.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VendorErrorsTest {
    private static final VendorErrors ERRORS =
            new VendorErrors(InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z")));

    @ParameterizedTest
    @CsvSource({
        "400, INVALID",
        "401, AUTH",
        "402, QUOTA",
        "403, AUTH",
        "404, NOT_FOUND",
        "408, TRANSIENT",
        "409, TRANSIENT",
        "413, INVALID",
        "422, INVALID",
        "425, TRANSIENT",
        "429, RATE_LIMITED",
        "500, TRANSIENT",
        "502, TRANSIENT",
        "503, OVERLOADED",
        "504, TRANSIENT",
        "520, TRANSIENT",
        "529, OVERLOADED",
        "530, TRANSIENT",
        "302, INVALID",
        "204, TRANSIENT",
    })
    void aStatusSaysWhatKindItIsWhenTheBodyDoesNot(int status, Kind kind) {
        assertThat(of(status, Map.of(), "<html>nginx</html>").kind()).isEqualTo(kind);
        assertThat(of(status, Map.of(), "").kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({
        "429, insufficient_quota, QUOTA",
        "429, rate_limit_exceeded, RATE_LIMITED",
        "429, credit_balance_exhausted, QUOTA",
        "400, moderation_blocked, REFUSED",
        "502, moderation_blocked, REFUSED",
        "400, content_policy_violation, REFUSED",
        "400, sentinel_block, REFUSED",
        "400, context_length_exceeded, INVALID",
        "404, model_not_found, NOT_FOUND",
        "500, something_new, TRANSIENT",
    })
    void aCodeWeighsMoreThanTheStatus(int status, String code, Kind kind) {
        assertThat(of(
                                status,
                                Map.of(),
                                "{\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":null,\"code\":\"" + code
                                        + "\"}}")
                        .kind())
                .isEqualTo(kind);
    }

    @Test
    void aTypeServesWhereThereIsNoCode() {
        assertThat(of(429, Map.of(), "{\"error\":{\"type\":\"insufficient_quota\",\"code\":null}}")
                        .kind())
                .isEqualTo(Kind.QUOTA);
    }

    @Test
    void theVendorMayForbidARetry() {
        ProviderFailure failure = of(500, Map.of("x-should-retry", "false"), "");

        assertThat(failure.retryable()).isFalse();
        // it is the vendor's fault all the same, and another may do it
        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.isLast()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "x-should-retry, true",
        "x-should-retry, True",
        "x-fal-retryable, true",
        "x-fal-needs-retry, true",
    })
    void theVendorMayAskForOneWhereTheStatusDoesNot(String header, String value) {
        assertThat(of(422, Map.of(header, value), "{}").kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void aStrangeAdviceIsNone() {
        assertThat(of(422, Map.of("x-should-retry", "perhaps"), "{}").kind()).isEqualTo(Kind.INVALID);
        assertThat(of(500, Map.of("x-should-retry", "perhaps", "x-fal-retryable", "false"), "{}")
                        .retryable())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "400, moderation_blocked, REFUSED",
        "422, content_policy_violation, REFUSED",
        "429, insufficient_quota, QUOTA",
        "401, invalid_api_key, AUTH",
        "404, model_not_found, NOT_FOUND",
    })
    void whatItsRulesForbidOrNobodyPaysForStaysSo(int status, String code, Kind kind) {
        String body = "{\"error\":{\"code\":\"" + code + "\"}}";

        assertThat(of(status, Map.of("x-should-retry", "true"), body).kind()).isEqualTo(kind);
        assertThat(of(status, Map.of("x-should-retry", "false"), body).kind()).isEqualTo(kind);
    }

    @Test
    void withoutCreditsAndAHintItIsWorthWaiting() {
        assertThat(of(402, Map.of("retry-after", "9"), "").kind()).isEqualTo(Kind.RATE_LIMITED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "retry-after-ms: 1500| | PT1.5S",
                "retry-after: 7| | PT7S",
                "retry-after: 0.5| | PT0.5S",
                "retry-after: Thu, 01 Jan 2026 00:01:00 GMT| | PT1M",
                "retry-after: Wed, 31 Dec 2025 00:00:00 GMT| | PT0S",
                "retry-after: 259200| | PT72H",
                "retry-after: 99999999999| | PT720H",
                "x-ratelimit-reset-requests: 6m0s; x-ratelimit-remaining-requests: 0| | PT6M",
                "x-ratelimit-reset-tokens: 12ms; x-ratelimit-remaining-tokens: 0| | PT0.012S",
                "a: b| Please try again in 20s.| PT20S",
                "a: b| It resets in ~30s| PT30S",
                "a: b| try again in 1m30.5s| PT1M30.5S",
            })
    void theHintToWaitIsFoundWhereverItIs(String headers, String message, Duration wait) {
        var map = new java.util.HashMap<String, String>();
        for (String header : headers.split("; ", -1)) {
            map.put(header.split(": ", 2)[0], header.split(": ", 2)[1]);
        }

        ProviderFailure failure =
                of(429, map, "{\"error\":{\"message\":\"" + (message == null ? "" : message) + "\"}}");

        assertThat(failure.retryAfter()).isEqualTo(wait);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "soon", "", "1e9", "NaN", "99999999999999999999"})
    void nonsenseIsNoHint(String value) {
        assertThat(of(429, Map.of("retry-after", value), "").retryAfter()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"error\":{\"message\":\"m\",\"type\":\"server_error\"}}| TRANSIENT",
                "{\"error\":\"the engine stumbled\"}| TRANSIENT",
                "{\"error\":{\"message\":\"m\",\"code\":400}}| INVALID",
                "{\"error\":{\"message\":\"m\",\"code\":\"429\"}}| RATE_LIMITED",
                "{\"error\":{\"message\":\"m\",\"code\":503,\"type\":\"unavailable_error\"}}| OVERLOADED",
                "{\"error\":{\"message\":\"m\",\"type\":\"BadRequestError\",\"code\":null}}| INVALID",
                "{\"error\":{\"message\":\"m\",\"type\":\"invalid_request_error\",\"code\":null}}| INVALID",
                "[{\"error\":{\"code\":429}}]| RATE_LIMITED",
                "{\"cloudflare_error\":true,\"status\":520}| TRANSIENT",
            })
    void anErrorInsideAGoodAnswerIsSeen(String json, Kind kind) {
        ProviderFailure failure = ERRORS.inside(Objects.requireNonNull(WireJson.read(json)));

        assertThat(Objects.requireNonNull(failure).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"error\":null,\"choices\":[]}", "{\"choices\":[]}", "{}", "[]", "{\"error\":false}"})
    void noErrorIsNoError(String json) {
        assertThat(ERRORS.inside(Objects.requireNonNull(WireJson.read(json)))).isNull();
    }

    @Test
    void theVendorsWordsAreForTheLogAlone() {
        ProviderFailure failure =
                of(500, Map.of(), "{\"error\":{\"message\":\"req_123 at 10.0.0.7 failed\"}}" + "x".repeat(10_000));

        assertThat(failure.detail()).doesNotContain("req_123").doesNotContain("10.0.0.7");
        assertThat(failure.getCause()).hasMessageContaining("req_123");
        assertThat(failure.getCause().getMessage().length()).isLessThanOrEqualTo(500);
    }

    private static ProviderFailure of(int status, Map<String, String> headers, String body) {
        return ERRORS.of(status, headers::get, body);
    }
}
