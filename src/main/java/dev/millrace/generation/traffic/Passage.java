package dev.millrace.generation.traffic;

import dev.millrace.generation.provider.ProviderFailure;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.concurrent.TimeUnit;

/**
 * The right to make one call, from its beginning to its end. Closing it gives the permit to who is next, once.
 *
 * <p>The breaker hears how a call ended. Only while it tries whether a vendor is back it hears of one as soon as he says something: a
 * text that is written for ten minutes must not keep those waiting who want to know. One that breaks off after that counts against it
 * all the same. Not thread-safe.
 */
public final class Passage implements AutoCloseable {
    private final Gateway gateway;
    private final CircuitBreaker breaker;
    private final String model;
    private final boolean resumed;
    private boolean told;
    private boolean closed;

    /** {@code resumed}: it goes on with a job, and the breaker has heard of it. */
    Passage(Gateway gateway, CircuitBreaker breaker, String model, boolean resumed) {
        this.gateway = gateway;
        this.breaker = breaker;
        this.model = model;
        this.resumed = resumed;
        this.told = resumed;
    }

    /** The vendor says something; how it ends is to be seen. */
    public void heard() {
        gateway.budget().answered();
        if (breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
            answered();
        }
    }

    /** The call ended well, or as well as the vendor could help it. */
    public void answered() {
        if (!told) {
            told = true;
            breaker.onSuccess(0, TimeUnit.NANOSECONDS);
            gateway.budget().answered();
        }
    }

    /** The call failed. */
    public void failed(ProviderFailure failure) {
        // that a job is not found again says nothing of the vendor, who often was not even asked
        if (failure.isStaged() || resumed && failure.kind() == ProviderFailure.Kind.AMBIGUOUS) {
            return;
        }
        if (Gateway.speaksAgainst(failure.kind())) {
            told = true;
            breaker.onError(0, TimeUnit.NANOSECONDS, failure);
        } else if (failure.kind() != ProviderFailure.Kind.CANCELED
                && failure.kind() != ProviderFailure.Kind.RATE_LIMITED) {
            answered();
        }
    }

    /** Nothing was learnt of a call that neither answered nor failed. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!told) {
            told = true;
            breaker.releasePermission();
        }
        gateway.bulkhead().leave(model);
    }
}
