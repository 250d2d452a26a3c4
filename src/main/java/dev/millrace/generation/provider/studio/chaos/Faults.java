package dev.millrace.generation.provider.studio.chaos;

import dev.millrace.generation.provider.GenerationOptions;
import dev.millrace.generation.provider.ProviderCall;
import java.time.Duration;

/**
 * What is to go wrong in one attempt.
 *
 * @param status of the answer; 200 for none in particular
 * @param retryAfter in seconds, negative for no hint
 * @param cutAfter so many words or reports of progress, negative for never; likewise the other two
 */
record Faults(
        int status,
        long retryAfter,
        long cutAfter,
        long malformedAfter,
        long stallAfter,
        Duration stall,
        boolean empty,
        boolean hang,
        boolean lying) {
    static final Faults NONE = new Faults(200, -1, -1, -1, -1, Duration.ZERO, false, false, false);

    /** With {@code fail_times} the faults go away after so many attempts; alone it stands for a 503. */
    static Faults of(ProviderCall call) {
        GenerationOptions options = call.request().options();
        long times = options.whole("fail_times", 0);
        if (times > 0 && call.attempt() > times) {
            return NONE;
        }
        var faults = new Faults(
                (int) options.whole("status", 200),
                options.whole("retry_after", -1),
                options.whole("cut_after", -1),
                options.whole("malformed_after", -1),
                options.whole("stall_after", -1),
                Duration.ofMillis((long) (options.decimal("stall_seconds", 30) * 1000)),
                options.flag("empty"),
                options.flag("hang"),
                options.flag("lying_percent"));
        return times > 0 && faults.harmless() ? faults.refusing(503) : faults;
    }

    /** Whether anything is to go wrong in this attempt. */
    boolean asked() {
        return !harmless();
    }

    boolean refuses() {
        return status != 200;
    }

    private boolean harmless() {
        return status == 200 && cutAfter < 0 && malformedAfter < 0 && stallAfter < 0 && !empty && !hang && !lying;
    }

    private Faults refusing(int with) {
        return new Faults(with, retryAfter, cutAfter, malformedAfter, stallAfter, stall, empty, hang, lying);
    }
}
