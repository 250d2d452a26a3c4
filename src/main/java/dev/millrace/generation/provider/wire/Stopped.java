package dev.millrace.generation.provider.wire;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderFailure;

/** A failure that we caused ourselves: a socket that breaks because we cancelled or are told to stop. */
public final class Stopped {
    private Stopped() {}

    /** Leaves as what was wished, instead of as the failure that followed from it. */
    public static void check(Cancellation cancellation) throws ProviderFailure, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        cancellation.check();
    }
}
