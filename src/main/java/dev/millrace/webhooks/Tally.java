package dev.millrace.webhooks;

import java.util.concurrent.atomic.LongAdder;

/** What came of the attempts of this node. */
final class Tally {
    private final LongAdder delivered = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final LongAdder failed = new LongAdder();

    void count(boolean good, boolean again) {
        (good ? delivered : again ? retried : failed).increment();
    }

    Webhooks.Counts counts() {
        return new Webhooks.Counts(delivered.sum(), retried.sum(), failed.sum());
    }
}
