package dev.millrace.media;

import java.util.Locale;

/** Where a file came from, and so how much it may be trusted. */
public enum Origin {
    /** Made on this machine by our own FFmpeg. */
    OURS,
    /** Delivered by a provider: opened only inside the box. */
    PROVIDER,
    /** Sent by a client: opened only inside the box. */
    UPLOAD;

    /** The name in the table. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** By its name in the table. */
    public static Origin of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
