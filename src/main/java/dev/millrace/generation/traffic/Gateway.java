package dev.millrace.generation.traffic;

import dev.millrace.generation.provider.ProviderFailure;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** One provider as this node sees it: its permits, a breaker for each of its models, its budget of retries. */
final class Gateway {
    /**
     * So many models are remembered. One catalogue row may stand for any number of names, and whoever asks makes them: of those nobody
     * asked for lately a new breaker is as good as the old one.
     */
    static final int MOST_MODELS = 256;

    private final CircuitBreakerConfig policy;
    private final Bulkhead bulkhead = new Bulkhead();
    private final RetryBudget budget = new RetryBudget();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, CircuitBreaker> breakers = new LinkedHashMap<>(16, 0.75f, true);

    /** {@code open} is how long a model that fails is left alone before it is tried again. */
    Gateway(Duration open) {
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
        lock.lock();
        try {
            CircuitBreaker known = breakers.get(model);
            if (known != null) {
                return known;
            }
            if (breakers.size() >= MOST_MODELS) {
                breakers.remove(forgettable());
            }
            CircuitBreaker fresh = CircuitBreaker.of(model, policy);
            breakers.put(model, fresh);
            return fresh;
        } finally {
            lock.unlock();
        }
    }

    /** How many of its models are left alone because they fail. */
    int broken() {
        lock.lock();
        try {
            return (int) breakers.values().stream()
                    .filter(breaker -> breaker.getState() == CircuitBreaker.State.OPEN)
                    .count();
        } finally {
            lock.unlock();
        }
    }

    /** How many of its models are remembered. */
    int models() {
        lock.lock();
        try {
            return breakers.size();
        } finally {
            lock.unlock();
        }
    }

    /** The one that was not asked for longest, and rather one that works than one that is left alone. */
    private String forgettable() {
        return breakers.entrySet().stream()
                .filter(each -> each.getValue().getState() == CircuitBreaker.State.CLOSED)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> breakers.keySet().iterator().next());
    }

    /**
     * Whether a failure speaks against the vendor. What is wrong with the request, what its rules forbid and what was canceled does
     * not, and neither does being asked to slow down: it works, for somebody else.
     */
    static boolean speaksAgainst(ProviderFailure.Kind kind) {
        return switch (kind) {
            case OVERLOADED, TRANSIENT, TRUNCATED, DEADLINE, QUOTA, AUTH, AMBIGUOUS, LOST -> true;
            case RATE_LIMITED, INVALID, REFUSED, NOT_FOUND, CANCELED -> false;
        };
    }
}
