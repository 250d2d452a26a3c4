package dev.millrace.generation.events;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The other nodes on which somebody reads a generation that runs here. A node that does not say so again is forgotten. */
final class Wanted {
    static final long FORGOTTEN_NANOS = TimeUnit.SECONDS.toNanos(15);

    private volatile Map<UUID, Long> nodes = Map.of();

    void by(UUID node) {
        if (nodes.isEmpty()) {
            nodes = new ConcurrentHashMap<>(2);
        }
        nodes.put(node, System.nanoTime());
    }

    /** Those who still want it: most of the time nobody. */
    List<UUID> nodes() {
        if (nodes.isEmpty()) {
            return List.of();
        }
        long now = System.nanoTime();
        nodes.values().removeIf(since -> now - since > FORGOTTEN_NANOS);
        return new ArrayList<>(nodes.keySet());
    }
}
