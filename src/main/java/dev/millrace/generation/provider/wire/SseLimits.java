package dev.millrace.generation.provider.wire;

/**
 * What a stream may hold.
 *
 * @param eventBytes of one event, its longest line included
 * @param totalBytes comments included
 */
public record SseLimits(int eventBytes, int events, long totalBytes) {
    /** Text models: 4 MiB an event, a million events, 256 MiB. */
    public static final SseLimits TEXT = new SseLimits(4 << 20, 1_000_000, 256L << 20);

    /** Pictures, a whole one in a line: 64 MiB an event, 512 MiB. */
    public static final SseLimits PICTURES = new SseLimits(64 << 20, 10_000, 512L << 20);
}
