package dev.millrace.generation.provider.catalogue;

/** What a request costs, in micro-credits: a complete result costs at least the minimum; the maximum is what is held. */
public record Bounds(long minimumMicros, long expectedMicros, long maximumMicros) {}
