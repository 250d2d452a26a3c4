package dev.millrace.platform.jobs;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a job is enqueued.
 *
 * @param key while a job with this key lives, enqueuing another answers that one's id and adds nothing; null for none
 * @param delay how long it waits first
 * @param prio smaller numbers run first
 */
public record Enqueue(@Nullable String key, Duration delay, int prio) {
    /** At once, without a key. */
    public static final Enqueue NOW = new Enqueue(null, Duration.ZERO, 0);

    public Enqueue {
        if (delay.isNegative() || prio < Short.MIN_VALUE || prio > Short.MAX_VALUE) {
            throw new IllegalArgumentException("delay " + delay + ", prio " + prio);
        }
    }

    public static Enqueue keyed(String key) {
        return new Enqueue(key, Duration.ZERO, 0);
    }

    public static Enqueue after(Duration delay) {
        return new Enqueue(null, delay, 0);
    }

    public Enqueue withKey(String unique) {
        return new Enqueue(unique, delay, prio);
    }

    public Enqueue withDelay(Duration wait) {
        return new Enqueue(key, wait, prio);
    }

    public Enqueue withPrio(int number) {
        return new Enqueue(key, delay, number);
    }
}
