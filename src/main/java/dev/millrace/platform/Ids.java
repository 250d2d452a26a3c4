package dev.millrace.platform;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes the ids that clients see: UUID version 7 (RFC 9562), so that rows sort by age and nobody can guess a neighbour.
 *
 * <p>48 bits of milliseconds, 12 bits of a counter within the millisecond, 62 random bits. Ids made by one process only grow,
 * also when the clock is set back.
 */
public final class Ids {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AtomicLong LAST = new AtomicLong();

    private Ids() {}

    /** A new id, larger than every id this process made before. */
    public static UUID next() {
        long floor = System.currentTimeMillis() << 12;
        long stamp = LAST.updateAndGet(last -> Math.max(last + 1, floor));
        long high = ((stamp >>> 12) << 16) | 0x7000L | (stamp & 0xfffL);
        long low = (RANDOM.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low);
    }

    /** No id that was made at that moment or later is smaller. */
    public static UUID floor(Instant moment) {
        return new UUID((moment.toEpochMilli() << 16) | 0x7000L, 0x8000000000000000L);
    }
}
