package dev.millrace.generation.provider.wire;

/** How a vendor says that an answer ended. */
public enum Ending {
    /** The model said what it had to say. */
    STOP,
    /** The limit of tokens cut it. */
    LENGTH,
    /** The vendor's rules cut it. */
    REFUSED,
    /** A reason that is no end: the engine gave up. */
    BROKEN
}
