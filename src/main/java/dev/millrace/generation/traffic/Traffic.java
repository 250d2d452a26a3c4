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
import org.jspecify.annotations.Nullable;

/** All calls of this node to vendors. */
public final class Traffic {
    /** Who finds no place at a provider comes again after no more than this. */
    public static final Duration AWAY = Duration.ofSeconds(10);

    private static final Duration OPEN = Duration.ofSeconds(10);

    private final Map<String, Gateway> gateways = new ConcurrentHashMap<>();
    private final Places places = new Places(AWAY.toNanos(), System::nanoTime);
    private final Duration open;

    public Traffic() {
        this(OPEN);
    }

    Traffic(Duration open) {
        this.open = open;
    }

    /**
     * Takes one of the places that a provider may fill on this node with those who call it or wait for it; null when there is none, or
     * others who found none come first. Never waits: who is turned away waits in the queue, for {@link #AWAY} at most.
     *
     * @param all how many places this node has for all providers
     * @param fresh whether this one was never turned away
     */
    public @Nullable Place admit(String provider, int all, boolean fresh) {
        return places.take(provider, all, fresh) ? new Taken(provider, all) : null;
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
        Gateway gateway = gateway(model.provider());
        CircuitBreaker breaker = gateway.breaker(model.id());
        gateway.bulkhead().enter(model.id(), caps, place, cancellation);
        if (!breaker.tryAcquirePermission()) {
            gateway.bulkhead().leave(model.id());
            throw leftAlone();
        }
        if (!repeated) {
            gateway.budget().call(System.nanoTime());
        }
        return new Passage(gateway, breaker, model.id(), false);
    }

    /** Goes on with a job that runs at the vendor already: it is counted, and waits for nothing. */
    public Passage resume(Model model) {
        Gateway gateway = gateway(model.provider());
        gateway.bulkhead().resume(model.id());
        return new Passage(gateway, gateway.breaker(model.id()), model.id(), true);
    }

    /** Whether a call that failed may be made again; one that failed because that was asked for costs the others nothing. */
    public boolean retry(Model model, ProviderFailure failure) {
        return failure.isStaged() || gateway(model.provider()).budget().retry(System.nanoTime());
    }

    /** How it stands at a provider. */
    public Standing standing(String provider) {
        Gateway gateway = gateway(provider);
        return new Standing(gateway.bulkhead().running(), gateway.bulkhead().waiting(), gateway.broken());
    }

    private Gateway gateway(String provider) {
        return gateways.computeIfAbsent(provider, name -> new Gateway(open));
    }

    private ProviderFailure leftAlone() {
        return new ProviderFailure(Kind.OVERLOADED, "The provider fails at the moment.", open, null);
    }

    /** A place at a provider, until it is closed. */
    public interface Place extends AutoCloseable {
        /** That of whoever takes none. */
        Place NOWHERE = new Place() {
            @Override
            public boolean moveTo(String provider, Runnable first) {
                first.run();
                return true;
            }

            @Override
            public void close() {
                // nothing was taken
            }
        };

        /**
         * Gives it back for one at another provider; false, and it stays, when that one has none left.
         *
         * @param first done once there is a place; when it throws, the place stays where it was
         */
        boolean moveTo(String provider, Runnable first);

        @Override
        void close();
    }

    /** Of one run, on its thread. */
    private final class Taken implements Place {
        private final int all;
        private String provider;

        Taken(String provider, int all) {
            this.provider = provider;
            this.all = all;
        }

        @Override
        public boolean moveTo(String other, Runnable first) {
            if (other.equals(provider)) {
                first.run();
                return true;
            }
            if (!places.change(other, all)) {
                return false;
            }
            String unused = other;
            try {
                first.run();
                unused = provider;
                provider = other;
            } finally {
                places.left(unused);
            }
            return true;
        }

        @Override
        public void close() {
            places.leave(provider);
        }
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
