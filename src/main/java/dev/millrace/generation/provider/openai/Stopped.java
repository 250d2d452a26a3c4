package dev.millrace.generation.provider.openai;

import dev.millrace.generation.provider.Cancellation;
import dev.millrace.generation.provider.ProviderFailure;

/** A failure that we caused ourselves: a socket that breaks because we cancelled or are told to stop. */
final class Stopped {
    private Stopped() {}

    /** Leaves as what was wished, instead of as the failure that followed from it. */
    static void check(Cancellation cancellation) throws ProviderFailure, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        cancellation.check();
    }
}
