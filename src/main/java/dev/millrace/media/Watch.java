package dev.millrace.media;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Waits for an asset to be ready or rejected, on whichever node the work is done. */
public final class Watch implements AutoCloseable {
    private final UUID asset;

    Watch(UUID asset) {
        this.asset = asset;
    }

    /**
     * The asset once it is ready or rejected; null when the time is over or {@link #stop} was called. Throws {@code NOT_FOUND} when
     * it was deleted meanwhile.
     */
    public @Nullable Asset await(Duration limit) throws InterruptedException {
        throw new IllegalStateException("not running: " + asset);
    }

    /** How far the work is, 0 to 100; never falls. */
    public double percent() {
        return 0;
    }

    /** Wakes whoever waits, for good. May be called from any thread; does not block. */
    public void stop() {}

    @Override
    public void close() {}
}
