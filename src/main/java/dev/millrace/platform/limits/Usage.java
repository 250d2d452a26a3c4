package dev.millrace.platform.limits;

/**
 * How much of the minute and the day is used, without using any.
 *
 * @param degraded Redis is away, and this is what one node knows
 */
public record Usage(Gauge minute, Gauge day, boolean degraded) {}
