package dev.millrace.media.ffmpeg;

/** A run did not do its work. */
public final class FfmpegFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What to make of it. */
    public enum Kind {
        /** The input is torn or nonsense: it will fail every time. */
        DAMAGED,
        /** It read all there was and found nothing to write. */
        NOTHING,
        /** It would take more time or room than one file may. */
        TOO_MUCH,
        /** The disk is full: another time it may work. */
        FULL,
        /** It crashed or was killed by the system: another time it may work. */
        CRASHED,
        /** We stopped it. */
        STOPPED
    }

    FfmpegFailure(Kind kind, String words) {
        super(words);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
