package dev.millrace.generation.provider;

import dev.millrace.generation.provider.ProviderEvent.Delta;
import dev.millrace.generation.provider.ProviderEvent.Finished;
import dev.millrace.generation.provider.ProviderEvent.Usage;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A sink that remembers what it heard and claims what nobody else has. */
public final class Heard implements ProviderSink {
    private final List<ProviderEvent> events = Collections.synchronizedList(new ArrayList<>());
    private final Set<String> taken;
    private final Consumer<ProviderEvent> also;
    private final List<String> claimed = Collections.synchronizedList(new ArrayList<>());

    public Heard() {
        this(event -> {});
    }

    /**
     * @param also hears each event too
     */
    public Heard(Consumer<ProviderEvent> also) {
        this(also, ConcurrentHashMap.newKeySet());
    }

    /**
     * @param taken ids of jobs that belong to somebody
     */
    public Heard(Consumer<ProviderEvent> also, Set<String> taken) {
        this.also = also;
        this.taken = taken;
    }

    @Override
    public void emit(ProviderEvent event) {
        events.add(event);
        also.accept(event);
    }

    @Override
    public boolean claim(String externalId) {
        boolean ours = claimed.contains(externalId) || taken.add(externalId);
        if (ours) {
            claimed.add(externalId);
        }
        return ours;
    }

    public List<ProviderEvent> events() {
        return List.copyOf(events);
    }

    public <T> List<T> all(Class<T> type) {
        return events().stream().filter(type::isInstance).map(type::cast).toList();
    }

    public String text() {
        return all(Delta.class).stream().map(Delta::text).collect(Collectors.joining());
    }

    /** What was consumed, as told last. */
    public Map<String, BigDecimal> usage() {
        return all(Usage.class).stream()
                .reduce((first, second) -> second)
                .map(Usage::quantities)
                .orElse(Map.of());
    }

    public boolean finished() {
        return !events.isEmpty() && events.getLast() instanceof Finished;
    }

    public List<String> claimed() {
        return List.copyOf(claimed);
    }
}
