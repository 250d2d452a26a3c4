package dev.millrace.platform;

import org.jspecify.annotations.Nullable;

/** The server cannot start here; the message is for the operator and says what to do. */
public class CannotStart extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CannotStart(String message) {
        super(message);
    }

    public CannotStart(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
