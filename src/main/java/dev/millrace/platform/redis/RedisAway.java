package dev.millrace.platform.redis;

/** Redis does not answer, or not in time. Callers go on without it in a way they have thought of. */
@SuppressWarnings("serial") // never serialised
public final class RedisAway extends RuntimeException {
    RedisAway(String why) {
        super(why, null, false, false);
    }
}
