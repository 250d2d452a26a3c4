package dev.millrace.media.ffmpeg;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Turns what FFmpeg says of its position into a fraction and a time left.
 *
 * <p>The position is unknown before the first packet, may be negative, and does not reach the end; a duration may be a lie. So the
 * fraction never falls, stays below 1 until somebody knows better, and is given up for when the position passes the end by a twentieth.
 */
final class Pace {
    private static final double MOST = 0.99;

    private final @Nullable Duration expected;
    private double fraction;
    private @Nullable Duration left;
    private boolean moved;

    Pace(@Nullable Duration expected) {
        this.expected = expected;
    }

    /** Takes a new position, some time after the start. True when that changed anything. */
    boolean at(long positionNanos, Duration elapsed) {
        if (positionNanos <= 0) {
            return false;
        }
        boolean first = !moved;
        moved = true;
        if (expected == null || expected.isZero()) {
            return first;
        }
        double now = (double) positionNanos / expected.toNanos();
        if (now > 1.05) {
            boolean changed = left != null;
            left = null;
            return first || changed;
        }
        double before = fraction;
        fraction = Math.max(fraction, Math.min(now, MOST));
        left = Duration.ofNanos((long) (elapsed.toNanos() * (1 - fraction) / fraction));
        return first || fraction > before;
    }

    double fraction() {
        return fraction;
    }

    @Nullable
    Duration left() {
        return left;
    }
}
