package dev.millrace.credits;

import dev.millrace.platform.limits.Limits;

/**
 * What an account may do: a row of {@code plan}, changed by SQL and in effect within five seconds.
 *
 * @param perMinute creations in any minute, {@link Limits#NONE} when the plan has no such window
 * @param perDay creations in any 24 hours, likewise
 * @param running generations that run at once; more wait
 * @param creditsOnceMicros granted once, when the account first needs credits
 * @param storageBytes files kept
 */
public record Plan(
        String id, String name, long perMinute, long perDay, int running, long creditsOnceMicros, long storageBytes) {}
