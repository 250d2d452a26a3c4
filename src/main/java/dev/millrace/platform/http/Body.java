package dev.millrace.platform.http;

/**
 * What body a route takes and how long it may be, in bytes by its declared length.
 *
 * @param limit bytes; a longer declared length is refused with 413 before anything is read
 */
public record Body(Kind kind, long limit) {
    /** No body; one that is sent is refused. */
    public static final Body NONE = new Body(Kind.NONE, 0);

    /** {@code application/json} up to 1 MiB; any other media type is refused with 415. */
    public static final Body JSON = new Body(Kind.JSON, 1024 * 1024);

    /** Bytes of any media type; the route says how many with {@link #upTo}. */
    public static final Body RAW = new Body(Kind.RAW, 1024 * 1024);

    /** What is expected of the media type. */
    public enum Kind {
        NONE,
        JSON,
        RAW
    }

    /** The same with another limit. */
    public Body upTo(long bytes) {
        return new Body(kind, bytes);
    }
}
