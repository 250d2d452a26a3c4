package dev.millrace.generation.live;

import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Counts the open connections of each account on this node. */
public final class Turnstile {
    static final int MOST = 100;

    private final ConcurrentHashMap<UUID, Integer> open = new ConcurrentHashMap<>();

    /** One more; false when there are too many, and it is counted all the same until it leaves. */
    boolean enter(UUID account) {
        return open.merge(account, 1, Integer::sum) <= MOST;
    }

    void leave(UUID account) {
        open.computeIfPresent(account, (id, count) -> count > 1 ? count - 1 : null);
    }
}
