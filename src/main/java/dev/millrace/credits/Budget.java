package dev.millrace.credits;

/** What the operator lets be spent on a provider in a day (UTC), and what is spent of it today, in micro-credits. */
public record Budget(String provider, long limitMicros, long spentMicros) {}
