package dev.millrace.platform.limits;

import java.util.Locale;

/**
 * What is guarded per address or per account rather than by a plan. The amounts are rows of {@code rate_guard}, named like these in
 * lower case; a guard whose row is missing keeps the amount it was born with.
 */
public enum Guard {
    /** Reading calls of one address. */
    READ(600, 60),
    /** New accounts of one address. */
    SIGN_UP(30, 3_600),
    /** Attempts to sign in from one address. */
    SIGN_IN(10, 60),
    /** Attempts to sign in to one account, from wherever. */
    SIGN_IN_ACCOUNT(5, 60);

    private final long amount;
    private final long seconds;

    Guard(long amount, long seconds) {
        this.amount = amount;
        this.seconds = seconds;
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
