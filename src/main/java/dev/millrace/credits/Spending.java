package dev.millrace.credits;

/**
 * Who spends on whom.
 *
 * @param provider whose budget of the day it counts against, when the operator gave it one
 */
public record Spending(Spender spender, String provider) {}
