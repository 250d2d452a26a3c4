package dev.millrace.webhooks;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What came of one call.
 *
 * @param status of the answer; null when there was none
 * @param error null for a success, else what went wrong in one word
 * @param answer how the body of the answer began
 * @param asked how long the server asked to be left alone; null when it did not
 */
record Result(
        @Nullable Integer status,
        @Nullable String error,
        String answer,
        Duration took,
        @Nullable Duration asked) {
    static final int GONE = 410;

    boolean good() {
        return error == null;
    }

    /** It says that it will never be there again. */
    boolean gone() {
        return status != null && status == GONE;
    }
}
