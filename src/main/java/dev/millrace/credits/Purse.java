package dev.millrace.credits;

import java.util.Locale;

/** Where credits come from. They are spent in this order: what dies soonest first. */
public enum Purse {
    ALLOWANCE,
    PROMO,
    PURCHASED;

    String row() {
        return name().toLowerCase(Locale.ROOT);
    }
}
