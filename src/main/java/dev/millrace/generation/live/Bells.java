package dev.millrace.generation.live;

import dev.millrace.platform.redis.Redis;
import dev.millrace.platform.redis.Subscription;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Rings on other nodes when something changed in an account that is watched there. Every node says which accounts those are, and
 * says it again; any ring may be lost.
 */
final class Bells implements AutoCloseable {
    private static final String WISHES = "accounts:wishes";
    private static final String RINGS = "accounts:rings:";
    private static final long FORGOTTEN_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final Redis redis;
    private final UUID node;
    private final Map<UUID, Map<UUID, Long>> wanted = new ConcurrentHashMap<>();
    private final List<Subscription> subscriptions = new ArrayList<>();

    Bells(Redis redis, UUID node) {
        this.redis = redis;
        this.node = node;
    }

    /** Begins to listen; {@code doubt} runs whenever rings may have been missed. Both must be quick. */
    void listen(Consumer<UUID> rung, Runnable doubt) {
        subscriptions.add(redis.subscribe(WISHES, message -> wished(ids(message))));
        subscriptions.add(redis.subscribe(RINGS + node, message -> ids(message).forEach(rung), doubt));
    }

    /** Says which accounts are watched here. */
    void wish(Collection<UUID> accounts) {
        if (!accounts.isEmpty()) {
            var ids = new ArrayList<UUID>(accounts.size() + 1);
            ids.add(node);
            ids.addAll(accounts);
            redis.publish(WISHES, bytes(ids));
        }
    }

    /** Rings wherever else the account is watched: most of the time nowhere. */
    void ring(UUID account) {
        Map<UUID, Long> nodes = wanted.get(account);
        if (nodes == null) {
            return;
        }
        for (UUID other : nodes.keySet()) {
            redis.publish(RINGS + other, bytes(List.of(account)));
        }
    }

    /** Forgets who has not said for a while that he watches. */
    void forget() {
        long now = System.nanoTime();
        for (UUID account : wanted.keySet()) {
            wanted.computeIfPresent(account, (id, nodes) -> {
                nodes.values().removeIf(since -> now - since > FORGOTTEN_NANOS);
                return nodes.isEmpty() ? null : nodes;
            });
        }
    }

    @Override
    public void close() {
        subscriptions.forEach(Subscription::close);
    }

    private void wished(List<UUID> wish) {
        UUID other = wish.getFirst();
        if (other.equals(node)) {
            return;
        }
        long now = System.nanoTime();
        for (UUID account : wish.subList(1, wish.size())) {
            wanted.compute(account, (id, present) -> {
                Map<UUID, Long> nodes = present == null ? new ConcurrentHashMap<>(2) : present;
                nodes.put(other, now);
                return nodes;
            });
        }
    }

    private static byte[] bytes(List<UUID> ids) {
        var buffer = ByteBuffer.allocate(16 * ids.size());
        for (UUID id : ids) {
            buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        }
        return buffer.array();
    }

    private static List<UUID> ids(byte[] message) {
        var ids = new ArrayList<UUID>(message.length / 16);
        for (var buffer = ByteBuffer.wrap(message); buffer.remaining() >= 16; ) {
            ids.add(new UUID(buffer.getLong(), buffer.getLong()));
        }
        return ids;
    }
}
