package dev.millrace.credits;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * So many micro-credits to be set aside.
 *
 * @param hold its id, which is that of what it pays for
 * @param provider whose budget of the day it counts against, when the operator gave it one; null for none in particular
 * @param what a few words the owner reads in the ledger
 */
public record Wanted(UUID hold, Spender spender, @Nullable String provider, long micros, String what) {
    public Wanted {
        if (micros < 0) {
            throw new IllegalArgumentException("a hold of less than nothing");
        }
    }

    /** By the account itself, on no provider in particular. */
    public Wanted(UUID hold, UUID account, long micros, String what) {
        this(hold, new Spender(account, null), null, micros, what);
    }

    public UUID account() {
        return spender.account();
    }
}
