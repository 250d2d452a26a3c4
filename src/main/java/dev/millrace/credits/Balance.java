package dev.millrace.credits;

/** What an account has, in micro-credits: {@code held} is part of {@code balance}, {@code available} is the rest. */
public record Balance(long balance, long held, long available) {}
