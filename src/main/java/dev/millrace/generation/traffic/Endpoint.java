package dev.millrace.generation.traffic;

import dev.millrace.generation.provider.ProviderFailure;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One provider as this node sees it: its permits, a breaker for each of its models, its budget of retries. */
final class Endpoint {
    private final CircuitBreakerConfig policy;
    private final Bulkhead bulkhead = new Bulkhead();
    private final RetryBudget budget = new RetryBudget();
    private final Map<String, CircuitBreaker> breakers = new ConcurrentHashMap<>();

    /** {@code open} is how long a model that fails is left alone before it is tried again. */
    Endpoint(Duration open) {
        this.policy = CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(20)
                .minimumNumberOfCalls(10)
                .failureRateThreshold(50)
                .waitDurationInOpenState(open)
                .permittedNumberOfCallsInHalfOpenState(3)
                .build();
    }

    Bulkhead bulkhead() {
        return bulkhead;
    }

    RetryBudget budget() {
        return budget;
    }

    CircuitBreaker breaker(String model) {
        return breakers.computeIfAbsent(model, name -> CircuitBreaker.of(name, policy));
    }

    Map<String, CircuitBreaker> breakers() {
        return breakers;
    }

    /**
     * Whether a failure speaks against the vendor. What is wrong with the request, what its rules forbid and what was canceled does
     * not, and neither does being asked to slow down: it works, for somebody else.
     */
    static boolean speaksAgainst(ProviderFailure.Kind kind) {
        return switch (kind) {
            case OVERLOADED, TRANSIENT, TRUNCATED, DEADLINE, QUOTA, AUTH, AMBIGUOUS -> true;
            case RATE_LIMITED, INVALID, REFUSED, NOT_FOUND, CANCELED -> false;
        };
    }
}
