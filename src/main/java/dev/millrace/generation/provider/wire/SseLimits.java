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
}
