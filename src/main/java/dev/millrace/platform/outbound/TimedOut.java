package dev.millrace.platform.outbound;

import java.io.IOException;

/** The other side was silent for too long, or took too long altogether. The connection is gone. */
public final class TimedOut extends IOException {
    private static final long serialVersionUID = 1;

    private final Phase phase;

    public TimedOut(Phase phase) {
        super("timed out: " + phase);
        this.phase = phase;
    }

    public Phase phase() {
        return phase;
    }

    /** What was waited for. */
    public enum Phase {
        FIRST_BYTE,
        IDLE,
        TOTAL
    }
}
