package dev.millrace.media.ffmpeg;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Looks after a run, on the thread that waits for it. */
public interface Overseer {
    /** For a run nobody waits for. */
    Overseer NOBODY = new Overseer() {
        @Override
        public boolean stop() {
            return false;
        }

        @Override
        public void progress(double fraction, @Nullable Duration left) {}
    };

    /** Whether the run is to be stopped; asked four times a second. */
    boolean stop();

    /**
     * How far it is, when that has changed.
     *
     * @param fraction 0 to 0.99, never less than before
     * @param left null when it cannot be told
     */
    void progress(double fraction, @Nullable Duration left);
}
