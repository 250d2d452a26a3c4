package dev.millrace.generation.traffic;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderFailure;
import dev.millrace.generation.provider.ProviderFailure.Kind;
import dev.millrace.generation.provider.catalogue.Caps;
import dev.millrace.generation.provider.catalogue.Model;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** All calls of this node to vendors. */
public final class Traffic {
    private static final Duration OPEN = Duration.ofSeconds(10);

    private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();
    private final Duration open;

    public Traffic() {
        this(OPEN);
    }

    Traffic(Duration open) {
        this.open = open;
    }

    /**
     * Waits for the right to call, and takes it.
     *
     * @param repeated whether the same was asked before and failed; the budget was asked then
     * @param caps the model's caps as they stand; asked again while it waits
     * @param place told where in the line it stands when it has to wait; 1 is next
     * @throws ProviderFailure {@code OVERLOADED} with the time to wait while the model is left alone because it fails; {@code
     *     CANCELED}
     */
    public Passage enter(
            Model model, boolean repeated, Supplier<Caps> caps, IntConsumer place, Cancellation cancellation)
            throws ProviderFailure, InterruptedException {
        Endpoint endpoint = endpoint(model.provider());
        CircuitBreaker breaker = endpoint.breaker(model.id());
        endpoint.bulkhead().enter(model.id(), caps, place, cancellation);
        if (!breaker.tryAcquirePermission()) {
            endpoint.bulkhead().leave(model.id());
            throw leftAlone();
        }
        if (!repeated) {
            endpoint.budget().call(System.nanoTime());
        }
        return new Passage(endpoint.bulkhead(), breaker, model.id(), false);
    }

    /** Goes on with a job that runs at the vendor already: it is counted, and waits for nothing. */
    public Passage resume(Model model) {
        Endpoint endpoint = endpoint(model.provider());
        endpoint.bulkhead().resume(model.id());
        return new Passage(endpoint.bulkhead(), endpoint.breaker(model.id()), model.id(), true);
    }

    /** Whether a call that failed may be made again. */
    public boolean retry(Model model) {
        return endpoint(model.provider()).budget().retry(System.nanoTime());
    }

    /** How it stands at a provider. */
    public Standing standing(String provider) {
        Endpoint endpoint = endpoint(provider);
        long broken = endpoint.breakers().values().stream()
                .filter(breaker -> breaker.getState() == CircuitBreaker.State.OPEN)
                .count();
        return new Standing(endpoint.bulkhead().running(), endpoint.bulkhead().waiting(), (int) broken);
    }

    private Endpoint endpoint(String provider) {
        return endpoints.computeIfAbsent(provider, name -> new Endpoint(open));
    }

    private ProviderFailure leftAlone() {
        return new ProviderFailure(Kind.OVERLOADED, "The provider fails at the moment.", open, null);
    }

    /**
     * One provider.
     *
     * @param running calls
     * @param waiting for a permit
     * @param broken models that are left alone because they fail
     */
    public record Standing(int running, int waiting, int broken) {}
}
