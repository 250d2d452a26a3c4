package dev.millrace.platform;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What was used lately, and never more of it than said: a cache without locks.
 *
 * <p>Two generations: when the young one is full it becomes the old one, and the old one is forgotten. What is used moves back
 * into the young. Whoever asks must judge by himself whether what he gets is still good.
 */
public final class Recent<K, V> {
    private final int half;
    private volatile ConcurrentHashMap<K, V> young = new ConcurrentHashMap<>();
    private volatile ConcurrentHashMap<K, V> old = new ConcurrentHashMap<>();

    /** Remembers between half as many and as many as said. */
    public Recent(int most) {
        this.half = Math.max(1, most / 2);
    }

    /** What was put under the key, unless it was forgotten. */
    public @Nullable V get(K key) {
        V value = young.get(key);
        if (value != null) {
            return value;
        }
        V aged = old.get(key);
        if (aged != null) {
            put(key, aged);
        }
        return aged;
    }

    public void put(K key, V value) {
        ConcurrentHashMap<K, V> present = young;
        if (present.size() >= half && !present.containsKey(key)) {
            // two threads may both turn the page: then a little more is forgotten, which a cache may do
            old = present;
            present = new ConcurrentHashMap<>();
            young = present;
        }
        present.put(key, value);
    }

    public void remove(K key) {
        young.remove(key);
        old.remove(key);
    }
}
