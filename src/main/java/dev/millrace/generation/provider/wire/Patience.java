package dev.millrace.generation.provider.wire;

import dev.millrace.generation.provider.Request;
import dev.millrace.platform.outbound.Deadlines;
import java.time.Duration;

/** How long a vendor that streams may be silent. */
public final class Patience {
    public static final Duration FIRST_BYTE = Duration.ofSeconds(30);
    public static final Duration IDLE = Duration.ofSeconds(15);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** A model that thinks before it speaks may be silent for so many times as long. */
    private static final int THINKING = 4;

    private Patience() {}

    /** For a request: the total is what its model is given. */
    public static Deadlines with(Request request) {
        int factor = request.conduct().thinking() ? THINKING : 1;
        return new Deadlines(
                CONNECT,
                FIRST_BYTE.multipliedBy(factor),
                IDLE.multipliedBy(factor),
                Duration.ofSeconds(request.conduct().deadlineSeconds()));
    }
}
