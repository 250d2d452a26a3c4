package dev.millrace.generation.store;

import dev.millrace.platform.sql.Tx;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Orders written here a moment ago, for whoever makes them: mostly that happens here at once, and need not read them back. */
final class Newborns {
    /** Those that are made elsewhere are never asked for, so the oldest give way. */
    private static final int MOST = 1_000;

    private final Map<UUID, Order> orders = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Order> eldest) {
            return size() > MOST;
        }
    };

    /** Remembers what this transaction writes, as long as it comes to something. */
    void add(Tx tx, Order order) {
        synchronized (orders) {
            orders.put(order.id(), order);
        }
        tx.unlessCommitted(fate -> take(order.id()));
    }

    /** Gives it away, once; null for whom it must be read. */
    @Nullable
    Order take(UUID id) {
        synchronized (orders) {
            return orders.remove(id);
        }
    }
}
