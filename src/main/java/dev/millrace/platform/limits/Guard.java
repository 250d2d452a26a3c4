package dev.millrace.platform.limits;

import java.util.Locale;

/**
 * What is guarded per address or per account rather than by a plan. The amounts are rows of {@code rate_guard}, named like these in
 * lower case; a guard whose row is missing keeps the amount it was born with.
 */
public enum Guard {
    /** Calls of one address that cost nothing: reading, mostly. */
    READ(600, 60, Alone.WHOLE),
    /** New accounts of one address. */
    SIGN_UP(30, 3_600, Alone.SHARE),
    /** Attempts to sign in from one address. */
    SIGN_IN(10, 60, Alone.SHARE),
    /** Attempts to sign in to one account, from wherever. */
    SIGN_IN_ACCOUNT(5, 60, Alone.SHARE);

    private final long amount;
    private final long seconds;
    private final Alone alone;

    Guard(long amount, long seconds, Alone alone) {
        this.amount = amount;
        this.seconds = seconds;
        this.alone = alone;
    }

    /** What one node lets through by itself while Redis is away. */
    enum Alone {
        /** All of it: what is cheap may be had from every node. */
        WHOLE,
        /** Its part, as if every other node let through as much. */
        SHARE
    }

    Alone alone() {
        return alone;
    }

    long amount() {
        return amount;
    }

    long seconds() {
        return seconds;
    }

    String row() {
        return name().toLowerCase(Locale.ROOT);
    }
}
