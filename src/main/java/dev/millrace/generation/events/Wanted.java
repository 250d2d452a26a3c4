package dev.millrace.generation.events;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Which other nodes read which generation, whether or not it runs here yet: the first words of a run are wanted as much as the
 * rest. A node that does not say so again is forgotten.
 */
final class Wanted {
    static final long FORGOTTEN_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final Map<UUID, Map<UUID, Long>> nodes = new ConcurrentHashMap<>();

    void by(UUID node, List<UUID> generations) {
        long now = System.nanoTime();
        for (UUID generation : generations) {
            nodes.compute(generation, (id, present) -> {
                Map<UUID, Long> all = present == null ? new ConcurrentHashMap<>(2) : present;
                all.put(node, now);
                return all;
            });
        }
    }

    /** Those who want it: most of the time nobody. */
    List<UUID> nodes(UUID generation) {
        Map<UUID, Long> all = nodes.get(generation);
        if (all == null) {
            return List.of();
        }
        long now = System.nanoTime();
        return all.entrySet().stream()
                .filter(one -> now - one.getValue() <= FORGOTTEN_NANOS)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Forgets who has not said for a while that he reads. */
    void forget() {
        long now = System.nanoTime();
        for (UUID generation : nodes.keySet()) {
            nodes.computeIfPresent(generation, (id, all) -> {
                all.values().removeIf(since -> now - since > FORGOTTEN_NANOS);
                return all.isEmpty() ? null : all;
            });
        }
    }
}
